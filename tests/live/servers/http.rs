//! Just enough HTTP to ask a server of the tests, with nothing of the product in it.

use std::io::{self, BufReader, Read, Write as _};
use std::net::{Ipv4Addr, TcpStream};

/// A message as it went over the wire: the head up to its empty line, and what follows it.
#[derive(Debug, Clone)]
pub struct Message {
    pub head: String,
    pub body: Vec<u8>,
}

impl Message {
    /// One message from a connection that may carry more; `None` when it ends before a first byte.
    ///
    /// A body without `Content-Length` ends with the connection when `to_end`, and is empty otherwise.
    pub fn read(from: &mut impl Read, to_end: bool) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if from.read(&mut byte)? == 0 {
                let cut = io::Error::from(io::ErrorKind::UnexpectedEof);
                return if head.is_empty() { Ok(None) } else { Err(cut) };
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).map_err(io::Error::other)?;
        let mut message = Self { head, body: Vec::new() };
        if message.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            read_chunks(from, &mut message.body)?;
            return Ok(Some(message));
        }
        match message.header("content-length").and_then(|text| text.parse().ok()) {
            Some(length) => {
                message.body = vec![0; length];
                from.read_exact(&mut message.body)?;
            }
            None if to_end => {
                from.read_to_end(&mut message.body)?;
            }
            None => {}
        }
        Ok(Some(message))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The words of the first line: method, target, version; or version, status, reason.
    pub fn word(&self, index: usize) -> &str {
        self.head.lines().next().and_then(|line| line.split(' ').nth(index)).unwrap_or_default()
    }

    pub fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}

/// As they are sent, with their sizes and line ends.
fn read_chunks(from: &mut impl Read, into: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let start = into.len();
        let mut byte = [0];
        while !into[start..].ends_with(b"\r\n") {
            from.read_exact(&mut byte)?;
            into.push(byte[0]);
        }
        let line = str::from_utf8(&into[start..]).map_err(io::Error::other)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(io::Error::other)?;
        let at = into.len();
        into.resize(at + size + 2, 0);
        from.read_exact(&mut into[at..])?;
        if size == 0 {
            return Ok(());
        }
    }
}

/// Sends a request on a connection of its own; status and body of the answer.
pub fn ask(port: u16, method: &str, target: &str, body: &str) -> io::Result<(u16, String)> {
    ask_as("", port, method, target, body)
}

/// The same as a client of this AWS service, whose signature nobody checks.
pub fn ask_as(service: &str, port: u16, method: &str, target: &str, body: &str) -> io::Result<(u16, String)> {
    let scope = format!("AKIAEXAMPLE/20260101/eu-west-1/{service}/aws4_request");
    let signed =
        format!("Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n");
    let signed = if service.is_empty() { "" } else { &signed };
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let length = body.len();
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n{signed}\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let answer = Message::read(&mut BufReader::new(stream), true)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = answer.word(1).parse().map_err(io::Error::other)?;
    Ok((status, String::from_utf8(answer.body).map_err(io::Error::other)?))
}
