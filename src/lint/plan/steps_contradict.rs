use std::collections::BTreeMap;

use super::{Rule, RuleId, Unsound, found};
use crate::calls::{Resource, ResourceState};
use crate::findings::Finding;
use crate::planner::Plan;

/// What a step expects is what the step before it left of the same thing.
pub(super) const RULE: Rule = Rule { id: RuleId::StepsContradict, check };

fn check(plan: &Plan) -> Vec<Finding> {
    let mut left: BTreeMap<Resource, (&str, ResourceState)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for step in &plan.steps {
        let Some(resource) = Resource::of(step) else { continue };
        let before = left.insert(resource, (&step.id, ResourceState::after(step)));
        if let Some((earlier, _)) = before.filter(|(_, left)| *left != ResourceState::before(step)) {
            wrong.push(found(&step.id, Unsound::Contradicts { earlier: earlier.to_owned() }));
        }
    }
    wrong
}
