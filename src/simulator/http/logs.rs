//! FilterLogEvents by the API model `logs/2014-03-28`: AWS JSON 1.1.

use serde::Deserialize;
use serde_json::json;

use super::caller::caller;
use super::message::{Request, Response};
use super::wire::{Wire, call};
use crate::eks::{AwsErrorKind, Page};
use crate::simulator::audit_log::{Filter, LogEvent, no_group};
use crate::simulator::change::Target;
use crate::simulator::pages::Wanted;
use crate::simulator::refusal::AwsRefusal;
use crate::simulator::state::State;
use crate::simulator::{Operation, Simulator};

/// What the header `X-Amz-Target` begins with.
const TARGET: &str = "Logs_20140328.";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(alias = "logGroupIdentifier")]
    log_group_name: String,
    #[serde(default)]
    log_stream_name_prefix: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    next_token: Option<String>,
    limit: Option<usize>,
}

pub(super) fn respond(simulator: &Simulator, request: &Request) -> Response {
    if request.header("x-amz-target").and_then(|it| it.strip_prefix(TARGET)) != Some("FilterLogEvents") {
        return error(400, "UnknownOperationException", "the simulator does not have this operation");
    }
    let asked: Asked = match serde_json::from_slice(&request.body) {
        Ok(asked) => asked,
        Err(why) => return error(400, "SerializationException", &why.to_string()),
    };
    let filter = Filter {
        group: &asked.log_group_name,
        streams: &asked.log_stream_name_prefix,
        from: asked.start_time,
        until: asked.end_time,
        wanted: Wanted { next: asked.next_token.as_deref(), at_most: asked.limit },
    };
    let work = |state: &mut State| {
        // the group of another account is another one
        match caller(request, state).account == state.cluster.truth().id.account.to_string() {
            true => state.filter_log_events(&filter),
            false => Err(no_group()),
        }
    };
    let target = Target::Named(&asked.log_group_name);
    call(simulator, &Logs, (Operation::FilterLogEvents, target), work, show)
}

fn show(page: Page<LogEvent>) -> Response {
    let events = page.items.iter().map(|LogEvent { stream, at, message }| {
        json!({"logStreamName": stream, "timestamp": at, "message": message, "ingestionTime": at, "eventId": at.to_string()})
    });
    let mut answer = json!({"events": events.collect::<Vec<_>>(), "searchedLogStreams": []});
    if let Some(next) = page.next {
        answer["nextToken"] = next.into();
    }
    json_1_1(200, &answer)
}

/// AWS JSON 1.1: names of the API model, and "Common Errors" of the API reference.
struct Logs;

impl Wire for Logs {
    type Kind = AwsErrorKind;

    fn refuse(&self, refusal: &AwsRefusal) -> Response {
        let (status, name) = match refusal.kind {
            AwsErrorKind::NotFound => (400, "ResourceNotFoundException"),
            AwsErrorKind::InvalidParameter | AwsErrorKind::InvalidRequest | AwsErrorKind::InUse => {
                (400, "InvalidParameterException")
            }
            AwsErrorKind::AccessDenied => (400, "AccessDeniedException"),
            AwsErrorKind::Credentials => (400, "ExpiredTokenException"),
            AwsErrorKind::Clock => (400, "RequestTimeTooSkewed"),
            AwsErrorKind::Throttled | AwsErrorKind::LimitExceeded => (400, "ThrottlingException"),
            AwsErrorKind::Server => (500, "ServiceUnavailableException"),
            AwsErrorKind::Transport | AwsErrorKind::Unreachable | AwsErrorKind::Unanswered => {
                return Response::none();
            }
        };
        error(status, name, &refusal.message)
    }
}

fn error(status: u16, name: &str, message: &str) -> Response {
    json_1_1(status, &json!({"__type": name, "message": message}))
}

fn json_1_1(status: u16, value: &serde_json::Value) -> Response {
    Response::new(status, "application/x-amz-json-1.1", value.to_string())
}
