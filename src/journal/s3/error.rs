use std::error::Error;

use super::credentials::NoCredentials;

/// Why something on S3 was not done. Nothing of a request's signature or of an answer but code and message is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{url}: {kind}")]
pub struct S3Error {
    /// The object, or the folder of objects.
    pub url: String,
    pub kind: S3ErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum S3ErrorKind {
    #[error("there is no such bucket")]
    NoBucket,
    #[error("the bucket is in another region")]
    OtherRegion,
    #[error("access denied: {0}")]
    Denied(String),
    #[error("no valid AWS credentials: {0}")]
    Credentials(String),
    #[error("there is no such object")]
    Missing,
    /// Somebody else made the object first: another process writes to this journal.
    #[error("another process wrote to this journal: it continues the run, and this process has stopped")]
    Overtaken,
    /// Also after several tries.
    #[error("S3 reports a concurrent write, but there is no object")]
    Conflict,
    #[error("this machine's clock is wrong: {0}")]
    Clock(String),
    #[error("a record is missing from the middle of the journal")]
    Gap,
    #[error("journals on S3 are never truncated")]
    Cut,
    #[error("not a run, nor its journal or plan")]
    NotARun,
    #[error("not UTF-8")]
    NotText,
    /// Also after several tries.
    #[error("unexpected answer: {0}")]
    Unreachable(String),
    #[error("{0}")]
    Refused(String),
}

impl S3ErrorKind {
    pub(super) fn at(self, url: String) -> S3Error {
        S3Error { url, kind: self }
    }
}

impl From<object_store::Error> for S3ErrorKind {
    fn from(error: object_store::Error) -> Self {
        let Told { status, code, text } = told(&error);
        match (code.as_str(), status) {
            ("", None) if credentials(&error).is_some() => Self::Credentials(text),
            ("NoSuchBucket", _) => Self::NoBucket,
            (
                "ExpiredToken"
                | "InvalidAccessKeyId"
                | "InvalidToken"
                | "SignatureDoesNotMatch"
                | "TokenRefreshRequired",
                _,
            ) => Self::Credentials(text),
            ("RequestTimeTooSkewed" | "RequestExpired", _) => Self::Clock(text),
            (
                "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" | "PermanentRedirect",
                _,
            )
            | (_, Some(301 | 307)) => Self::OtherRegion,
            ("", None) if text.contains("without LOCATION") => Self::OtherRegion,
            (_, Some(401 | 403)) => Self::Denied(text),
            (_, Some(404)) => Self::Missing,
            // ConditionalRequestConflict: another write of the same object was under way, and none may have come of it
            (_, Some(409)) => Self::Conflict,
            (_, Some(412)) => Self::Overtaken,
            (_, None | Some(408 | 429 | 500..)) => Self::Unreachable(text),
            _ => Self::Refused(text),
        }
    }
}

/// What the store told, without the rest of the answer: that holds signatures and, for an expired one, the session token.
struct Told {
    status: Option<u16>,
    code: String,
    text: String,
}

fn told(error: &object_store::Error) -> Told {
    // the store in memory has no HTTP behind it
    let status = match error {
        object_store::Error::NotFound { .. } => Some(404),
        object_store::Error::AlreadyExists { .. } => Some(412),
        _ => None,
    };
    let root = root(error).to_string();
    let Some((_, answer)) = root.split_once("status code: ") else {
        return Told { status, code: String::new(), text: root };
    };
    let (line, body) = answer.split_once(": ").unwrap_or((answer, ""));
    let code = element(body, "Code").unwrap_or_default().to_owned();
    let text = match element(body, "Message") {
        Some(message) => format!("{code}: {message}"),
        None => line.to_owned(),
    };
    Told { status: line.get(..3).and_then(|digits| digits.parse().ok()), code, text }
}

fn credentials(error: &object_store::Error) -> Option<&NoCredentials> {
    root(error).downcast_ref()
}

fn root<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last
}

/// The text of the first element of this name in an error answer, which S3 writes without attributes.
fn element<'b>(body: &'b str, name: &str) -> Option<&'b str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}
