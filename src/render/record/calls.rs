//! Every call of a run, from what was meant to what came of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::calls::{Call, Resource};
use crate::journal::{Reading, Record};
use crate::planner::{Phase, Plan};

/// One try of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRecord {
    /// When it was about to be made; absent in a journal of format 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// From there to its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<i64>,
    pub phase: Option<Phase>,
    pub step: String,
    /// As IAM policies and audit logs name it.
    pub operation: &'static str,
    pub resource: String,
    pub outcome: Outcome,
    /// Of what did nothing, or may have done something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The id under which EKS changed the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<String>,
    /// The whole call, with what it replaced and what it left behind.
    pub call: Call,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Applied,
    /// It was so already, and not by a call of this run.
    Already,
    Failed,
    /// It may have taken effect; a later record of the same call says what was found.
    Unknown,
    /// The journal ends before it.
    NotWritten,
}

impl Outcome {
    pub(in crate::render) const fn said(self) -> &'static str {
        match self {
            Self::Applied => "took effect",
            Self::Already => "was so already",
            Self::Failed => "failed",
            Self::Unknown => "outcome not known",
            Self::NotWritten => "no outcome was written",
        }
    }
}

impl CallRecord {
    /// `142 ms`, `9.4 s`, `8 min 12 s`.
    pub(in crate::render) fn took(&self) -> Option<String> {
        // a clock that was set back tells none
        let milliseconds = self.milliseconds.filter(|it| *it >= 0)?;
        Some(match milliseconds {
            0..1_000 => format!("{milliseconds} ms"),
            1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
            _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
        })
    }

    /// What it changes, beside the name of the operation: the principal, with the policy where it is about one.
    pub(in crate::render) fn about(&self) -> String {
        match (&self.call, self.call.resource()) {
            (Call::Associate { policy, after, .. }, Resource::Entry(principal)) => {
                format!("{principal}: {} ({after})", policy.name())
            }
            (Call::Disassociate { policy, .. }, Resource::Entry(principal)) => {
                format!("{principal}: {}", policy.name())
            }
            (_, Resource::Entry(principal)) => principal.to_string(),
            (Call::UpdateMode { from, to }, _) => format!("{from} to {to}"),
            (_, Resource::AwsAuth) => String::new(),
            (_, resource) => resource.to_string(),
        }
    }
}

/// Each try by itself: one that failed, and the one that came after it.
pub(super) fn of(plan: &Plan, journal: &Reading) -> Vec<CallRecord> {
    let phases: BTreeMap<&str, Phase> =
        plan.steps.iter().map(|step| (step.id.as_str(), step.phase)).collect();
    let mut calls: Vec<CallRecord> = Vec::new();
    // the last try of each call
    let mut tries: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for (record, stamp) in journal.records.iter().zip(journal.stamps.iter().skip(1)) {
        let at = stamp.as_ref().map(|stamp| stamp.at.as_str());
        let (step, index) = match record {
            Record::Intended { step, index, call } => {
                tries.insert((step, *index), calls.len());
                calls.push(CallRecord {
                    at: at.map(str::to_owned),
                    milliseconds: None,
                    phase: phases.get(step.as_str()).copied(),
                    step: step.clone(),
                    operation: call.operation(),
                    resource: call.resource().to_string(),
                    outcome: Outcome::NotWritten,
                    why: None,
                    update: None,
                    call: call.clone(),
                });
                continue;
            }
            Record::Updating { step, index, .. }
            | Record::Applied { step, index }
            | Record::Already { step, index }
            | Record::Failed { step, index, .. }
            | Record::Unknown { step, index, .. } => (step.as_str(), *index),
            _ => continue,
        };
        let Some(call) = tries.get(&(step, index)).and_then(|try_| calls.get_mut(*try_)) else { continue };
        match record {
            Record::Updating { update, .. } => {
                call.update = Some(update.clone());
                continue;
            }
            Record::Failed { why, .. } => (call.outcome, call.why) = (Outcome::Failed, Some(why.clone())),
            Record::Unknown { why, .. } => (call.outcome, call.why) = (Outcome::Unknown, Some(why.clone())),
            Record::Already { .. } => call.outcome = Outcome::Already,
            _ => call.outcome = Outcome::Applied,
        }
        call.milliseconds = between(call.at.as_deref(), at);
    }
    calls
}

fn between(from: Option<&str>, to: Option<&str>) -> Option<i64> {
    let time = |text: Option<&str>| text?.parse::<Timestamp>().ok();
    Some(time(to)?.as_millisecond() - time(from)?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_unit_that_suits_it() {
        let call = |milliseconds| CallRecord {
            at: None,
            milliseconds: Some(milliseconds),
            phase: None,
            step: String::new(),
            operation: "",
            resource: String::new(),
            outcome: Outcome::Applied,
            why: None,
            update: None,
            call: Call::UpdateMode {
                from: crate::model::AuthenticationMode::ConfigMap,
                to: crate::model::AuthenticationMode::Api,
            },
        };
        let took = |milliseconds| call(milliseconds).took().unwrap();
        assert_eq!([took(0), took(999), took(9_450)], ["0 ms", "999 ms", "9.4 s"]);
        assert_eq!(took(492_000), "8 min 12 s");
        assert_eq!(call(-5).took(), None);
        assert_eq!(between(Some("2024-03-01T02:13:44.500Z"), Some("2024-03-01T02:13:45.731Z")), Some(1231));
        assert_eq!(between(Some("2024-03-01T02:13:44.500Z"), None), None);
    }
}
