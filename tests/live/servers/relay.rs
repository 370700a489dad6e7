//! A relay in front of a server that can do one thing wrong at one exact request, where microburst throws dice.

use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::http::Message;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Pass,
    /// The connection breaks before the server sees the request.
    CutBefore,
    /// The server does it, and the connection breaks before a byte of the answer.
    CutAfter,
    /// The server does it, and the connection breaks in the middle of the answer.
    CutWithin,
    /// The server does not see it: this is the whole answer.
    Answer(&'static str),
    /// The server does not see it: this begins an answer that does not end.
    Endless(&'static str),
    /// The server does not see it, and nothing is answered as long as the client waits.
    Silence,
    /// The server sees it when [`Relay::release`] says so.
    Hold,
    /// Kills this process before the server sees the request.
    KillBefore(u32),
    /// Kills this process once the server has done it, and before it hears of it.
    KillAfter(u32),
}

/// A request as the judge sees it.
#[derive(Debug)]
pub struct Asked<'m> {
    /// Counted from 1 since the judge was set.
    pub number: usize,
    pub method: &'m str,
    pub target: &'m str,
    /// What IAM and STS are asked is here.
    pub body: &'m [u8],
}

impl Asked<'_> {
    /// Whether it changes something. IAM and STS ask with POST, and a review of access is one too.
    pub fn is_write(&self) -> bool {
        let reads = self.method == "GET" || self.target == "/" || self.target.contains("reviews");
        !reads && !self.target.contains("/leases")
    }
}

type Judge = Box<dyn FnMut(&Asked<'_>) -> Act + Send>;

/// Listens until the process ends.
#[derive(Clone)]
pub struct Relay {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    upstream: AtomicU16,
    judge: Mutex<Judge>,
    number: AtomicUsize,
    /// Bytes of answers without an end that clients took.
    poured: AtomicUsize,
    /// Nothing is held any more.
    is_released: AtomicBool,
}

impl Relay {
    /// In front of a port of loopback.
    pub fn start(upstream: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let inner = Arc::new(Inner {
            upstream: AtomicU16::new(upstream),
            judge: Mutex::new(Box::new(|_| Act::Pass)),
            number: AtomicUsize::new(0),
            poured: AtomicUsize::new(0),
            is_released: AtomicBool::new(false),
        });
        let shared = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inner = Arc::clone(&shared);
                // what goes wrong on a connection is for its client to see
                std::thread::spawn(move || inner.serve(&stream, port));
            }
        });
        Self { port, inner }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// To another server from now on, with everything passed.
    pub fn retarget(&self, upstream: u16) {
        self.inner.upstream.store(upstream, Ordering::SeqCst);
        self.judge(|_| Act::Pass);
    }

    /// Bytes of answers without an end that clients took.
    pub fn poured(&self) -> usize {
        self.inner.poured.load(Ordering::SeqCst)
    }

    /// Requests since the judge was set.
    pub fn requests(&self) -> usize {
        self.inner.number.load(Ordering::SeqCst)
    }

    /// Lets go what is held, and holds nothing any more.
    pub fn release(&self) {
        self.inner.is_released.store(true, Ordering::SeqCst);
    }

    /// Who decides on each request from now on.
    pub fn judge(&self, judge: impl FnMut(&Asked<'_>) -> Act + Send + 'static) {
        *self.inner.judge.lock().expect("no judge panics") = Box::new(judge);
        self.inner.number.store(0, Ordering::SeqCst);
    }
}

impl Inner {
    /// One request a connection, so that a body without a length ends with it.
    fn serve(&self, mut client: &TcpStream, port: u16) -> io::Result<()> {
        client.set_read_timeout(Some(Duration::from_secs(60)))?;
        if let Some(request) = Message::read(&mut BufReader::new(client), false)? {
            let number = self.number.fetch_add(1, Ordering::SeqCst) + 1;
            let (method, target) = (request.word(0), request.word(1));
            let asked = Asked { number, method, target, body: &request.body };
            let act = (self.judge.lock().expect("no judge panics"))(&asked);
            match act {
                Act::CutBefore => {}
                Act::Answer(answer) => client.write_all(answer.as_bytes())?,
                Act::Endless(begin) => self.pour(client, begin)?,
                Act::Silence => {
                    // until the client goes
                    client.set_read_timeout(None)?;
                    drop(client.read(&mut [0]));
                }
                Act::Hold => {
                    while !self.is_released.load(Ordering::SeqCst) {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    client.write_all(&self.forward(&request, port)?)?;
                }
                Act::KillBefore(pid) => kill(pid)?,
                Act::CutAfter => drop(self.forward(&request, port)?),
                Act::KillAfter(pid) => {
                    self.forward(&request, port)?;
                    kill(pid)?;
                }
                Act::CutWithin => {
                    let answer = self.forward(&request, port)?;
                    client.write_all(&answer[..answer.len() - answer.len().min(20)])?;
                }
                Act::Pass => client.write_all(&self.forward(&request, port)?)?,
            }
        }
        client.shutdown(Shutdown::Both)
    }

    /// As fast as the client reads.
    fn pour(&self, mut client: &TcpStream, begin: &str) -> io::Result<()> {
        let part = vec![b'a'; 1 << 16];
        write!(
            client,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{begin}\r\n",
            begin.len()
        )?;
        while self.poured.load(Ordering::SeqCst) < 1 << 30 {
            write!(client, "{:x}\r\n", part.len())?;
            client.write_all(&part)?;
            client.write_all(b"\r\n")?;
            self.poured.fetch_add(part.len(), Ordering::SeqCst);
        }
        Ok(())
    }

    /// The server's whole answer, in which its own address is the relay's.
    fn forward(&self, request: &Message, port: u16) -> io::Result<Vec<u8>> {
        let upstream = self.upstream.load(Ordering::SeqCst);
        let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, upstream))?;
        let lines = request.head.trim_end().split("\r\n");
        let kept = lines.filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
        let head = kept.collect::<Vec<_>>().join("\r\n") + "\r\nConnection: close\r\n\r\n";
        server.write_all(head.as_bytes())?;
        server.write_all(&request.body)?;
        let Some(answer) = Message::read(&mut BufReader::new(server), true)? else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let (own, ours) = (format!("127.0.0.1:{upstream}"), format!("127.0.0.1:{port}"));
        Ok(exchanged(answer.bytes(), own.as_bytes(), ours.as_bytes()))
    }
}

fn kill(pid: u32) -> io::Result<()> {
    let mut kill = Command::new("kill");
    kill.args(["-9", &pid.to_string()]).stderr(Stdio::null()).status().map(drop)
}

/// Both have the same length, so nothing else of the message changes.
fn exchanged(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len(), "ports of five digits");
    for start in 0..bytes.len().saturating_sub(from.len() - 1) {
        if bytes[start..].starts_with(from) {
            bytes[start..start + to.len()].copy_from_slice(to);
        }
    }
    bytes
}
