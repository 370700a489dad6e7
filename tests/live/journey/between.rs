//! A door to the API server at which somebody else can be faster.

use std::io::{self, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use crate::servers::apiserver::{ADMIN, ApiServer};
use crate::servers::http::Message;

/// Told of the method and the target of each request, before the server is.
pub type Hook = Box<dyn FnMut(&str, &str) + Send>;

/// The address of plain HTTP in front of the server, where everybody is the administrator. Open until the process ends.
pub fn before(server: &'static ApiServer, hook: Hook) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("its address"));
    let hook = Arc::new(Mutex::new(hook));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let hook = Arc::clone(&hook);
            // what goes wrong on a connection is for its client to see
            std::thread::spawn(move || pass(&stream, server, &hook));
        }
    });
    origin
}

/// One request a connection.
fn pass(mut client: &TcpStream, server: &ApiServer, hook: &Mutex<Hook>) -> io::Result<()> {
    let Some(request) = Message::read(&mut BufReader::new(client), false)? else { return Ok(()) };
    let (method, target) = (request.word(0), request.word(1));
    (hook.lock().expect("no hook panics"))(method, target);
    let body = serde_json::from_slice(&request.body).ok();
    let (status, answer) = server.request(ADMIN, method, target, body.as_ref());
    let answer = answer.to_string();
    let length = answer.len();
    let head = format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    client.write_all((head + &answer).as_bytes())
}
