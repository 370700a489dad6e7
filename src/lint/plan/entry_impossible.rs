use super::{Rule, RuleId, Unsound, found};
use crate::findings::{Finding, PolicyRefusal};
use crate::model::{AccessEntry, AccessScope, PolicyArn};
use crate::planner::{Action, Expected, Plan};
use crate::rbac::{Assignable, access_policy};

/// A type has no groups, or a policy not this scope (EKS user guide, "Create access entries" and "Review access policy
/// permissions"). What an entry has already is left as it is.
pub(super) const RULE: Rule = Rule { id: RuleId::EntryImpossible, check };

fn check(plan: &Plan) -> Vec<Finding> {
    if plan.undoes.is_some() {
        // what was there before was possible
        return Vec::new();
    }
    let entries = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Entry { before, after: Some(after), .. } => Some((before, after)),
        _ => None,
    });
    entries.flat_map(|(before, after)| of_entry(plan, before, after)).collect()
}

fn of_entry(plan: &Plan, before: &Expected, after: &AccessEntry) -> Vec<Finding> {
    let principal = &after.principal;
    let home = plan.cluster.as_ref().map_or(principal.account(), |cluster| &cluster.account);
    let whole = after.check(home).err().map(|refusal| Unsound::Entry { refusal });
    let held = match before {
        Expected::Entry(entry) => Some(&entry.policies),
        Expected::Unobserved | Expected::Absent => None,
    };
    let is_new = |policy: &PolicyArn, scope: &AccessScope| held.and_then(|held| held.get(policy)) != Some(scope);
    let policies = after.policies.iter().filter(|(policy, scope)| is_new(policy, scope));
    let policies = policies.filter_map(|(policy, scope)| {
        let why = refusal(policy, scope)?;
        Some(Unsound::Policy { policy: policy.name().to_owned(), why })
    });
    whole.into_iter().chain(policies).map(|why| found(principal.as_str(), why)).collect()
}

/// Of a policy that this program does not know, nothing is said.
fn refusal(policy: &PolicyArn, scope: &AccessScope) -> Option<PolicyRefusal> {
    let known = access_policy(policy.name())?;
    match known.assignable {
        Assignable::ByCustomers if known.takes(scope) => None,
        Assignable::ByCustomers => Some(PolicyRefusal::Scope),
        Assignable::ByServices | Assignable::NotEstablished => Some(PolicyRefusal::OfServices),
    }
}
