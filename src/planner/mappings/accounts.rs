use std::collections::BTreeSet;

use super::outcomes::Lines;
use super::resolve::{Resolved, resolve, unknown_decision};
use super::translate::Held;
use crate::model::{AccountId, AuthenticationMode, CanonicalArn, PrincipalArn};
use crate::planner::{Blocker, Line, LinePlace, Note, Outcome, PrincipalDecision};
use crate::rbac::SubjectKind;
use crate::reader::{Account, AwsAuth, NeverMatches, Status};

impl Lines<'_> {
    /// The lines of `mapAccounts`: everybody of an account, by name of their ARN and without groups.
    ///
    /// No entry stands for an account, so it is expanded into the principals that somebody has named: in a binding
    /// (their ARN is their username) or in a decision.
    pub(crate) fn read_accounts(&mut self, aws_auth: &AwsAuth) {
        for account in &aws_auth.accounts.entries {
            let at = LinePlace { entry: account.at, place: account.place };
            let outcome = match &account.status {
                _ if self.context.facts.mode == Some(AuthenticationMode::Api) => Outcome::NotRead,
                Status::Dropped(why) => Outcome::Dropped { why: why.clone() },
                Status::NeverMatches(why) => Outcome::NeverMatches { why: why.clone() },
                Status::Superseded { by } => Outcome::Superseded {
                    by: aws_auth
                        .accounts
                        .entries
                        .iter()
                        .find(|other| other.at == *by)
                        .map_or(at.clone(), |other| LinePlace { entry: other.at, place: other.place }),
                },
                Status::Random { .. } | Status::InForce => self.expand(account, &at),
            };
            self.lines.push(Line {
                at,
                arn: account.text.clone(),
                username: String::new(),
                groups: Vec::new(),
                outcome,
            });
        }
    }

    fn expand(&mut self, account: &Account, at: &LinePlace) -> Outcome {
        let Ok(id) = account.text.parse::<AccountId>() else {
            return Outcome::NeverMatches { why: NeverMatches::NotAnAccount };
        };
        let decisions = self.context.decisions;
        let decision = decisions.accounts.get(&id);
        let mapped = self.mapped();
        let mut principals = BTreeSet::new();
        let (named, mut unresolved) = self.named_principals(&id);
        for named in named.into_iter().chain(decision.iter().flat_map(|decision| decision.principals.clone()))
        {
            unresolved.remove(&named.canonical());
            if mapped.contains(&CanonicalArn::of_principal(&named)) || principals.contains(&named) {
                continue;
            }
            let username = named.canonical();
            let decision = self
                .decide(decisions, &named.canonical())
                .or_else(|| self.decide(decisions, &named.to_string()));
            if decision.is_some_and(PrincipalDecision::is_skipped) {
                continue;
            }
            if self.context.facts.entries.live(&CanonicalArn::of_principal(&named)).is_some() {
                // its own entry is effective, and not the account
                continue;
            }
            if self.context.facts.iam.denies(&named) {
                let by = unknown_decision(&named);
                return of_account(named, by);
            }
            let held = Held { principal: &named, username: &username, groups: &[], decision };
            let note = Note::FromAccount { account: id.to_string() };
            match self.add(&held, at.clone(), vec![note]) {
                Outcome::Blocked { by } => return of_account(named, by),
                _ => principals.insert(named.clone()),
            };
        }
        Outcome::Expanded {
            principals: principals.into_iter().collect(),
            unresolved: unresolved
                .into_iter()
                .filter(|arn| !mapped.contains(&CanonicalArn::of(arn)))
                .collect(),
            others: decision.and_then(|decision| decision.skip_others.clone()),
        }
    }

    /// The account's principals that bindings name by ARN: with their real paths, and those whose path is not known.
    fn named_principals(&self, account: &AccountId) -> (BTreeSet<PrincipalArn>, BTreeSet<String>) {
        let mut named = BTreeSet::new();
        let mut unresolved = BTreeSet::new();
        let facts = self.context.facts;
        let users = self
            .context
            .rbac
            .iter()
            .flat_map(|rbac| &rbac.bindings)
            .flat_map(|binding| &binding.subjects)
            .filter(|subject| subject.kind == SubjectKind::User)
            .filter_map(|subject| subject.name.parse::<PrincipalArn>().ok())
            // the server names a role without its path, so a subject with one never matches
            .filter(|user| user.account() == account && !(user.is_role() && user.has_path()));
        for user in users {
            match resolve(&facts.iam, facts.snapshot.cluster.is_some(), user.as_str(), None) {
                Resolved::Principal(real) | Resolved::Unchecked(real) => {
                    named.insert(real);
                }
                Resolved::Unresolved { .. } | Resolved::Ambiguous(_) => {
                    unresolved.insert(user.canonical());
                }
                Resolved::Gone
                | Resolved::Root
                | Resolved::NotAPrincipal(_)
                | Resolved::WrongDecision(_)
                | Resolved::UnknownDecision(_) => {}
            }
        }
        (named, unresolved)
    }

    /// A line of its own beats the account.
    fn mapped(&self) -> BTreeSet<CanonicalArn> {
        self.lines
            .iter()
            .filter(|line| !matches!(line.outcome, Outcome::Dropped { .. } | Outcome::NeverMatches { .. }))
            .map(|line| CanonicalArn::as_mapped(&line.arn))
            .collect()
    }
}

/// The account's line waits for what one of its principals waits for.
pub(crate) fn of_account(principal: PrincipalArn, by: Blocker) -> Outcome {
    Outcome::Blocked { by: Blocker::OfAccount { principal, by: Box::new(by) } }
}

/// An account that nobody has expanded to its end keeps the cluster from leaving the ConfigMap.
pub(crate) fn open_account(line: &Line) -> Option<Blocker> {
    match &line.outcome {
        Outcome::Expanded { principals: _, unresolved, others }
            if others.is_none() || !unresolved.is_empty() =>
        {
            Some(Blocker::Account { account: line.arn.clone(), unresolved: unresolved.clone() })
        }
        _ => None,
    }
}
