use super::text;

/// A request as it came, its body whole.
#[derive(Debug, Clone)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// As sent, still percent-encoded.
    pub path: String,
    /// The same, without the question mark.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        text::parameters(&self.query).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// All of a parameter that is given again and again, decoded.
    pub(super) fn parameters(&self, name: &str) -> Vec<String> {
        let all = text::parameters(&self.query).into_iter();
        all.filter(|(known, _)| known == name).map(|(_, value)| value).collect()
    }

    /// The parts of the path between its slashes, decoded; a slash at the end does not count.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|part| !part.is_empty()).map(text::decode).collect()
    }
}

/// An answer, and how much of it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub delivery: Delivery,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    Whole,
    /// The first half of the body, and then the connection ends.
    Half,
    /// The connection ends.
    None,
}

impl Response {
    pub(super) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type", content_type.to_owned())];
        Self { status, headers, body: body.into(), delivery: Delivery::Whole }
    }

    pub(super) fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    pub(super) fn none() -> Self {
        Self { status: 500, headers: Vec::new(), body: Vec::new(), delivery: Delivery::None }
    }

    pub(super) fn halved(self) -> Self {
        Self { delivery: Delivery::Half, ..self }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
