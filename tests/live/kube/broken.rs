//! Servers that break off, hang, or answer as no API server does.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use eksodus::kube::{KubeApi as _, KubeErrorKind, LeaseApi as _};
use serde_json::{Value, json};

use super::{Fixed, block_on, connect};
use crate::servers::free_port;

/// Gives each connection the next answer and ends; the requests that came are its result.
fn serve(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let serve = |answer: String| {
            let (mut connection, _) = listener.accept().unwrap();
            let request = request(&mut connection);
            connection.write_all(answer.as_bytes()).unwrap();
            request
        };
        answers.into_iter().map(serve).collect()
    });
    (endpoint, server)
}

/// Without a body: the tests here read.
fn request(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}

fn page(names: &[&str], next: Option<&str>) -> String {
    let items: Vec<Value> = names.iter().map(|name| json!({"metadata": {"name": name}})).collect();
    let list = json!({"kind": "NamespaceList", "metadata": {"continue": next}, "items": items});
    answer("200 OK", &list.to_string())
}

fn gone() -> String {
    let status = json!({"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"});
    answer("410 Gone", &status.to_string())
}

fn list(endpoint: &str, patience: Duration) -> Result<Vec<String>, (KubeErrorKind, String)> {
    block_on(async {
        let kube = connect(endpoint, "", Arc::new(Fixed("secret".to_owned()))).await.with_patience(patience);
        kube.list_namespaces().await.map_err(|error| (error.kind, error.message))
    })
}

const LONG: Duration = Duration::from_secs(30);

#[test]
fn what_breaks_off_is_a_lost_answer() {
    let whole = page(&["default"], None);
    let half = whole.split_at(whole.len() / 2 + 20).0.to_owned();
    assert!(half.contains("\r\n\r\n{"));
    for broken in [
        String::new(),
        "HTTP/1.1 200".to_owned(),
        half,
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{".to_owned(),
    ] {
        let (endpoint, server) = serve(vec![broken.clone()]);
        let (kind, message) = list(&endpoint, LONG).unwrap_err();
        assert_eq!(kind, KubeErrorKind::Transport, "{broken}: {message}");
        assert!(!message.is_empty() && !message.contains("secret"), "{message}");
        assert_eq!(server.join().unwrap().len(), 1);
    }
}

#[test]
fn what_is_no_list_is_not_an_empty_one() {
    for body in [
        "",
        "{}",
        "null",
        "<html>",
        r#"{"items": {}}"#,
        r#"{"items": [{"metadata": {}}]}"#,
        r#"{"items": []"#,
    ] {
        let (endpoint, _server) = serve(vec![answer("200 OK", body)]);
        let words = "the answer is incomplete, or not from Kubernetes".to_owned();
        assert_eq!(list(&endpoint, LONG), Err((KubeErrorKind::Transport, words)), "{body}");
    }
    let (endpoint, _server) = serve(vec![answer("200 OK", r#"{"metadata": null, "items": null}"#)]);
    assert_eq!(list(&endpoint, LONG), Ok(Vec::new()));
}

#[test]
fn a_page_of_something_else_is_no_missing_object() {
    let (endpoint, server) = serve(vec![answer("404 Not Found", "404 page not found"); 3]);
    block_on(async {
        let kube = connect(&endpoint, "", Arc::new(Fixed("secret".to_owned()))).await;
        assert_eq!(kube.get_aws_auth().await.unwrap_err().kind, KubeErrorKind::Invalid);
        assert_eq!(kube.get_binding(None, "x").await.unwrap_err().kind, KubeErrorKind::Invalid);
        assert_eq!(kube.get_lease("x").await.unwrap_err().kind, KubeErrorKind::Invalid);
    });
    let requests = server.join().unwrap();
    assert!(requests.iter().all(|request| request.contains("authorization: Bearer secret\r\n")));
    assert!(requests[0].contains(&format!("user-agent: eksodus/{}\r\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn what_is_no_config_map_is_not_one_without_lines() {
    for body in [
        json!({"kind": "Status", "metadata": {}, "status": "Failure", "code": 200}),
        json!({"kind": "Status", "metadata": {"resourceVersion": "1"}}),
        json!({"metadata": {"resourceVersion": "1"}, "data": {}}),
        json!({"kind": "ConfigMap", "metadata": {}, "data": {}}),
        json!([]),
        json!("later"),
    ] {
        let (endpoint, server) = serve(vec![answer("200 OK", &body.to_string()); 2]);
        block_on(async {
            let kube = connect(&endpoint, "", Arc::new(Fixed("secret".to_owned()))).await;
            assert_eq!(kube.get_aws_auth().await.unwrap_err().kind, KubeErrorKind::Transport, "{body}");
            let replaced = kube.replace_aws_auth(&Default::default(), "1").await;
            assert_eq!(replaced.unwrap_err().kind, KubeErrorKind::Transport, "{body}");
        });
        assert!(server.join().unwrap().iter().all(|request| request.starts_with("GET ")));
    }
}

#[test]
fn nothing_is_tried_twice() {
    for (status, kind) in [
        ("429 Too Many Requests", KubeErrorKind::Throttled),
        ("500 Internal Server Error", KubeErrorKind::Server),
        ("503 Service Unavailable", KubeErrorKind::Server),
        ("504 Gateway Timeout", KubeErrorKind::Server),
    ] {
        let (endpoint, server) = serve(vec![answer(status, "busy")]);
        assert_eq!(list(&endpoint, LONG), Err((kind, format!("the answer is {status}"))));
        assert_eq!(server.join().unwrap().len(), 1);
    }
}

#[test]
fn a_hanging_server_is_left_in_time() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let start = Instant::now();
    let (kind, message) = list(&endpoint, Duration::from_millis(500)).unwrap_err();
    assert_eq!((kind, message.as_str()), (KubeErrorKind::Transport, "no answer within 0.5 s"));
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn nobody_at_the_address_is_said_plainly() {
    let (kind, message) = list(&format!("http://127.0.0.1:{}", free_port()), LONG).unwrap_err();
    assert_eq!(kind, KubeErrorKind::Transport);
    assert!(message.to_lowercase().contains("connection refused"), "{message}");
}

#[test]
fn a_list_whose_moment_is_gone_begins_anew_and_not_for_ever() {
    let start = || page(&["a", "b"], Some("next=1"));
    let (endpoint, server) = serve(vec![start(), gone(), start(), page(&["c"], None)]);
    assert_eq!(list(&endpoint, LONG).unwrap(), ["a", "b", "c"]);
    let requests = server.join().unwrap();
    let paths: Vec<&str> = requests.iter().filter_map(|request| request.split(' ').nth(1)).collect();
    let (first, second) = ("/api/v1/namespaces?limit=500", "/api/v1/namespaces?limit=500&continue=next%3D1");
    assert_eq!(paths, [first, second, first, second]);

    let (endpoint, server) = serve([start(), gone(), start(), gone(), start(), gone()].to_vec());
    let (kind, message) = list(&endpoint, LONG).unwrap_err();
    assert_eq!(
        (kind, message.as_str()),
        (KubeErrorKind::Server, "the list changed too fast to be read to its end")
    );
    assert_eq!(server.join().unwrap().len(), 6);

    let (endpoint, _server) = serve(vec![start(), start()]);
    assert_eq!(list(&endpoint, LONG).unwrap_err().1, "the API server returned the same page twice");
}

/// Between two calls nobody looks at the connection, as while a person thinks about a question.
#[test]
fn a_connection_that_was_closed_meanwhile_is_not_used_again() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let keep = page(&["default"], None).replace("connection: close\r\n", "");
    let (close, closing) = mpsc::channel::<()>();
    let (closed, is_closed) = mpsc::channel();
    let server = thread::spawn(move || {
        while let Ok((mut connection, _)) = listener.accept() {
            request(&mut connection);
            connection.write_all(keep.as_bytes()).unwrap();
            if closing.recv().is_err() {
                break;
            }
            drop(connection);
            closed.send(()).unwrap();
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let tokens = Arc::new(Fixed("secret".to_owned()));
    let kube = runtime.block_on(async { connect(&endpoint, "", tokens).await });
    for _ in 0..5 {
        assert_eq!(runtime.block_on(kube.list_namespaces()).unwrap(), ["default"]);
        close.send(()).unwrap();
        is_closed.recv().unwrap();
    }
    drop(close);
    // the server waits for one more
    assert_eq!(runtime.block_on(kube.list_namespaces()).unwrap(), ["default"]);
    server.join().unwrap();
}
