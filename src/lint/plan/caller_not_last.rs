use super::{Rule, RuleId, Unsound, entry_steps, found};
use crate::findings::Finding;
use crate::planner::{Action, CallerAccess, Plan};

/// Until its own entry the caller has access by what it has access today, and can put right what the others broke. A
/// rollback goes the other way.
pub(super) const RULE: Rule = Rule { id: RuleId::CallerNotLast, check };

fn check(plan: &Plan) -> Vec<Finding> {
    let CallerAccess::Principal { principal: caller, .. } = &plan.caller else { return Vec::new() };
    if plan.undoes.is_some() {
        return Vec::new();
    }
    let is_own = |action: &Action| matches!(action, Action::Entry { principal, .. } if principal == caller);
    let after_own = entry_steps(plan).skip_while(|step| !is_own(&step.action)).last();
    let other = after_own.filter(|step| !is_own(&step.action));
    other.map(|step| found(caller.as_str(), Unsound::CallerNotLast { last: step.id.clone() })).into_iter().collect()
}
