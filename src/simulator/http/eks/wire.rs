use serde_json::json;

use crate::eks::AwsErrorKind;
use crate::simulator::http::message::Response;
use crate::simulator::http::wire::Wire;
use crate::simulator::refusal::AwsRefusal;

/// REST-JSON of EKS: names and status of the API model `eks/2017-11-01`.
#[derive(Debug, Clone, Copy)]
pub struct Eks;

impl Wire for Eks {
    type Kind = AwsErrorKind;

    fn refuse(&self, refusal: &AwsRefusal) -> Response {
        let (status, name) = match refusal.kind {
            AwsErrorKind::NotFound => (404, "ResourceNotFoundException"),
            AwsErrorKind::InUse => (409, "ResourceInUseException"),
            AwsErrorKind::InvalidParameter => (400, "InvalidParameterException"),
            AwsErrorKind::InvalidRequest => (400, "InvalidRequestException"),
            AwsErrorKind::LimitExceeded => (400, "ResourceLimitExceededException"),
            AwsErrorKind::AccessDenied => (403, "AccessDeniedException"),
            AwsErrorKind::Credentials => (403, "ExpiredTokenException"),
            AwsErrorKind::Clock => (403, "RequestTimeTooSkewed"),
            AwsErrorKind::Throttled => (429, "ThrottlingException"),
            AwsErrorKind::Server => (500, "ServerException"),
            AwsErrorKind::Transport | AwsErrorKind::Unreachable | AwsErrorKind::Unanswered => {
                return Response::none();
            }
        };
        error(status, name, &refusal.message)
    }
}

pub fn error(status: u16, name: &str, message: &str) -> Response {
    Response::json(status, &json!({"__type": name, "message": message})).with("x-amzn-errortype", name)
}
