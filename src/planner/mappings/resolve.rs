//! The principal that an ARN of `aws-auth` stands for.

use crate::facts::{Iam, Known};
use crate::findings::Impossible;
use crate::model::{CanonicalArn, ClusterId, IamArn, InvalidArn, OtherLogin, PrincipalArn, parse_any_case};
use crate::planner::{Blocker, PrincipalDecision};

/// Who an ARN of `aws-auth` really is. It has no path there, and any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resolved {
    Principal(PrincipalArn),
    /// IAM was not looked at, and nothing says that the role has a path.
    Unchecked(PrincipalArn),
    Unresolved {
        account: String,
    },
    Ambiguous(Vec<PrincipalArn>),
    /// A complete list of the account does not have it.
    Gone,
    /// The account's root user: it matches that user alone.
    Root,
    /// A federated user, or text that the reader holds for matchable and IAM never prints.
    NotAPrincipal(InvalidArn),
    /// The decision's ARN is another principal.
    WrongDecision(PrincipalArn),
    /// IAM, as far as it was looked at, does not have the decision's ARN.
    UnknownDecision(PrincipalArn),
}

/// Finds the principal that a mapping names. With a cluster that was looked at nothing is taken on trust.
pub(super) fn resolve(
    iam: &Iam<'_>,
    cluster: Option<&ClusterId>,
    text: &str,
    decision: Option<&PrincipalDecision>,
) -> Resolved {
    if let (Some(cluster), Ok(arn)) = (cluster, parse_any_case(text))
        && arn.partition() != cluster.partition
    {
        return Resolved::NotAPrincipal(InvalidArn::OtherPartition(arn.partition().to_string()));
    }
    if let Some(arn) = decision.and_then(|decision| decision.arn.as_ref()) {
        return if CanonicalArn::of_principal(arn) != CanonicalArn::as_mapped(text) {
            Resolved::WrongDecision(arn.clone())
        } else if iam.denies(arn) {
            Resolved::UnknownDecision(arn.clone())
        } else {
            Resolved::Principal(arn.clone())
        };
    }
    let principal = match parse_any_case(text) {
        Ok(IamArn::Principal(principal)) => principal,
        Ok(IamArn::Root { .. }) => return Resolved::Root,
        Ok(IamArn::AssumedRole { .. }) => {
            return Resolved::NotAPrincipal(InvalidArn::NotAPrincipal(OtherLogin::Session));
        }
        Ok(IamArn::FederatedUser { .. }) => {
            return Resolved::NotAPrincipal(InvalidArn::NotAPrincipal(OtherLogin::FederatedUser));
        }
        Err(why) => return Resolved::NotAPrincipal(why),
    };
    match iam.find(&principal) {
        Known::Listed(known) | Known::Shown(known) => Resolved::Principal(known),
        Known::Several(candidates) => Resolved::Ambiguous(candidates),
        Known::Gone => Resolved::Gone,
        // a user's ARN in aws-auth is whole already, so nothing is guessed by taking it
        Known::Unknown if principal.is_role() && (cluster.is_some() || has_path_for_sure(&principal)) => {
            Resolved::Unresolved { account: principal.account().to_string() }
        }
        Known::Unknown => Resolved::Unchecked(principal),
    }
}

/// Why a decided ARN cannot be taken that IAM denies.
pub(super) fn unknown_decision(arn: &PrincipalArn) -> Blocker {
    Blocker::Decision { why: Impossible::NotInIam { arn: arn.clone() } }
}

/// Roles of IAM Identity Center live under `/aws-reserved/sso.amazonaws.com/`, service-linked ones under `/aws-service-role/`.
fn has_path_for_sure(role: &PrincipalArn) -> bool {
    !role.has_path()
        && (role.name().starts_with("AWSReservedSSO_") || role.name().starts_with("AWSServiceRoleFor"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{IamRole, IamUser, Listing, Snapshot};

    fn roles(arns: &[&str], complete: bool) -> Option<Listing<IamRole>> {
        let items = arns
            .iter()
            .map(|arn| IamRole { arn: arn.parse().unwrap(), id: "AROA1".into(), created: String::new() })
            .collect();
        Some(Listing { items, complete })
    }

    fn resolved(snapshot: &Snapshot, text: &str, decision: Option<&PrincipalDecision>) -> Resolved {
        resolve(&Iam::of(snapshot), snapshot.cluster.as_ref().map(|it| &it.id), text, decision)
    }

    const PATHLESS: &str = "arn:aws:iam::111122223333:role/Dev";
    const REAL: &str = "arn:aws:iam::111122223333:role/team/Dev";

    #[test]
    fn a_role_gets_its_path_back_whatever_its_case() {
        let snapshot = Snapshot { iam_roles: roles(&[REAL], true), ..Snapshot::default() };
        let real = Resolved::Principal(REAL.parse().unwrap());
        assert_eq!(resolved(&snapshot, PATHLESS, None), real);
        assert_eq!(resolved(&snapshot, "ARN:aws:iam::111122223333:ROLE/dev", None), real);
    }

    #[test]
    fn nobody_of_another_partition_can_log_in() {
        let china = "arn:aws-cn:iam::111122223333:role/Dev";
        let other = Resolved::NotAPrincipal(InvalidArn::OtherPartition("aws-cn".to_owned()));
        let decision =
            PrincipalDecision { arn: Some(china.parse().unwrap()), ..PrincipalDecision::default() };
        let snapshot = Snapshot { iam_roles: roles(&[china], true), ..Snapshot::default() };
        let cluster: ClusterId = "arn:aws:eks:eu-west-1:111122223333:cluster/prod".parse().unwrap();
        for decision in [None, Some(&decision)] {
            assert_eq!(resolve(&Iam::of(&snapshot), Some(&cluster), china, decision), other);
            // a file alone does not say of which partition the cluster is
            let alone = resolve(&Iam::of(&snapshot), None, china, decision);
            assert_eq!(alone, Resolved::Principal(china.parse().unwrap()));
        }
    }

    #[test]
    fn an_empty_list_proves_nobody_gone() {
        let iam_users = Some(Listing::<IamUser> { items: Vec::new(), complete: true });
        let snapshot = Snapshot { iam_roles: roles(&[REAL], true), iam_users, ..Snapshot::default() };
        for user in ["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::444455556666:user/alice"] {
            assert_eq!(resolved(&snapshot, user, None), Resolved::Unchecked(user.parse().unwrap()));
        }
    }

    #[test]
    fn a_file_alone_is_taken_at_its_word_but_for_roles_that_must_have_a_path() {
        let alone = Snapshot::default();
        assert_eq!(resolved(&alone, PATHLESS, None), Resolved::Unchecked(PATHLESS.parse().unwrap()));
        let sso = "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef";
        assert!(matches!(resolved(&alone, sso, None), Resolved::Unresolved { .. }));
    }

    #[test]
    fn what_is_taken_at_its_word_keeps_its_spelling() {
        let alone = Snapshot::default();
        let spelled = "ARN:AWS:IAM::111122223333:USER/Team/Ann";
        let meant = "arn:aws:iam::111122223333:user/Team/Ann".parse().unwrap();
        assert_eq!(resolved(&alone, spelled, None), Resolved::Unchecked(meant));
    }

    #[test]
    fn a_decision_may_name_the_path_but_not_another_role_nor_a_path_that_iam_denies() {
        let decide =
            |arn: &str| PrincipalDecision { arn: Some(arn.parse().unwrap()), ..PrincipalDecision::default() };
        let alone = Snapshot::default();
        let real = Resolved::Principal(REAL.parse().unwrap());
        assert_eq!(resolved(&alone, PATHLESS, Some(&decide(REAL))), real);
        let elsewhere = "arn:aws:iam::444455556666:role/Dev";
        assert!(matches!(resolved(&alone, PATHLESS, Some(&decide(elsewhere))), Resolved::WrongDecision(_)));
        let other = "arn:aws:iam::111122223333:role/Other";
        for (listed, complete, expected) in [
            (other, true, Resolved::UnknownDecision(REAL.parse().unwrap())),
            (PATHLESS, false, Resolved::UnknownDecision(REAL.parse().unwrap())),
            (other, false, real.clone()),
            (REAL, true, real),
        ] {
            let snapshot = Snapshot { iam_roles: roles(&[listed], complete), ..Snapshot::default() };
            assert_eq!(resolved(&snapshot, PATHLESS, Some(&decide(REAL))), expected, "{listed}");
        }
    }
}
