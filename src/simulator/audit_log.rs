//! The log group of the cluster's control plane in CloudWatch Logs.

use jiff::Timestamp;
use serde_json::Value;

use super::pages::{Wanted, page};
use super::refusal::{AwsRefusal, Refusal};
use super::state::State;
use crate::eks::{AUDIT_STREAMS, AwsErrorKind, Page, log_group};

/// Events by their time. Where there is no group, logging was never switched on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LogGroup(Vec<LogEvent>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LogEvent {
    pub stream: String,
    /// Milliseconds since 1970.
    pub at: i64,
    pub message: String,
}

/// What FilterLogEvents takes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Filter<'f> {
    pub group: &'f str,
    /// Of the names of streams; empty for all.
    pub streams: &'f str,
    pub from: Option<i64>,
    pub until: Option<i64>,
    pub wanted: Wanted<'f>,
}

impl LogGroup {
    /// Audit events as lines; other lines are of another stream, as of the API server's own log. What has no time is as old as
    /// the line before.
    pub fn of_lines(text: &str) -> Self {
        let mut at = 0;
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let mut events: Vec<LogEvent> = lines
            .map(|line| {
                let event: Value = serde_json::from_str(line).unwrap_or_default();
                let time = |field: &str| event[field].as_str()?.parse::<Timestamp>().ok();
                let is_event = event["kind"] == "Event";
                at = time("requestReceivedTimestamp")
                    .or_else(|| time("stageTimestamp"))
                    .map_or(at, Timestamp::as_millisecond);
                let stream = if is_event { AUDIT_STREAMS } else { "kube-apiserver" };
                LogEvent { stream: format!("{stream}-0123456789abcdef"), at, message: line.to_owned() }
            })
            .collect();
        events.sort_by_key(|event| event.at);
        Self(events)
    }
}

impl State {
    /// By the API model `logs/2014-03-28`: `from` and `until` are both within.
    pub fn filter_log_events(&self, filter: &Filter<'_>) -> Result<Page<LogEvent>, AwsRefusal> {
        let Filter { group, streams, from, until, wanted } = filter;
        let own = log_group(&self.cluster.truth().id.name);
        let Some(LogGroup(events)) = self.log_group.as_ref().filter(|_| *group == own) else {
            return Err(no_group());
        };
        let is_wanted = |event: &LogEvent| {
            event.stream.starts_with(streams)
                && from.is_none_or(|from| event.at >= from)
                && until.is_none_or(|until| event.at <= until)
        };
        let keyed = events.iter().enumerate().filter(|(_, event)| is_wanted(event));
        let keyed = keyed.map(|(index, event)| (format!("{index:08}"), event.clone()));
        page("logs:FilterLogEvents", keyed, self.behaviour.log_page_size, *wanted)
    }
}

/// AWS's own words.
pub(super) fn no_group() -> AwsRefusal {
    Refusal::new(AwsErrorKind::NotFound, "The specified log group does not exist.")
}
