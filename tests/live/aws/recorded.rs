use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::servers::http::Message;

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method and path with query.
    pub line: String,
    pub body: String,
    message: Message,
}

impl Request {
    /// Empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.message.header(name).unwrap_or_default()
    }

    fn read(mut stream: &TcpStream) -> Option<Self> {
        let message = Message::read(&mut stream, false).ok()??;
        let line = format!("{} {}", message.word(0), message.word(1));
        Some(Self { line, body: String::from_utf8(message.body.clone()).ok()?, message })
    }
}

/// What a server did once, or could do.
#[derive(Debug, Clone)]
pub enum Answer {
    Whole {
        status: u16,
        headers: &'static str,
        body: String,
    },
    /// The head promises more than comes.
    Half {
        status: u16,
        body: &'static str,
    },
    /// Not a byte, and the connection is closed.
    Nothing,
    /// Not a byte, and the connection stays.
    Silence,
}

impl Answer {
    pub fn json(body: &str) -> Self {
        let headers = "content-type: application/json\r\n";
        Self::Whole { status: 200, headers, body: body.to_owned() }
    }

    pub fn xml(body: &str) -> Self {
        Self::Whole { status: 200, headers: "content-type: text/xml\r\n", body: body.to_owned() }
    }
}

/// A server on loopback that answers as it is told, and tells what it was asked.
pub struct Recorded {
    pub url: String,
    requests: Receiver<Request>,
}

impl Recorded {
    /// The answers one after another; the last one again and again.
    pub fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let (sender, requests) = channel();
        thread::spawn(move || {
            let mut answers = answers.into_iter();
            let mut last = Answer::Nothing;
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let Some(request) = Request::read(&stream) else { continue };
                last = answers.next().unwrap_or(last);
                // before the answer, so that whoever got the answer finds the request
                let _ = sender.send(request);
                if let Answer::Silence = last {
                    silent.push(stream);
                } else {
                    let _ = write(&mut stream, &last);
                }
            }
        });
        Self { url, requests }
    }

    /// All since the last time.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

fn write(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    let (status, headers, body, length) = match answer {
        Answer::Whole { status, headers, body } => (status, *headers, body.as_str(), body.len()),
        Answer::Half { status, body } => (status, "", *body, body.len() * 2),
        Answer::Nothing | Answer::Silence => return Ok(()),
    };
    write!(
        stream,
        "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
