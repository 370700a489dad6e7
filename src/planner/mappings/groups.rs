//! The groups of an access entry, and what becomes of those that EKS refuses.

use std::collections::{BTreeMap, BTreeSet};

use super::bindings::of_group;
use super::translate::Held;
use crate::findings::Impossible;
use crate::model::{GroupName, GroupRefusal};
use crate::planner::given::Given;
use crate::planner::{Blocker, GroupDecision, Note};

/// The groups of a mapping, as an entry can have them.
#[derive(Default)]
pub(super) struct Groups {
    pub kept: BTreeSet<GroupName>,
    /// By decision, each with what it is called from now on.
    pub renamed: BTreeMap<String, GroupName>,
    /// `system:masters`, of which no decision says anything.
    pub masters: bool,
    pub notes: Vec<Note>,
}

/// The decision's whole list, or else what becomes of each group of the mapping.
///
/// # Errors
/// A group that no entry can have, without a decision.
pub(super) fn groups(held: &Held<'_>, of_mapping: &[String], given: &Given<'_>) -> Result<Groups, Blocker> {
    if let Some(decided) = held.decision.and_then(|decision| decision.groups.as_ref()) {
        let is_kept = |group: &&String| decided.iter().any(|kept| kept.as_str() == *group);
        let lost: BTreeSet<String> = of_mapping.iter().filter(|group| !is_kept(group)).cloned().collect();
        let notes = if lost.is_empty() { Vec::new() } else { vec![Note::GroupsDropped { groups: lost }] };
        return Ok(Groups { kept: decided.clone(), notes, ..Groups::default() });
    }
    let mut groups = Groups::default();
    let mut implicit = BTreeSet::new();
    let mut undecided = BTreeMap::new();
    for group in of_mapping.iter().collect::<BTreeSet<_>>() {
        match given.decisions.groups.get(group) {
            Some(GroupDecision::Drop) => {
                let bindings = of_group(given.index.as_ref(), group);
                groups.notes.push(Note::GroupDropped { group: group.clone(), bindings });
            }
            Some(GroupDecision::Rename(to)) => {
                groups.renamed.insert(group.clone(), to.clone());
            }
            None if group == GroupName::MASTERS => groups.masters = true,
            // the API server adds it itself; and no binding can name an empty group
            None if group == GroupName::AUTHENTICATED || group.is_empty() => {
                implicit.insert(group.clone());
            }
            None => match GroupName::new(group.clone()) {
                Ok(group) => {
                    groups.kept.insert(group);
                }
                Err(GroupRefusal::System) => {
                    undecided.insert(group.clone(), of_group(given.index.as_ref(), group));
                }
                Err(refusal) => return Err(Blocker::Group { group: group.clone(), refusal }),
            },
        }
    }
    if !undecided.is_empty() {
        return Err(Blocker::Groups { groups: undecided });
    }
    if !groups.renamed.is_empty() && given.rbac.is_none() {
        return Err(Blocker::Decision { why: Impossible::RenameUnchecked });
    }
    if !implicit.is_empty() {
        groups.notes.push(Note::ImplicitGroups { groups: implicit });
    }
    Ok(groups)
}
