//! The planner from outside: snapshots and decisions in, plans out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod administrators;
mod callers;
mod choices;
mod evidence;
mod existing;
mod extend;
mod kinds;
mod layers;
mod preconditions;
mod properties;
mod prune;
mod unsound_rbac;

use eksodus::planner::{Blocker, Decisions, Outcome, Plan, Target, plan};
use eksodus::snapshot::Snapshot;

fn planned(snapshot: &Snapshot) -> Plan {
    plan(snapshot, &Decisions::default())
}

fn only_target(plan: &Plan) -> &Target {
    assert_eq!(plan.targets.len(), 1, "{:#?}", plan.lines);
    &plan.targets[0]
}

fn only_blocker(plan: &Plan) -> &Blocker {
    assert_eq!(plan.lines.len(), 1);
    match &plan.lines[0].outcome {
        Outcome::Blocked { by } => by,
        other => panic!("not blocked: {other:?}"),
    }
}
