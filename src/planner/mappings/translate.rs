//! The access entry that gives what a mapping gives, with every difference noted.

use std::collections::BTreeMap;

use super::bindings::{Bindings, of_group, of_username};
use super::classify::{Class, classify};
use super::groups::{Groups, groups};
use super::policies::{implied, policies};
use super::rename::username_changed;
use super::username::username;
use crate::findings::{DecidedValue, Granted, Impossible};
use crate::model::{AccessEntry, Associations, EntryType, GroupName, PrincipalArn, Token, UsernameTemplate};
use crate::planner::given::Given;
use crate::planner::{Blocker, ExistingDecision, Masters, Note, PrincipalDecision};
use crate::reader::Mapping;

/// What a mapping gives its principal today, placeholders as they stand.
pub(super) struct Held<'a> {
    pub principal: &'a PrincipalArn,
    pub username: &'a str,
    pub groups: &'a [String],
    pub decision: Option<&'a PrincipalDecision>,
}

impl<'a> Held<'a> {
    pub fn of(
        mapping: &'a Mapping,
        principal: &'a PrincipalArn,
        decision: Option<&'a PrincipalDecision>,
    ) -> Self {
        let groups = mapping.groups.as_deref().unwrap_or_default();
        Self { principal, username: &mapping.username, groups, decision }
    }

    /// Username and groups with `{{AccountID}}` written out: the account is known, and an entry cannot have it.
    pub fn written_out(&self) -> (UsernameTemplate, Vec<String>) {
        let account = self.principal.account().as_str();
        let username = UsernameTemplate::new(self.username).with(Token::AccountId, account);
        let written_out = |group: &String| match Token::AccountId.is_in(group) {
            true => group.replace(Token::AccountId.as_str(), account),
            false => group.clone(),
        };
        (username, self.groups.iter().map(written_out).collect())
    }
}

/// A mapping as an access entry.
pub(super) struct Translated {
    pub entry: AccessEntry,
    pub notes: Vec<Note>,
}

/// The entry that gives what the mapping gives.
///
/// Bindings that carry rights over are added only when the whole mapping translates.
///
/// # Errors
/// The first thing that needs a decision.
pub(super) fn translate(
    held: &Held<'_>,
    given: &Given<'_>,
    bindings: &mut Bindings,
) -> Result<Translated, Blocker> {
    let mut notes: Vec<Note> = held.decision.and_then(decided).into_iter().collect();
    let (written, groups) = held.written_out();
    if written.as_str() != held.username || groups != held.groups {
        notes.push(Note::AccountIdWrittenOut);
    }
    let (entry, more) = match classify(held.principal, &written, &groups, &given.facts.nodes, held.decision)?
    {
        Class::Node { entry_type, lost } => {
            let mut more: Vec<Note> = Vec::new();
            if entry_type.needs_pass_role() {
                more.push(Note::PassRole);
            }
            if !lost.is_empty() {
                more.push(Note::GroupsLost { groups: lost });
            }
            more.extend(node_name_lost(&written, given));
            (node(held, entry_type, given)?, more)
        }
        Class::Standard => standard(held, &written, &groups, given, bindings)?,
    };
    notes.extend(more);
    Ok(Translated { entry, notes })
}

/// A node's entry has EKS's own username and groups, and policies only if a decision says so.
fn node(held: &Held<'_>, entry_type: EntryType, given: &Given<'_>) -> Result<AccessEntry, Blocker> {
    let mut entry = AccessEntry::of_type(held.principal.clone(), entry_type);
    entry.policies = policies(held, Associations::new(), given)?;
    check(&entry, given)?;
    Ok(entry)
}

/// What bindings give by the mapping's username, which a node's entry does not have.
fn node_name_lost(written: &UsernameTemplate, given: &Given<'_>) -> Option<Note> {
    let index = given.index.as_ref().filter(|_| !written.as_str().starts_with("system:node:"));
    let what: Vec<Granted> =
        of_username(index, written).map(|binding| Granted::Binding { binding }).collect();
    (!what.is_empty()).then_some(Note::TakenFromEntry { what })
}

fn standard(
    held: &Held<'_>,
    written: &UsernameTemplate,
    of_mapping: &[String],
    given: &Given<'_>,
    bindings: &mut Bindings,
) -> Result<(AccessEntry, Vec<Note>), Blocker> {
    let username = username(held, written, given)?;
    let Groups { kept, renamed, masters, mut notes } = groups(held, of_mapping, given)?;
    let mut entry = AccessEntry {
        principal: held.principal.clone(),
        entry_type: EntryType::Standard,
        username,
        groups: kept,
        policies: policies(held, implied(held.principal, masters, given), given)?,
        tags: BTreeMap::new(),
    };
    check(&entry, given)?;

    // nothing can fail from here on
    for (from, to) in renamed {
        let repeated = given.rbac.map_or_else(Vec::new, |rbac| bindings.carry_group(rbac, &from, &to));
        entry.groups.insert(to.clone());
        notes.push(Note::GroupRenamed { from, to: to.to_string(), bindings: repeated });
    }
    if masters {
        notes.push(in_place_of_masters(&mut entry, given, bindings));
    }
    match entry.effective_username() {
        Some(to) if to == written.as_str() => {}
        Some(to) if written.is_empty() => notes.push(Note::UsernameDefaulted { to }),
        Some(to) => {
            let to = UsernameTemplate::new(to);
            notes.push(username_changed(given.rbac, bindings, held.principal, written, &to));
        }
        None => {}
    }
    Ok((entry, notes))
}

/// `system:masters` becomes an access policy, or by decision an own group with a binding, or nothing.
fn in_place_of_masters(entry: &mut AccessEntry, given: &Given<'_>, bindings: &mut Bindings) -> Note {
    match &given.decisions.masters {
        Masters::AccessPolicy if entry.is_cluster_admin_by_policy() => Note::MastersByPolicy,
        Masters::AccessPolicy => Note::GroupDropped {
            group: GroupName::MASTERS.to_owned(),
            bindings: of_group(given.index.as_ref(), GroupName::MASTERS),
        },
        Masters::Group(group) => {
            let binding = bindings.masters(given.rbac, group);
            entry.groups.insert(group.clone());
            Note::MastersByGroup { group: group.to_string(), binding }
        }
    }
}

/// The rules EKS has for whole entries; only decisions can break them.
pub(super) fn check(entry: &AccessEntry, given: &Given<'_>) -> Result<(), Blocker> {
    let home = given.facts.nodes.account.as_ref().unwrap_or(entry.principal.account());
    entry.check(home).map_err(|refusal| Blocker::Decision { why: Impossible::Entry { refusal } })
}

/// That a decision says what the principal is to have.
pub(super) fn decided(decision: &PrincipalDecision) -> Option<Note> {
    let PrincipalDecision {
        principal: _,
        skip: _,
        existing,
        arn,
        username,
        groups,
        entry_type,
        policies,
        line: _,
        file: _,
        shared: _,
    } = decision;
    let take = *existing == Some(ExistingDecision::TakeMapping);
    let parts = [
        take.then_some(DecidedValue::Mapping),
        arn.as_ref().map(|_| DecidedValue::Arn),
        username.as_ref().map(|_| DecidedValue::Username),
        groups.as_ref().map(|_| DecidedValue::Groups),
        entry_type.as_ref().map(|_| DecidedValue::Type),
        policies.as_ref().map(|_| DecidedValue::Policies),
    ];
    let what: Vec<DecidedValue> = parts.into_iter().flatten().collect();
    (!what.is_empty()).then_some(Note::Decided { what, at: decision.at() })
}
