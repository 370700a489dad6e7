use hyper::body::Bytes;
use hyper::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, LOCATION};
use hyper::http::{HeaderValue, Method, Request, StatusCode};
use kube::client::Body;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::bounded::{LONGEST_OBJECT, LONGEST_PAGE, bounded};
use super::url::Url;
use super::{KubeClient, error};
use crate::carrier::carry;
use crate::kube::{KubeError, KubeErrorKind};
use crate::network;

const JSON: &str = "application/json";

/// A request of the API.
pub(super) struct Ask {
    /// What an error calls it.
    pub operation: &'static str,
    pub method: Method,
    pub url: Url,
    pub body: Option<Value>,
    /// The forms of an answer that are understood.
    pub accept: &'static str,
    /// More of an answer is not read.
    pub longest: usize,
}

impl Ask {
    pub fn get(operation: &'static str, url: Url) -> Self {
        Self { operation, method: Method::GET, url, body: None, accept: JSON, longest: LONGEST_OBJECT }
    }

    /// A part of a list.
    pub fn page(operation: &'static str, url: Url) -> Self {
        Self { longest: LONGEST_PAGE, ..Self::get(operation, url) }
    }

    pub fn with(operation: &'static str, method: Method, url: Url, body: Value) -> Self {
        Self { method, body: Some(body), ..Self::get(operation, url) }
    }
}

/// What came back in full.
pub(super) struct Answer {
    operation: &'static str,
    pub status: StatusCode,
    body: Bytes,
}

impl Answer {
    /// Bytes that were read.
    pub fn length(&self) -> usize {
        self.body.len()
    }

    /// # Errors
    /// When the server refuses, or what came is not of the type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, KubeError> {
        self.accepted()?;
        serde_json::from_slice(&self.body).map_err(|_| KubeError {
            operation: self.operation,
            kind: KubeErrorKind::Transport,
            message: "the answer is incomplete, or not from Kubernetes".to_owned(),
        })
    }

    /// `None`: the API server says that the object is not there. A page that is not found says nothing of the kind.
    pub fn read_if_there<T: DeserializeOwned>(&self) -> Result<Option<T>, KubeError> {
        match self.read() {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind == KubeErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn accepted(&self) -> Result<(), KubeError> {
        match self.status.is_success() {
            true => Ok(()),
            false => Err(error::refused(self.operation, self.status, &self.body)),
        }
    }
}

impl KubeClient {
    pub(super) async fn ask(&self, ask: Ask) -> Result<Answer, KubeError> {
        carry(self.carrier.as_deref(), ask.operation, self.ask_in_time(ask)).await
    }

    async fn ask_in_time(&self, ask: Ask) -> Result<Answer, KubeError> {
        let operation = ask.operation;
        match tokio::time::timeout(self.patience, self.exchange(ask)).await {
            Ok(answer) => answer,
            Err(_) => Err(KubeError {
                operation,
                kind: KubeErrorKind::Transport,
                message: format!("no answer within {} s", self.patience.as_secs_f32()),
            }),
        }
    }

    async fn exchange(&self, ask: Ask) -> Result<Answer, KubeError> {
        let Ask { operation, method, url, body, accept, longest } = ask;
        let fail = |kind, message| KubeError { operation, kind, message };
        let mut request = Request::builder().method(method).uri(url.as_str()).header(ACCEPT, accept);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, JSON);
        }
        if let Some(tokens) = &self.tokens {
            let no_token = |why| fail(KubeErrorKind::Forbidden, format!("no token: {why}"));
            let token = tokens.token().await.map_err(no_token)?;
            let header = HeaderValue::try_from(format!("Bearer {token}"));
            let mut header = header.map_err(|_| no_token("it is not one line of ASCII".to_owned()))?;
            header.set_sensitive(true);
            request = request.header(AUTHORIZATION, header);
        }
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let request = request
            .body(Body::from(bytes))
            .map_err(|cause| fail(KubeErrorKind::Invalid, cause.to_string()))?;
        let failed = |cause: kube::Error| error::lost(operation, &cause);
        let response = self.client.send(request).await.map_err(failed)?;
        let status = response.status();
        if status.is_redirection() {
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let to = network::host_of(location);
            let message =
                format!("the answer is {status}: it redirects {to}, which an API server never does");
            return Err(fail(KubeErrorKind::Unreachable, message));
        }
        let body = bounded(operation, response.into_body(), longest).await?;
        Ok(Answer { operation, status, body })
    }
}
