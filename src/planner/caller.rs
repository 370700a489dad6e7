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
pub(super) fn access(
    caller: Option<&Caller>,
    targets: &[Target],
    existing: &[ObservedEntry],
) -> CallerAccess {
    let Some(caller) = caller else {
        return CallerAccess::Unknown;
    };
    let canonical = canonical(&caller.arn);
    let is_caller = |principal: &PrincipalArn| principal.canonical().eq_ignore_ascii_case(&canonical);
    let by_target = targets.iter().map(|target| target.entry.principal.clone());
    let by_entry = existing.iter().filter_map(|entry| entry.principal.parse().ok());
    match by_target.chain(by_entry).find(is_caller) {
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
