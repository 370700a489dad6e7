use super::{CallerAccess, Target};
use crate::model::{IamArn, PrincipalArn};
use crate::snapshot::{Caller, ObservedEntry};

/// The ARN the authenticator matches: a session becomes its role, everything else stays.
pub(super) fn canonical(arn: &str) -> String {
    match arn.parse::<IamArn>() {
        Ok(IamArn::AssumedRole { partition, account, role, session: _ }) => {
            format!("arn:{partition}:iam::{account}:role/{role}")
        }
        Ok(IamArn::Principal(principal)) => principal.canonical(),
        Ok(IamArn::Root { .. } | IamArn::FederatedUser { .. }) | Err(_) => arn.to_owned(),
    }
}

/// By what the caller is let in, after the migration.
pub(super) fn access<'t>(
    caller: Option<&Caller>,
    targets: impl Iterator<Item = &'t Target>,
    existing: &[ObservedEntry],
) -> CallerAccess {
    let Some(caller) = caller else {
        return CallerAccess::Unknown;
    };
    let canonical = canonical(&caller.arn);
    let is_caller = |principal: &PrincipalArn| {
        // most are ruled out by their name, without building an ARN
        let tail = canonical.len().checked_sub(principal.name().len()).and_then(|at| canonical.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(principal.name()))
            && principal.canonical().eq_ignore_ascii_case(&canonical)
    };
    let by_target =
        targets.map(|target| &target.entry.principal).find(|principal| is_caller(principal)).cloned();
    let by_entry = || existing.iter().filter_map(|entry| entry.principal.parse().ok()).find(is_caller);
    match by_target.or_else(by_entry) {
        Some(principal) => CallerAccess::Principal { arn: canonical, principal },
        None => CallerAccess::Elsewhere { arn: canonical },
    }
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
