//! The socket: everything that is not pure.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt as _};
use http_body_util::{BodyExt as _, Limited, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::{Instant, sleep};

use super::{ApiEndpoint, Delivery, Request, Response, Scene};
use crate::simulator::Simulator;

/// More than a ConfigMap of 1 MiB takes, escapes included.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// A simulator that is served.
pub struct Served {
    pub simulator: Simulator,
    /// Before each answer.
    pub latency: Duration,
    /// Given as the cluster's endpoint, in place of this server.
    pub kubernetes: Option<ApiEndpoint>,
}

/// The answer is not to arrive, or not whole.
#[derive(Debug, thiserror::Error)]
#[error("cut on purpose")]
struct Cut;

/// Answers until `until` is done. Must run on a current-thread runtime.
///
/// # Errors
/// When the socket has no address, or takes no more connections.
pub async fn serve(listener: TcpListener, served: Served, until: impl Future<Output = ()>) -> io::Result<()> {
    let origin = format!("http://{}", listener.local_addr()?);
    served.simulator.start_at(jiff::Timestamp::now());
    let server = Rc::new(Server { served, origin, start: Instant::now() });
    let tasks = LocalSet::new();
    tasks
        .run_until(async {
            let accept = async {
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => drop(spawn_local(connection(Rc::clone(&server), stream))),
                        // too many open files, or the peer was gone already
                        Err(_) => sleep(Duration::from_millis(10)).await,
                    }
                }
            };
            futures_util::future::select(Box::pin(accept), Box::pin(until)).await;
        })
        .await;
    Ok(())
}

struct Server {
    served: Served,
    origin: String,
    start: Instant,
}

/// What becomes of a connection is the client's concern.
async fn connection(server: Rc<Server>, stream: TcpStream) {
    // answers are small, and whoever waits for one waits for it whole
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| {
        let server = Rc::clone(&server);
        async move { server.answer(request).await }
    });
    let mut connection = http1::Builder::new();
    connection.timer(TokioTimer::new());
    let _ended = connection.serve_connection(TokioIo::new(stream), answer).await;
}

type Frames = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, Cut>>>>;
type Body = StreamBody<Frames>;

impl Server {
    async fn answer(&self, request: hyper::Request<Incoming>) -> Result<hyper::Response<Body>, Cut> {
        let request = read(request).await.ok_or(Cut)?;
        if !self.served.latency.is_zero() {
            exactly(self.served.latency).await;
        }
        send(self.respond(&request))
    }

    fn respond(&self, request: &Request) -> Response {
        let simulator = &self.served.simulator;
        simulator.advance_to(self.start.elapsed());
        let scene = Scene {
            origin: self.origin.clone(),
            kubernetes: self.served.kubernetes.clone(),
            now: jiff::Timestamp::now(),
        };
        simulator.respond(request, &scene)
    }
}

/// As long as it says. The timer counts whole milliseconds, and ends in the one after: what is measured against the latency
/// would be of another one.
async fn exactly(duration: Duration) {
    let until = Instant::now() + duration;
    sleep(duration.saturating_sub(Duration::from_millis(1))).await;
    while Instant::now() < until {
        yield_now().await;
    }
}

/// `None`: it broke off, or is larger than anything that is asked for here.
async fn read(request: hyper::Request<Incoming>) -> Option<Request> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_BODY).collect().await.ok()?.to_bytes().to_vec();
    let headers = head.headers.iter();
    let headers = headers.map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    Some(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body,
    })
}

fn send(Response { status, headers, body, delivery }: Response) -> Result<hyper::Response<Body>, Cut> {
    let mut answer = hyper::Response::builder().status(status).header("content-length", body.len());
    for (name, value) in headers {
        answer = answer.header(name, value);
    }
    let body = Bytes::from(body);
    let frames: Frames = match delivery {
        Delivery::Whole => Box::pin(stream::iter([Ok(Frame::data(body))])),
        Delivery::Half => {
            let half = Frame::data(body.slice(..body.len() / 2));
            let cut = stream::once(async {
                // the half has to be on its way before the connection ends
                sleep(Duration::from_millis(50)).await;
                Err(Cut)
            });
            Box::pin(stream::iter([Ok(half)]).chain(cut))
        }
        Delivery::None => return Err(Cut),
    };
    answer.body(StreamBody::new(frames)).map_err(|_| Cut)
}
