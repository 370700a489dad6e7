use super::xml::{nest, tag};
use crate::eks::AwsErrorKind;
use crate::simulator::http::message::Response;
use crate::simulator::http::wire::Wire;
use crate::simulator::refusal::AwsRefusal;

/// The query protocol of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Iam,
    Sts,
}

impl Service {
    fn namespace(self) -> &'static str {
        match self {
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Sts => "https://sts.amazonaws.com/doc/2011-06-15/",
        }
    }

    /// `<ActionResponse><ActionResult>…`, as the API model wraps each result.
    pub fn answer(self, action: &str, result: impl IntoIterator<Item = String>) -> Response {
        let result = nest(&format!("{action}Result"), result);
        let metadata = nest("ResponseMetadata", [tag("RequestId", "simulated")]);
        let namespace = self.namespace();
        let text = format!("<{action}Response xmlns=\"{namespace}\">{result}{metadata}</{action}Response>\n");
        Response::new(200, "text/xml", text)
    }

    pub fn error(self, status: u16, code: &str, message: &str) -> Response {
        let side = if status < 500 { "Sender" } else { "Receiver" };
        let error = nest("Error", [tag("Type", side), tag("Code", code), tag("Message", message)]);
        let (namespace, id) = (self.namespace(), tag("RequestId", "simulated"));
        let text = format!("<ErrorResponse xmlns=\"{namespace}\">{error}{id}</ErrorResponse>\n");
        Response::new(status, "text/xml", text)
    }
}

impl Wire for Service {
    type Kind = AwsErrorKind;

    fn refuse(&self, refusal: &AwsRefusal) -> Response {
        let (status, code) = match (refusal.kind, self) {
            (AwsErrorKind::NotFound, _) => (404, "NoSuchEntity"),
            (AwsErrorKind::InUse, _) => (409, "EntityAlreadyExists"),
            (AwsErrorKind::InvalidParameter | AwsErrorKind::InvalidRequest, Self::Iam) => {
                (400, "InvalidInput")
            }
            (AwsErrorKind::InvalidParameter | AwsErrorKind::InvalidRequest, Self::Sts) => {
                (400, "ValidationError")
            }
            (AwsErrorKind::LimitExceeded, _) => (409, "LimitExceeded"),
            (AwsErrorKind::AccessDenied, _) => (403, "AccessDenied"),
            (AwsErrorKind::Credentials, _) => (403, "ExpiredToken"),
            (AwsErrorKind::Clock, _) => (403, "RequestTimeTooSkewed"),
            (AwsErrorKind::Throttled, _) => (400, "Throttling"),
            (AwsErrorKind::Server, Self::Iam) => (500, "ServiceFailure"),
            (AwsErrorKind::Server, Self::Sts) => (500, "InternalFailure"),
            (AwsErrorKind::Transport | AwsErrorKind::Unreachable | AwsErrorKind::Unanswered, _) => {
                return Response::none();
            }
        };
        self.error(status, code, &refusal.message)
    }
}
