use std::collections::BTreeMap;

use super::mappings::{Draft, sso_pattern};
use super::{EntryRef, Mapping, Section, SectionName, Status};
use crate::model::fold::{fold, lower};

/// How many entries of equal chances are named: a map of nothing else must not fill the memory with names.
const MOST_NAMED: usize = 16;

/// Which entries stand, and which of them can ever be found: superseded before random before never-matching.
///
/// Roles are stored under their lower-cased ARN, users under theirs as written, the last one winning.
/// Both are then searched without regard to case, in no order (authenticator, `pkg/mapper/configmap/configmap.go`).
pub(super) fn settle(drafts: &mut [Draft]) {
    let mut winners: BTreeMap<String, usize> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        if let Some(key) = key(draft) {
            winners.insert(key, index);
        }
    }
    let mut alike: BTreeMap<String, Vec<EntryRef>> = BTreeMap::new();
    let mut standing: Vec<usize> = winners.values().copied().collect();
    standing.sort_unstable();
    for index in standing {
        let Draft { mapping, sso } = &drafts[index];
        if sso.is_none() {
            alike.entry(fold(&mapping.arn)).or_default().push(mapping.at);
        }
    }
    let refs: Vec<EntryRef> = drafts.iter().map(|draft| draft.mapping.at).collect();
    for (index, draft) in drafts.iter_mut().enumerate() {
        let Some(winner) = key(draft).and_then(|key| winners.get(&key).copied()) else { continue };
        let others: Vec<EntryRef> = alike
            .get(&fold(&draft.mapping.arn))
            .into_iter()
            .flatten()
            .filter(|other| **other != draft.mapping.at)
            .take(MOST_NAMED)
            .copied()
            .collect();
        draft.mapping.status = if winner != index {
            Status::Superseded { by: refs[winner] }
        } else if draft.sso.is_none() && !others.is_empty() {
            Status::Random { with: others }
        } else if let Some(why) = draft.never_matches() {
            Status::NeverMatches(why)
        } else {
            Status::InForce
        };
    }
}

/// The role table answers before the user table, whatever kind of principal it holds (authenticator,
/// `pkg/mapper/configmap/mapper.go`): a line of `mapUsers` that it knows as well is never asked.
pub(super) fn shadow(roles: &Section<Mapping>, users: &mut Section<Mapping>) {
    let answers = |mapping: &&Mapping| matches!(mapping.status, Status::InForce | Status::Random { .. });
    let first: BTreeMap<String, EntryRef> =
        roles.entries.iter().rev().filter(answers).map(|role| (fold(&role.arn), role.at)).collect();
    if first.is_empty() {
        return;
    }
    for user in users.entries.iter_mut().filter(|user| answers(&&**user)) {
        if let Some(&by) = first.get(&fold(&user.arn)) {
            user.status = Status::Superseded { by };
        }
    }
}

/// What the server stores an entry under; nothing for one that it dropped.
fn key(Draft { mapping, sso }: &Draft) -> Option<String> {
    match (&mapping.status, sso, mapping.at.section) {
        (Status::Dropped(_), _, _) => None,
        (_, Some(sso), _) => Some(lower(&sso_pattern(sso))),
        (_, None, SectionName::MapRoles) => Some(lower(&mapping.arn)),
        (_, None, _) => Some(mapping.arn.clone()),
    }
}
