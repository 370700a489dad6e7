use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A request as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method and path with query.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| header == name).map_or("", |(_, value)| value)
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
                let Some(request) = read(&stream) else { continue };
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

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut lines = lines.into_iter();
    let line = lines.next()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let header = |line: String| {
        line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
    };
    let headers: Vec<(String, String)> = lines.filter_map(header).collect();
    let mut request = Request { line, headers, body: String::new() };
    let mut body = vec![0; request.header("content-length").parse().unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    request.body = String::from_utf8(body).ok()?;
    Some(request)
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
