//! The access policies of an entry, each held against the catalogue and what the Region offers.

use super::translate::Held;
use crate::findings::Impossible;
use crate::model::{AccessScope, Associations, PolicyArn, PrincipalArn};
use crate::planner::given::Given;
use crate::planner::{Blocker, Masters, PolicyDecision, PolicyRefusal};
use crate::rbac::{Assignable, access_policy, nearest_policy};

/// What `system:masters` becomes where no decision says otherwise.
pub(super) fn implied(principal: &PrincipalArn, masters: bool, given: &Given<'_>) -> Associations {
    let by_policy = masters && given.decisions.masters == Masters::AccessPolicy;
    let policy = by_policy.then(|| (PolicyArn::cluster_admin(principal.partition()), AccessScope::Cluster));
    policy.into_iter().collect()
}

/// The decision's whole list, or else what the mapping implies; each one that the Region offers, and that a customer may
/// associate in its scope.
pub(super) fn policies(
    held: &Held<'_>,
    implied: Associations,
    given: &Given<'_>,
) -> Result<Associations, Blocker> {
    let Some(decided) = held.decision.and_then(|decision| decision.policies.as_ref()) else {
        return match implied.keys().find(|policy| !is_offered(policy, given)) {
            Some(policy) => Err(unavailable(policy.name(), PolicyRefusal::NotOffered)),
            None => Ok(implied),
        };
    };
    decided
        .iter()
        .map(|PolicyDecision { policy, scope }| {
            let arn = PolicyArn::new(held.principal.partition(), policy)
                .map_err(|_| Blocker::Decision { why: Impossible::NotAPolicy { policy: policy.clone() } })?;
            let is_listed = given.facts.snapshot.access_policies.is_some();
            let refusal = match access_policy(policy) {
                _ if is_listed && !is_offered(&arn, given) => Some(PolicyRefusal::NotOffered),
                None if !is_listed => Some(PolicyRefusal::Unknown),
                Some(known) if known.assignable != Assignable::ByCustomers => Some(PolicyRefusal::OfServices),
                Some(known) if !known.takes(scope) => Some(PolicyRefusal::Scope),
                None | Some(_) => None,
            };
            match refusal {
                Some(why) => Err(unavailable(policy, why)),
                None => Ok((arn, scope.clone())),
            }
        })
        .collect()
}

/// Whether ListAccessPolicies of the Region names it; where that is unknown, nothing speaks against it.
fn is_offered(policy: &PolicyArn, given: &Given<'_>) -> bool {
    given.facts.snapshot.access_policies.as_ref().is_none_or(|listed| listed.contains(policy))
}

fn unavailable(policy: &str, why: PolicyRefusal) -> Blocker {
    let nearest = match why {
        PolicyRefusal::Unknown | PolicyRefusal::NotOffered => nearest_policy(policy),
        PolicyRefusal::OfServices | PolicyRefusal::Scope => None,
    };
    let nearest = nearest.filter(|near| *near != policy).map(str::to_owned);
    Blocker::PolicyUnavailable { policy: policy.to_owned(), why, nearest }
}
