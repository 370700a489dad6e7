use std::collections::BTreeSet;

use super::{Rule, RuleId, Unsound, found};
use crate::findings::Finding;
use crate::model::{CanonicalArn, PrincipalArn};
use crate::planner::{Action, Plan};

/// A principal has one access entry (EKS API, CreateAccessEntry). A role is one by its name, whatever its path.
pub(super) const RULE: Rule = Rule { id: RuleId::PrincipalTwice, check };

fn check(plan: &Plan) -> Vec<Finding> {
    let targets = plan.targets.iter().map(|target| &target.entry.principal);
    let steps = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Entry { principal, .. } => Some(principal),
        _ => None,
    });
    let of_targets = twice(targets).map(|it| found(it.as_str(), Unsound::PrincipalTwice { steps: false }));
    let of_steps = twice(steps).map(|it| found(it.as_str(), Unsound::PrincipalTwice { steps: true }));
    of_targets.chain(of_steps).collect()
}

fn twice<'p>(all: impl Iterator<Item = &'p PrincipalArn>) -> impl Iterator<Item = &'p PrincipalArn> {
    let mut seen = BTreeSet::new();
    all.filter(move |principal| !seen.insert(CanonicalArn::of_principal(principal)))
}
