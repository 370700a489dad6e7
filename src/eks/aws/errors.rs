//! What the SDK says went wrong, as the port says it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::codes;
use crate::carrier::CallError;
use crate::eks::{AwsError, AwsErrorKind};
use crate::network::{self, causes};

impl CallError for AwsError {
    fn given_up(operation: &'static str, message: String) -> Self {
        Self { operation, kind: AwsErrorKind::Unanswered, message }
    }

    fn is_no_answer(&self) -> bool {
        self.is_retryable()
    }
}

/// Turns the error of a call into one that names the call.
pub(super) fn of<E>(operation: &'static str) -> impl Fn(SdkError<E, HttpResponse>) -> AwsError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    move |error| map(operation, &error)
}

/// An answer about something else than was asked for: whether a write took effect is unknown.
pub(super) fn about_another(operation: &'static str, message: String) -> AwsError {
    AwsError { operation, kind: AwsErrorKind::Unanswered, message }
}

/// An answer without what it must have, or with what cannot be read: whether a write took effect is unknown.
pub(super) fn unreadable(operation: &'static str, message: impl ToString) -> AwsError {
    AwsError { operation, kind: AwsErrorKind::Transport, message: message.to_string() }
}

fn map<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> AwsError
where
    E: Error + ProvideErrorMetadata + 'static,
{
    if network::is_too_long(error) {
        let message = "the answer is too long to be from AWS".to_owned();
        return AwsError { operation, kind: AwsErrorKind::Unanswered, message };
    }
    if let Some(message) = error.raw_response().and_then(of_a_stranger) {
        return AwsError { operation, kind: AwsErrorKind::Unreachable, message };
    }
    if let Some(why) = network::final_cause(error) {
        let message = format!("the endpoint is not AWS, or not trustworthy: {why}");
        return AwsError { operation, kind: AwsErrorKind::Unreachable, message };
    }
    let (kind, message) = match error {
        SdkError::ServiceError(service) => answered(service.raw().status().as_u16(), service.err()),
        SdkError::ResponseError(response) => (
            AwsErrorKind::Transport,
            format!("HTTP {}: {}", response.raw().status().as_u16(), reasons(error)),
        ),
        SdkError::TimeoutError(_) => (AwsErrorKind::Transport, reasons(error)),
        _ => {
            if let Some(refused) = refused_role(error) {
                return refused;
            }
            if let Some(lacking) = causes(error).find(|cause| cause.is::<CredentialsError>()) {
                (AwsErrorKind::Credentials, no_credentials(lacking))
            } else if matches!(error, SdkError::ConstructionFailure(_)) {
                (AwsErrorKind::InvalidParameter, reasons(error))
            } else {
                (AwsErrorKind::Transport, reasons(error))
            }
        }
    };
    AwsError { operation, kind, message }
}

fn answered<E: Error + ProvideErrorMetadata + 'static>(status: u16, error: &E) -> (AwsErrorKind, String) {
    let Some(code) = error.code() else {
        // half a body, or the page of something between here and AWS
        let kind = codes::without(status);
        return (kind, format!("HTTP {status} without an AWS error: {}", reasons(error)));
    };
    let said = error.message().filter(|message| !message.is_empty());
    match (codes::known(code), said) {
        (Some(AwsErrorKind::Clock), said) => (AwsErrorKind::Clock, wrong_clock(said.unwrap_or(code))),
        (Some(kind), Some(said)) if codes::is_about_time(kind, said) => {
            (AwsErrorKind::Clock, wrong_clock(said))
        }
        (Some(kind), Some(said)) => (kind, said.to_owned()),
        (Some(kind), None) => (kind, code.to_owned()),
        (None, Some(said)) => (codes::unknown(status), format!("{code}: {said}")),
        (None, None) => (codes::unknown(status), code.to_owned()),
    }
}

fn wrong_clock(said: &str) -> String {
    format!("this machine's clock is wrong: {said}")
}

/// Credentials were to come from a role, and STS refused it.
fn refused_role(error: &(dyn Error + 'static)) -> Option<AwsError> {
    causes(error)
        .skip(1)
        .find_map(|cause| cause.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>())
        .map(|cause| map("sts:AssumeRole", cause))
}

/// What keeps the caller from having credentials, outermost first.
pub(super) fn no_credentials(error: &(dyn Error + 'static)) -> String {
    format!("no credentials: {}", reasons(error))
}

/// AWS redirects nobody in these services, and sends no web pages but when it is overloaded.
fn of_a_stranger(response: &HttpResponse) -> Option<String> {
    let status = response.status().as_u16();
    if (300..400).contains(&status) {
        let to = network::host_of(response.headers().get("location"));
        return Some(format!("HTTP {status}: the endpoint redirects {to}, which AWS never does"));
    }
    let is_page = response.headers().get("content-type").is_some_and(|it| it.starts_with("text/html"));
    (is_page && (200..300).contains(&status))
        .then(|| format!("HTTP {status}: the endpoint is a web page, not AWS"))
}

/// The causes from the outside in; each says something of its own. Never their `Debug`, which may show what was sent.
fn reasons(error: &(dyn Error + 'static)) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for cause in causes(error) {
        // the SDK lists what it tried line by line
        let reason = cause.to_string();
        let reason = reason.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        if !reason.is_empty() && !reasons.iter().any(|said| said.contains(&reason)) {
            reasons.push(reason);
        }
    }
    reasons.join(": ")
}
