use std::collections::BTreeSet;

use super::{Rule, RuleId, Unsound, found};
use crate::calls::calls_of;
use crate::findings::Finding;
use crate::planner::{Action, Expected, Plan};
use crate::snapshot::Part;

/// A step has an id of its own, calls that lead to its value, and the value that it expects: entries are unobserved only
/// where they were not listed.
pub(super) const RULE: Rule = Rule { id: RuleId::StepImpossible, check };

fn check(plan: &Plan) -> Vec<Finding> {
    let mut ids = BTreeSet::new();
    let were_listed = plan.fingerprint.contains_key(&Part::AccessEntries);
    let mut wrong = Vec::new();
    for step in &plan.steps {
        let unseen = matches!(step.action, Action::Entry { before: Expected::Unobserved, .. });
        let why = match calls_of(step) {
            _ if !ids.insert(step.id.as_str()) => Unsound::StepTwice,
            Err(why) => Unsound::Step { prose: why.to_string() },
            Ok(_) if unseen && were_listed => Unsound::NothingExpected,
            Ok(_) => continue,
        };
        wrong.push(found(&step.id, why));
    }
    wrong
}
