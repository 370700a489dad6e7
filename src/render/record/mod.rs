//! The record of a change: what a run did, when, by whom and on whose word, as its journal and its plan tell it.

mod calls;
mod text;

use serde::Serialize;

pub use calls::{CallRecord, Outcome};
pub(super) use text::{NOT_LOOKED_AT, by};

use super::parity::{NOT_COVERED, assuming, theorem, who};
use super::words::count;
use crate::calls::Resource;
use crate::journal::{Reading, Record, Stamp};
use crate::parity::{Acceptance, ParitySummary};
use crate::planner::{Phase, Plan, Step};

/// See the module; as JSON it is this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRecord {
    pub cluster: String,
    /// Name of the run.
    pub run: String,
    /// Digest of the plan.
    pub plan: String,
    /// Name of the run that this one undid, if it is a rollback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
    pub summary: Summary,
    /// Each time that it was begun or resumed.
    pub attempts: Vec<Attempt>,
    /// What was lost and gained by decision.
    pub accepted: Vec<Accepted>,
    /// In the order in which they were made.
    pub calls: Vec<CallRecord>,
    /// Steps in the plan's order.
    pub steps: Vec<StepRecord>,
    /// Absent in a rollback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofRecord>,
    /// Absent when nobody looked at the cluster for this record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunResult {
    /// Every step of the phases that it was to run is done.
    Done,
    /// Some are not.
    Stopped,
    /// Some call may have taken effect, and nobody looked.
    InDoubt,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub result: RunResult,
    /// The last phase that it was to run; absent when it did not begin.
    pub through: Option<Phase>,
    /// Of those phases.
    pub steps: usize,
    pub steps_done: usize,
    /// Calls that took effect.
    pub applied: usize,
    pub failed: usize,
    pub in_doubt: usize,
}

/// From a begin to the next, or to the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    pub through: Phase,
    pub allow_irreversible: bool,
    /// Who began it, and when; absent in a journal of format 1.
    #[serde(flatten)]
    pub began: Option<Stamp>,
    /// When the last of its records was written.
    pub ended: Option<String>,
}

/// A decision that accepts what a principal loses or gains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    pub principal: String,
    /// Of the change.
    pub id: String,
    #[serde(flatten)]
    pub by: Acceptance,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    pub id: String,
    pub phase: Phase,
    /// What it changes.
    pub resource: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<String>,
    pub state: StepState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    NotBegun,
    /// Of a phase that the run was not to reach.
    Later,
    Begun,
    /// What it wants was there without a call.
    Adopted,
    /// Its calls were made, and what they wrote was read back.
    ReadBack,
}

/// The proof that the plan came with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProofRecord {
    pub theorem: String,
    pub summary: ParitySummary,
    pub assuming: Vec<String>,
    pub not_covered: String,
}

/// A look at the cluster afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// RFC 3339.
    pub at: String,
    /// The cluster is what the plan leads to.
    pub equal: bool,
    pub through: Phase,
    pub differences: Vec<String>,
    pub checks: Vec<Checked>,
}

/// A check of a live cluster: its nodes, somebody's rights, a login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// `passed`, `failed` or `unknown`.
    pub result: &'static str,
    pub what: String,
}

impl ChangeRecord {
    pub fn of(plan: &Plan, journal: &Reading, verification: Option<Verification>) -> Self {
        let Reading { header, stamps: _, records: _, progress, torn: _ } = journal;
        let attempts = attempts(journal);
        let through = attempts.last().map(|last| last.through);
        let wanted = |step: &&Step| through.is_some_and(|through| step.phase <= through);
        let steps = plan.steps.iter().filter(wanted).count();
        let steps_done = plan.steps.iter().filter(wanted).filter(|it| progress.is_done(&it.id)).count();
        let calls = calls::of(plan, journal);
        let result = match (progress.has_open(), steps_done == steps && through.is_some()) {
            (true, _) => RunResult::InDoubt,
            (false, true) => RunResult::Done,
            (false, false) => RunResult::Stopped,
        };
        let failed = calls.iter().filter(|call| call.outcome == Outcome::Failed).count();
        let summary = Summary {
            result,
            through,
            steps,
            steps_done,
            applied: progress.applied(),
            failed,
            in_doubt: progress.open(),
        };
        Self {
            cluster: header.cluster.to_string(),
            run: header.run.clone(),
            plan: header.plan.clone(),
            undoes: header.undoes.clone(),
            summary,
            attempts,
            accepted: accepted(plan),
            calls,
            steps: plan.steps.iter().map(|step| StepRecord::of(step, journal, through)).collect(),
            proof: plan.parity.as_ref().map(|parity| ProofRecord {
                theorem: theorem(parity),
                summary: parity.summary.clone(),
                assuming: assuming(parity),
                not_covered: NOT_COVERED.to_owned(),
            }),
            verification,
        }
    }

    pub(super) fn steps_in(&self, state: StepState) -> impl Iterator<Item = &StepRecord> {
        self.steps.iter().filter(move |step| step.state == state)
    }

    /// What was read back, in one line.
    pub(super) fn read_back(&self) -> String {
        let of = |state: StepState| self.steps_in(state).count();
        let read_back = count(of(StepState::ReadBack), "step was", "steps were");
        let (adopted, later) = (of(StepState::Adopted), of(StepState::Later));
        format!(
            "{read_back} read back after the calls, {adopted} needed no call, {later} are of later phases"
        )
    }

    /// Whether it says anything that somebody has to look after.
    pub(super) fn is_good(&self) -> bool {
        let is_failed = |check: &Checked| check.result == "failed";
        self.summary.result == RunResult::Done
            && self.verification.as_ref().is_none_or(|it| it.equal && !it.checks.iter().any(is_failed))
    }

    /// What became of it, in one line.
    pub(super) fn verdict(&self) -> String {
        let Summary { result, through, steps, steps_done, applied, failed: _, in_doubt } = &self.summary;
        let calls = count(*applied, "call took effect", "calls took effect");
        let steps = format!("{steps_done} of {steps} steps, {calls}");
        match (result, through) {
            (_, None) => "The run did not begin".to_owned(),
            (RunResult::Done, Some(through)) => format!("Done through {through}: {steps}"),
            (RunResult::Stopped, Some(through)) => format!("Stopped on the way to {through}: {steps}"),
            (RunResult::InDoubt, Some(_)) => {
                let doubt = count(*in_doubt, "call", "calls");
                format!("Stopped, and of {doubt} nobody knows the outcome: {steps}")
            }
        }
    }
}

fn attempts(journal: &Reading) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for (record, stamp) in journal.records.iter().zip(journal.stamps.iter().skip(1)) {
        if let Record::Started { through, allow_irreversible } = record {
            attempts.push(Attempt {
                through: *through,
                allow_irreversible: *allow_irreversible,
                began: stamp.clone(),
                ended: None,
            });
        }
        if let (Some(attempt), Some(stamp)) = (attempts.last_mut(), stamp) {
            attempt.ended = Some(stamp.at.clone());
        }
    }
    attempts
}

fn accepted(plan: &Plan) -> Vec<Accepted> {
    let principals = plan.parity.iter().flat_map(|parity| &parity.principals);
    let changes = principals.flat_map(|of| of.lost.iter().chain(&of.gained).map(move |change| (of, change)));
    let accepted = changes.filter_map(|(of, change)| {
        let by = change.accepted.clone()?;
        Some(Accepted { principal: who(of), id: change.id.clone(), by })
    });
    accepted.collect()
}

impl StepRecord {
    fn of(step: &Step, journal: &Reading, through: Option<Phase>) -> Self {
        let progress = journal.progress.step(&step.id);
        let state = match progress {
            None if through.is_some_and(|through| step.phase > through) => StepState::Later,
            None => StepState::NotBegun,
            Some(it) if it.adopted.is_some() => StepState::Adopted,
            Some(it) if it.done => StepState::ReadBack,
            Some(_) => StepState::Begun,
        };
        let ends = |record: &Record| match record {
            Record::Done { step: id } | Record::Adopted { step: id, .. } => *id == step.id,
            _ => false,
        };
        let at = journal.records.iter().position(ends);
        let stamp = at.and_then(|at| journal.stamps.get(at + 1)?.as_ref());
        let resource = Resource::of(step).map(|it| it.to_string()).unwrap_or_default();
        let done = stamp.map(|stamp| stamp.at.clone());
        Self { id: step.id.clone(), phase: step.phase, resource, done, state }
    }
}
