mod discovery;
mod eks;
mod faults;
mod kube;
mod logs;
mod query;

use serde_json::Value;

use super::super::tests::{DEV, dual, faults as read_faults, simulator, snapshot};
use super::{Delivery, Request, Response, Scene};
use crate::model::AuthenticationMode;
use crate::simulator::{Behaviour, Simulator};

fn request(method: &str, target: &str, body: &str) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn signed(service: &str, request: Request) -> Request {
    let header = format!(
        "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    );
    Request { headers: vec![("authorization".to_owned(), header)], ..request }
}

fn scene() -> Scene {
    Scene {
        origin: "http://127.0.0.1:7".to_owned(),
        kubernetes: None,
        now: "2026-01-01T00:00:00Z".parse().unwrap(),
    }
}

fn send(world: &Simulator, method: &str, target: &str, body: &str) -> Response {
    world.respond(&request(method, target, body), &scene())
}

fn json(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// Status and JSON.
fn ask(world: &Simulator, method: &str, target: &str, body: &str) -> (u16, Value) {
    let response = send(world, method, target, body);
    (response.status, json(&response))
}
