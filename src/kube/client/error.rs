//! What the API server and the kube client say, in words of our own: theirs hold whole objects, and may hold a token.

use std::error::Error as _;

use hyper::http::StatusCode;
use kube::client::AuthError;
use serde::Deserialize;

use crate::carrier::CallError;
use crate::kube::{KubeError, KubeErrorKind};
use crate::network;

/// `metav1.Status`, as far as it is needed.
#[derive(Deserialize)]
struct Status {
    kind: String,
    reason: Option<String>,
    message: Option<String>,
}

impl CallError for KubeError {
    fn given_up(operation: &'static str, message: String) -> Self {
        Self { operation, kind: KubeErrorKind::Unanswered, message }
    }

    fn is_no_answer(&self) -> bool {
        self.is_retryable()
    }
}

/// The error behind an answer that is no success.
pub(super) fn refused(operation: &'static str, code: StatusCode, body: &[u8]) -> KubeError {
    let status: Option<Status> = serde_json::from_slice(body).ok();
    let status = status.filter(|status| status.kind == "Status");
    let reason = status.as_ref().and_then(|status| status.reason.as_deref());
    let kind = match (code.as_u16(), reason) {
        (404, Some("NotFound")) => KubeErrorKind::NotFound,
        (409, Some("AlreadyExists")) => KubeErrorKind::AlreadyExists,
        (409, _) => KubeErrorKind::Conflict,
        (401 | 403, _) => KubeErrorKind::Forbidden,
        (429, _) => KubeErrorKind::Throttled,
        // the server gave up in the middle of it
        (408 | 500..=599, _) => KubeErrorKind::Server,
        (400..=499, _) => KubeErrorKind::Invalid,
        (300..=399, _) => KubeErrorKind::Unreachable,
        _ => KubeErrorKind::Transport,
    };
    let said = status.and_then(|status| status.message).filter(|message| !message.is_empty());
    let message = match (code.as_u16(), said) {
        (401, _) => "the API server does not accept these credentials".to_owned(),
        (_, Some(message)) => message,
        // a proxy's page is nothing to show
        (_, None) => format!("the answer is {code}"),
    };
    KubeError { operation, kind, message }
}

/// The error behind an answer that did not come. Without it a write may have happened; without a login nothing was sent.
pub(super) fn lost(operation: &'static str, cause: &kube::Error) -> KubeError {
    let (kind, message) = match (cause, network::final_cause(cause)) {
        (kube::Error::Auth(_), _) => (KubeErrorKind::Forbidden, words(cause)),
        (_, Some(why)) => (KubeErrorKind::Unreachable, untrusted(cause).map_or(why, str::to_owned)),
        (_, None) => (KubeErrorKind::Transport, words(cause)),
    };
    KubeError { operation, kind, message }
}

/// The one authority that counts is the cluster's.
fn untrusted(cause: &kube::Error) -> Option<&'static str> {
    let text = causes_of(cause);
    let is_other = text.contains("UnknownIssuer") || text.contains("BadSignature");
    is_other.then_some("the API server's certificate is not from the cluster's certificate authority")
}

/// The words of an error and of its causes, each once.
pub(super) fn words(cause: &kube::Error) -> String {
    match cause {
        kube::Error::Auth(cause) => return login(cause),
        // its URL may hold a password
        kube::Error::ProxyProtocolUnsupported { .. } | kube::Error::ProxyProtocolDisabled { .. } => {
            return "the proxy is not an http or https URL".to_owned();
        }
        _ => {}
    }
    causes_of(cause)
}

fn causes_of(cause: &kube::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut source = cause.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        // an error may hold the words of its cause
        if let Some(last) = parts.last_mut()
            && let Some(own) = last.strip_suffix(&text)
        {
            *last = own.trim_end_matches([' ', ':']).to_owned();
        }
        parts.push(text);
        source = cause.source();
    }
    parts.retain(|part| !part.is_empty());
    parts.join(": ")
}

/// The output of an exec plugin holds the token, and its command line may hold a secret.
fn login(cause: &AuthError) -> String {
    match cause {
        AuthError::AuthExecRun { out, .. } => format!("the exec plugin failed ({})", out.status),
        AuthError::AuthExecStart(cause) => format!("the exec plugin cannot be run: {cause}"),
        AuthError::AuthExecParse(_) | AuthError::ExecPluginFailed => {
            "the exec plugin did not print an ExecCredential".to_owned()
        }
        AuthError::ReadTokenFile(cause, path) => format!("{}: {cause}", path.display()),
        AuthError::MissingCommand => "the exec plugin has no command".to_owned(),
        AuthError::InvalidBasicAuth(_) | AuthError::InvalidBearerToken(_) => {
            "the credentials cannot be sent in a header".to_owned()
        }
        _ => "authentication failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: u16, body: &str) -> (KubeErrorKind, String) {
        let KubeError { operation, kind, message } =
            refused("GetBinding", StatusCode::from_u16(code).unwrap(), body.as_bytes());
        assert_eq!(operation, "GetBinding");
        (kind, message)
    }

    #[test]
    fn what_the_server_refuses_with() {
        let status = |reason: &str| {
            format!(
                r#"{{"kind":"Status","apiVersion":"v1","metadata":{{}},"status":"Failure","message":"words","reason":"{reason}","code":1}}"#
            )
        };
        let cases = [
            (404, "NotFound", KubeErrorKind::NotFound),
            (409, "AlreadyExists", KubeErrorKind::AlreadyExists),
            (409, "Conflict", KubeErrorKind::Conflict),
            (403, "Forbidden", KubeErrorKind::Forbidden),
            (422, "Invalid", KubeErrorKind::Invalid),
            (400, "BadRequest", KubeErrorKind::Invalid),
            (413, "RequestEntityTooLarge", KubeErrorKind::Invalid),
            (410, "Expired", KubeErrorKind::Invalid),
            (429, "TooManyRequests", KubeErrorKind::Throttled),
            (500, "InternalError", KubeErrorKind::Server),
            (503, "ServiceUnavailable", KubeErrorKind::Server),
            (504, "Timeout", KubeErrorKind::Server),
        ];
        for (code, reason, kind) in cases {
            assert_eq!(error(code, &status(reason)), (kind, "words".to_owned()), "{code} {reason}");
        }
    }

    #[test]
    fn credentials_that_are_not_accepted_have_words_of_their_own() {
        let status = r#"{"kind":"Status","message":"Unauthorized","reason":"Unauthorized","code":401}"#;
        let words = "the API server does not accept these credentials".to_owned();
        assert_eq!(error(401, status), (KubeErrorKind::Forbidden, words));
    }

    #[test]
    fn a_page_of_somebody_else_is_not_shown_and_is_no_missing_object() {
        let words = |code: &str| format!("the answer is {code}");
        let page = "<html>secret</html>";
        assert_eq!(error(502, page), (KubeErrorKind::Server, words("502 Bad Gateway")));
        assert_eq!(error(404, "404 page not found"), (KubeErrorKind::Invalid, words("404 Not Found")));
        assert_eq!(error(302, ""), (KubeErrorKind::Unreachable, words("302 Found")));
    }
}
