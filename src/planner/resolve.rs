use std::collections::{BTreeMap, BTreeSet};

use super::{Blocker, PrincipalDecision};
use crate::model::{IamArn, PrincipalArn, parse_any_case};
use crate::snapshot::{IamRole, IamUser, Listing, Snapshot};

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
    NotAPrincipal(String),
    /// The decision's ARN is another principal.
    WrongDecision(PrincipalArn),
    /// IAM, as far as it was looked at, does not have the decision's ARN.
    UnknownDecision(PrincipalArn),
}

/// The principals IAM has, by account; asked only about the account an ARN names.
pub(super) struct Directory<'s> {
    roles: Option<Index<'s>>,
    users: Option<Index<'s>>,
    /// Those that either list is of: an account may have no users at all, and then none of them is left.
    accounts: BTreeSet<&'s str>,
    /// Planning for a known cluster: nothing is taken on trust.
    strict: bool,
}

struct Index<'s> {
    /// By canonical ARN in lower case.
    by_canonical: BTreeMap<String, Vec<&'s PrincipalArn>>,
    complete: bool,
}

impl<'s> Index<'s> {
    fn of<T>(listing: &'s Listing<T>, arn: impl Fn(&'s T) -> &'s PrincipalArn) -> Self {
        let mut by_canonical = BTreeMap::<String, Vec<&'s PrincipalArn>>::new();
        for principal in listing.items.iter().map(arn) {
            let same = by_canonical.entry(principal.match_key()).or_default();
            if !same.contains(&principal) {
                same.push(principal);
            }
        }
        Self { by_canonical, complete: listing.complete }
    }

    fn find(&self, canonical: &str, account: &str, accounts: &BTreeSet<&str>) -> Resolved {
        match self.by_canonical.get(&canonical.to_lowercase()).map(Vec::as_slice) {
            Some([principal]) => Resolved::Principal((*principal).clone()),
            Some(several) if !several.is_empty() => {
                Resolved::Ambiguous(several.iter().map(|principal| (*principal).clone()).collect())
            }
            _ if self.complete && accounts.contains(account) => Resolved::Gone,
            _ => Resolved::Unresolved { account: account.to_owned() },
        }
    }
}

impl<'s> Directory<'s> {
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let roles = snapshot.iam_roles.iter().flat_map(|roles| &roles.items).map(|role| &role.arn);
        let users = snapshot.iam_users.iter().flat_map(|users| &users.items).map(|user| &user.arn);
        Self {
            accounts: roles.chain(users).map(|principal| principal.account().as_str()).collect(),
            roles: snapshot.iam_roles.as_ref().map(|roles| Index::of(roles, |role: &IamRole| &role.arn)),
            users: snapshot.iam_users.as_ref().map(|users| Index::of(users, |user: &IamUser| &user.arn)),
            strict: snapshot.cluster.is_some(),
        }
    }

    /// A complete list of the account lacks the ARN, or any list has its name under another path: names are unique in an
    /// account whatever their path (IAM user guide, "IAM identifiers").
    pub(super) fn denies(&self, arn: &PrincipalArn) -> bool {
        let Some(index) = (if arn.is_role() { &self.roles } else { &self.users }) else { return false };
        match index.by_canonical.get(&arn.match_key()) {
            Some(known) => !known.contains(&arn),
            None => index.complete && self.accounts.contains(arn.account().as_str()),
        }
    }

    pub(super) fn resolve(&self, text: &str, decision: Option<&PrincipalDecision>) -> Resolved {
        if let Some(arn) = decision.and_then(|decision| decision.arn.as_ref()) {
            return if !arn.canonical().eq_ignore_ascii_case(text) {
                Resolved::WrongDecision(arn.clone())
            } else if self.denies(arn) {
                Resolved::UnknownDecision(arn.clone())
            } else {
                Resolved::Principal(arn.clone())
            };
        }
        let principal = match parse_any_case(text) {
            Ok(IamArn::Principal(principal)) => principal,
            Ok(IamArn::Root { .. }) => return Resolved::Root,
            Ok(IamArn::AssumedRole { .. } | IamArn::FederatedUser { .. }) => {
                return Resolved::NotAPrincipal(
                    "it names a session, and access entries are for roles and users".into(),
                );
            }
            Err(why) => return Resolved::NotAPrincipal(why.to_string()),
        };
        let index = if principal.is_role() { &self.roles } else { &self.users };
        let account = principal.account().as_str();
        match index {
            Some(index) => match index.find(text, account, &self.accounts) {
                // a user's ARN in aws-auth is whole already, so nothing is guessed by taking it
                Resolved::Unresolved { .. } if !principal.is_role() => Resolved::Unchecked(principal),
                resolved => resolved,
            },
            None if principal.is_role() && (self.strict || has_path_for_sure(&principal)) => {
                Resolved::Unresolved { account: account.to_owned() }
            }
            None => Resolved::Unchecked(principal),
        }
    }
}

/// Why a decided ARN cannot be taken that [`Directory::denies`] exists.
pub(super) fn unknown_decision(arn: &PrincipalArn) -> Blocker {
    Blocker::Decision { why: format!("the decision's ARN {arn} is not one that IAM has") }
}

/// Roles of IAM Identity Center live under `/aws-reserved/sso.amazonaws.com/`, service-linked ones under `/aws-service-role/`.
fn has_path_for_sure(role: &PrincipalArn) -> bool {
    !role.has_path()
        && (role.name().starts_with("AWSReservedSSO_") || role.name().starts_with("AWSServiceRoleFor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(arns: &[&str], complete: bool) -> Option<Listing<IamRole>> {
        let items = arns
            .iter()
            .map(|arn| IamRole { arn: arn.parse().unwrap(), id: "AROA1".into(), created: String::new() })
            .collect();
        Some(Listing { items, complete })
    }

    fn resolve(snapshot: &Snapshot, text: &str) -> Resolved {
        Directory::of(snapshot).resolve(text, None)
    }

    const PATHLESS: &str = "arn:aws:iam::111122223333:role/Dev";
    const REAL: &str = "arn:aws:iam::111122223333:role/team/Dev";

    #[test]
    fn a_role_gets_its_path_back_whatever_its_case() {
        let snapshot = Snapshot { iam_roles: roles(&[REAL], true), ..Snapshot::default() };
        let real = Resolved::Principal(REAL.parse().unwrap());
        assert_eq!(resolve(&snapshot, PATHLESS), real);
        assert_eq!(resolve(&snapshot, "ARN:aws:iam::111122223333:ROLE/dev"), real);
    }

    #[test]
    fn only_a_complete_list_of_the_same_account_proves_a_role_gone() {
        let gone = "arn:aws:iam::111122223333:role/Gone";
        let unresolved = Resolved::Unresolved { account: "111122223333".into() };
        let with = |iam_roles| Snapshot { iam_roles, ..Snapshot::default() };
        assert_eq!(resolve(&with(roles(&[REAL], true)), gone), Resolved::Gone);
        assert_eq!(resolve(&with(roles(&[REAL], false)), gone), unresolved);
        let other = "arn:aws:iam::444455556666:role/Dev";
        assert_eq!(
            resolve(&with(roles(&[REAL], true)), other),
            Resolved::Unresolved { account: "444455556666".into() }
        );
        assert_eq!(resolve(&with(roles(&[other], true)), PATHLESS), unresolved);
    }

    #[test]
    fn a_complete_list_without_any_user_proves_a_user_gone() {
        let iam_users = Some(Listing { items: Vec::new(), complete: true });
        let snapshot = Snapshot { iam_roles: roles(&[REAL], true), iam_users, ..Snapshot::default() };
        assert_eq!(resolve(&snapshot, "arn:aws:iam::111122223333:user/alice"), Resolved::Gone);
        let other = "arn:aws:iam::444455556666:user/alice";
        assert_eq!(resolve(&snapshot, other), Resolved::Unchecked(other.parse().unwrap()));
    }

    #[test]
    fn a_file_alone_is_taken_at_its_word_but_for_roles_that_must_have_a_path() {
        let alone = Snapshot::default();
        assert_eq!(resolve(&alone, PATHLESS), Resolved::Unchecked(PATHLESS.parse().unwrap()));
        let sso = "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123456789abcdef";
        assert!(matches!(resolve(&alone, sso), Resolved::Unresolved { .. }));
    }

    #[test]
    fn a_decision_may_name_the_path_but_not_another_role() {
        let decide =
            |arn: &str| PrincipalDecision { arn: Some(arn.parse().unwrap()), ..PrincipalDecision::default() };
        let alone = Snapshot::default();
        let directory = Directory::of(&alone);
        assert_eq!(
            directory.resolve(PATHLESS, Some(&decide(REAL))),
            Resolved::Principal(REAL.parse().unwrap())
        );
        let other = "arn:aws:iam::444455556666:role/Dev";
        assert!(matches!(directory.resolve(PATHLESS, Some(&decide(other))), Resolved::WrongDecision(_)));
    }

    #[test]
    fn a_decision_may_not_name_a_path_that_iam_denies() {
        let decide =
            |arn: &str| PrincipalDecision { arn: Some(arn.parse().unwrap()), ..PrincipalDecision::default() };
        let resolved = |listed: &str, complete, decided| {
            let snapshot = Snapshot { iam_roles: roles(&[listed], complete), ..Snapshot::default() };
            Directory::of(&snapshot).resolve(PATHLESS, Some(&decide(decided)))
        };
        let other = "arn:aws:iam::111122223333:role/Other";
        let denied = Resolved::UnknownDecision(REAL.parse().unwrap());
        assert_eq!(resolved(other, true, REAL), denied);
        assert_eq!(resolved(PATHLESS, false, REAL), denied);
        assert_eq!(resolved(other, false, REAL), Resolved::Principal(REAL.parse().unwrap()));
        assert_eq!(resolved(REAL, true, REAL), Resolved::Principal(REAL.parse().unwrap()));
    }
}
