//! The caller: by what it has access after the migration. Its own entry comes last, which `planner/order.rs` does.

use std::collections::BTreeMap;

use crate::facts::{Administrators, Facts};
use crate::findings::{Finding, Reason};
use crate::model::{CanonicalArn, GroupName, IamArn, PrincipalArn};
use crate::planner::given::Given;
use crate::planner::mappings::settle::Settled;
use crate::planner::{CallerAccess, Line, Outcome, Standing, Target};

/// The ARN the authenticator matches, in its own spelling; what is no ARN stays as it is.
pub(in crate::planner) fn canonical(arn: &str) -> String {
    arn.parse::<IamArn>().map_or_else(|_| arn.to_owned(), |arn| arn.canonical())
}

/// By what the caller authenticates after the migration. Its own target is marked: `order_steps` puts it last.
pub(in crate::planner) fn find_caller(
    facts: &Facts<'_>,
    targets: &mut BTreeMap<PrincipalArn, Target>,
) -> CallerAccess {
    let Some(caller) = &facts.snapshot.caller else {
        return CallerAccess::Unknown;
    };
    let (arn, key) = (canonical(&caller.arn), CanonicalArn::of(&caller.arn));
    let is_caller = |principal: &PrincipalArn| {
        // most are ruled out by their name, without building an ARN
        let tail = arn.len().checked_sub(principal.name().len()).and_then(|at| arn.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(principal.name()))
            && CanonicalArn::of_principal(principal) == key
    };
    if let Some((principal, target)) = targets.iter_mut().find(|(principal, _)| is_caller(principal)) {
        target.is_caller = true;
        return CallerAccess::Principal { arn, principal: principal.clone() };
    }
    match facts.entries.live(&key).and_then(|entry| entry.principal.clone()) {
        Some(principal) => CallerAccess::Principal { arn, principal },
        None => CallerAccess::Elsewhere { arn },
    }
}

/// By decision the caller would have nothing any more, or be no administrator any more: that is for somebody else to carry
/// out, who can put it right.
pub(in crate::planner) fn loses_rights(
    given: &Given<'_>,
    settled: &Settled,
    access: &CallerAccess,
) -> Option<Finding> {
    let CallerAccess::Principal { arn, principal } = access else { return None };
    let target = settled.targets.get(principal)?;
    let administrators = Administrators::of(given.rbac, settled.bindings.iter());
    let from = match &target.standing {
        Standing::Update { from } | Standing::Replace { from, .. } => Some(from),
        Standing::Create | Standing::Equal | Standing::NotYetObservable => None,
    };
    let live = given.facts.entries.live(&CanonicalArn::of_principal(principal)).is_some();
    let was_administrator = match from.filter(|_| live) {
        Some(from) => administrators.is_administrator(from).is_some(),
        None => target.groups_today.iter().any(|group| group == GroupName::MASTERS),
    };
    let has_nothing = target.entry.entry_type.is_standard()
        && target.entry.groups.is_empty()
        && target.entry.policies.is_empty()
        && (was_administrator || !target.groups_today.is_empty());
    let is_no_more = was_administrator && administrators.is_administrator(&target.entry).is_none();
    (has_nothing || is_no_more).then(|| {
        let reason = Reason::CallerLosesRights { keeps_nothing: has_nothing };
        Finding::new(Some(target.from.clone()), arn.as_str(), reason)
    })
}

/// The caller has no entry and will have none: because no mapping names it, or although one gives it access.
pub(in crate::planner) fn elsewhere(arn: &str, lines: &[Line], observable: bool) -> Option<Finding> {
    let account = arn.parse::<PrincipalArn>().map(|principal| principal.account().to_string());
    let names = |line: &&Line| match &line.outcome {
        Outcome::Skipped { .. } | Outcome::Blocked { .. } => line.arn.eq_ignore_ascii_case(arn),
        _ => false,
    };
    let is_of_account = |line: &&Line| {
        let lets_in = matches!(
            line.outcome,
            Outcome::Expanded { .. } | Outcome::Skipped { .. } | Outcome::Blocked { .. }
        );
        lets_in && account.as_ref().is_ok_and(|account| line.arn == *account)
    };
    let line = lines.iter().find(names).or_else(|| lines.iter().find(is_of_account));
    let reason = match line.map(|line| &line.outcome) {
        Some(Outcome::Skipped { .. }) => Reason::CallerSkipped { account: false },
        Some(Outcome::Expanded { .. }) => Reason::CallerSkipped { account: true },
        // the mapping has a finding of its own
        Some(_) => return None,
        None => Reason::CallerUnmapped { observable },
    };
    Some(Finding::new(line.map(|line| line.at.clone()), arn, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_session_of_a_role_is_the_role() {
        assert_eq!(
            canonical("arn:aws:sts::111122223333:assumed-role/Admin/alice"),
            "arn:aws:iam::111122223333:role/Admin"
        );
        assert_eq!(canonical("arn:aws:iam::111122223333:user/a/b"), "arn:aws:iam::111122223333:user/a/b");
    }
}
