//! What an overridden mapping would give beyond the entry that overrides it: nobody has it today.

use std::collections::BTreeSet;

use super::classify::{carries, kind_by_text};
use super::settle::Settling;
use super::translate::Held;
use crate::facts::{Administrators, EntryFact, Requirement};
use crate::model::{AccessEntry, EntryType, GroupName, UsernameTemplate};
use crate::planner::{GivesMore, PrincipalDecision};
use crate::rbac::Index;

impl Settling<'_, '_> {
    /// What the mapping would give beyond the entry, as far as no decision has settled it.
    pub(super) fn gives_more(
        &self,
        held: &Held<'_>,
        entry: &EntryFact<'_>,
        decision: Option<&PrincipalDecision>,
    ) -> GivesMore {
        let is_decided = |of: fn(&PrincipalDecision) -> bool| decision.is_some_and(of);
        let (by_type, by_groups) =
            (is_decided(|it| it.entry_type.is_some()), is_decided(|it| it.groups.is_some()));
        let by_policies = is_decided(|it| it.policies.is_some());
        let target = self.targets.get(held.principal).map(|target| &target.entry);
        let (username, groups) = held.written_out();
        let uses = self.given.facts.nodes.uses_of(held.principal);
        let kind = kind_by_text(&username, &groups, uses).unwrap_or(None);
        let now = Now::of(entry, target);
        let mut more = match kind {
            Some(kind) => of_node(kind, &groups, &now),
            None => {
                of_person(&username, &groups, &now, &self.given.administrators, self.given.index.as_ref())
            }
        };
        if by_type {
            more = GivesMore::default();
        }
        if by_groups {
            more.groups.clear();
        }
        more.cluster_admin &= !(by_groups || by_policies);
        if is_decided(|it| it.username.is_some()) {
            more.username = None;
        }
        more
    }
}

/// What the principal has, or will have by a decision.
struct Now<'e> {
    entry_type: &'e EntryType,
    username: String,
    groups: BTreeSet<&'e str>,
    /// `None`: not an entry that a customer could write.
    entry: Option<&'e AccessEntry>,
    /// It is what a decision makes of the entry.
    is_decided: bool,
}

impl<'e> Now<'e> {
    fn of(fact: &'e EntryFact<'_>, target: Option<&'e AccessEntry>) -> Self {
        let observed = fact.observed;
        match target {
            Some(entry) => Self {
                entry_type: &entry.entry_type,
                username: entry.effective_username().unwrap_or_default(),
                groups: entry.groups.iter().map(GroupName::as_str).collect(),
                entry: Some(entry),
                is_decided: true,
            },
            None => Self {
                entry_type: &observed.entry_type,
                username: observed.username.clone(),
                groups: observed.groups.iter().map(String::as_str).collect(),
                entry: fact.entry.as_ref(),
                is_decided: false,
            },
        }
    }
}

fn of_node(kind: Requirement, groups: &[String], now: &Now<'_>) -> GivesMore {
    if !kind.is_served_by(now.entry_type) {
        return GivesMore { node: Some(kind.entry_type()), ..GivesMore::default() };
    }
    let beyond =
        groups.iter().filter(|group| !carries(now.entry_type, group) && !now.groups.contains(group.as_str()));
    GivesMore { groups: beyond.filter(|group| !group.is_empty()).cloned().collect(), ..GivesMore::default() }
}

fn of_person(
    username: &UsernameTemplate,
    groups: &[String],
    now: &Now<'_>,
    administrators: &Administrators,
    rbac: Option<&Index<'_>>,
) -> GivesMore {
    // who can do everything gains nothing by a name or a group
    if now.entry.is_some_and(|entry| administrators.is_administrator(entry).is_some()) {
        return GivesMore::default();
    }
    let is_implicit = |group: &str| group.is_empty() || group == GroupName::AUTHENTICATED;
    let beyond = groups.iter().filter(|group| {
        group.as_str() != GroupName::MASTERS && !is_implicit(group) && !now.groups.contains(group.as_str())
    });
    let is_bound = |index: &Index<'_>| index.bindings_of_template(username).next().is_some();
    let other_name = username.as_str() != now.username && rbac.is_some_and(is_bound);
    GivesMore {
        groups: beyond.cloned().collect(),
        cluster_admin: groups.iter().any(|group| group == GroupName::MASTERS),
        username: other_name.then(|| username.to_string()),
        node: None,
        half_made: !now.is_decided
            && now.entry_type.is_standard()
            && now.groups.is_empty()
            && now.entry.is_some_and(|entry| entry.policies.is_empty()),
    }
}
