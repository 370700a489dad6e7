//! A choice taken: the decisions with it.

use super::{
    Decisions, ExistingDecision, GroupDecision, Masters, PrincipalDecision, ProposedUsernames, Prune,
    UsernameDecision, matches,
};
use crate::findings::{Choice, Edit, GroupEdit, PrincipalEdit};
use crate::model::{CanonicalArn, PrincipalArn};
use crate::parity::Acceptance;

/// Where a decision for one principal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// Into this element, which is of this principal.
    Into(usize),
    /// Before this element, which decides for others too: what it says of the principal is said again.
    Before(usize),
    /// Behind all others: none is about the principal.
    Last,
}

impl Decisions {
    /// With what the choice decides; `None` while something of it is open.
    pub fn with(&self, choice: &Choice) -> Option<Self> {
        if choice.open().is_some() {
            return None;
        }
        let mut decisions = self.clone();
        choice.edits.iter().try_for_each(|edit| decisions.take(edit))?;
        Some(decisions)
    }

    /// Where a decision for this principal goes, so that it is the first that matches it.
    pub fn seat(&self, principal: &str) -> Seat {
        // elements that name it by its path are about it, too
        let canonical = CanonicalArn::as_mapped(principal);
        let named = |text: &str| {
            text.parse::<PrincipalArn>().is_ok_and(|arn| CanonicalArn::of_principal(&arn) == canonical)
        };
        let first = self.principals.iter().position(|it| matches(&it.principal, principal));
        let first = first.or_else(|| self.principals.iter().position(|it| named(&it.principal)));
        match first.and_then(|at| Some((at, self.principals.get(at)?))) {
            None => Seat::Last,
            Some((at, it)) if it.principal == principal || named(&it.principal) => Seat::Into(at),
            Some((at, _)) => Seat::Before(at),
        }
    }

    fn take(&mut self, edit: &Edit) -> Option<()> {
        match edit {
            Edit::Principal { principal, what } => self.decide(principal, what)?,
            Edit::Group { group, becomes } => {
                let becomes = match becomes {
                    GroupEdit::Drop => GroupDecision::Drop,
                    GroupEdit::Rename { to } => GroupDecision::Rename(to.clone()?),
                };
                self.groups.insert(group.clone(), becomes);
            }
            Edit::Account { account, principals, skip_others } => {
                let decision = self.accounts.entry(*account).or_default();
                for principal in principals.iter().flatten() {
                    if !decision.principals.contains(principal) {
                        decision.principals.push(principal.clone());
                    }
                }
                decision.skip_others = Some(skip_others.clone()?);
            }
            Edit::ProposedUsernames => self.proposed_usernames = ProposedUsernames::Accept,
            Edit::Masters { group } => self.masters = Masters::Group(group.clone()?),
            Edit::PruneCovered => self.prune = Prune::Covered,
            Edit::AcceptGains { name, reason } => {
                self.accept_gains.insert(name.clone(), reason.clone()?);
            }
            Edit::AcceptDifference { id, reason, until } => {
                let accepted = Acceptance { reason: reason.clone()?, until: until.clone()? };
                self.accept_differences.insert(id.clone(), accepted);
            }
        }
        Some(())
    }

    fn decide(&mut self, principal: &str, what: &PrincipalEdit) -> Option<()> {
        let alone = PrincipalDecision { principal: principal.to_owned(), ..PrincipalDecision::default() };
        let at = match self.seat(principal) {
            Seat::Into(at) => at,
            Seat::Before(at) => {
                let of_many = self.principals.get(at)?.clone();
                let principal = principal.to_owned();
                self.principals.insert(
                    at,
                    PrincipalDecision { principal, line: 0, file: String::new(), shared: false, ..of_many },
                );
                at
            }
            Seat::Last => {
                self.principals.push(alone);
                self.principals.len() - 1
            }
        };
        let decision = self.principals.get_mut(at)?;
        match what {
            PrincipalEdit::Skip { reason } => {
                *decision = PrincipalDecision {
                    principal: decision.principal.clone(),
                    skip: Some(reason.clone()?),
                    line: decision.line,
                    file: std::mem::take(&mut decision.file),
                    shared: decision.shared,
                    ..PrincipalDecision::default()
                };
                return Some(());
            }
            PrincipalEdit::KeepEntry => decision.existing = Some(ExistingDecision::KeepEntry),
            PrincipalEdit::TakeMapping => decision.existing = Some(ExistingDecision::TakeMapping),
            PrincipalEdit::Arn { arn } => decision.arn = Some(arn.clone()?),
            PrincipalEdit::Username { username } => {
                decision.username = Some(UsernameDecision::Custom(username.clone()?));
            }
            PrincipalEdit::UsernameDefault => decision.username = Some(UsernameDecision::Default),
            PrincipalEdit::Groups { groups } => decision.groups = Some(groups.clone()?),
            PrincipalEdit::Type { entry_type } => {
                decision.entry_type = Some(entry_type.clone());
                // what the type takes none of is refused
                if !entry_type.is_standard() {
                    decision.username = None;
                    decision.groups = None;
                }
                if !entry_type.takes_policies() {
                    decision.policies = None;
                }
            }
        }
        decision.skip = None;
        Some(())
    }
}
