use std::collections::BTreeMap;

use crate::model::fold::{fold, lower};
use crate::reader::mappings::{Draft, sso_pattern};
use crate::reader::{EntryRef, Mapping, Section, SectionName, Status};

/// How many entries of equal chances are named: a map of nothing else must not fill the memory with names.
const MOST_NAMED: usize = 16;

/// Which entries stand, and which of them can ever be found: superseded before random before never-matching.
///
/// Roles are stored under their lower-cased ARN, users under theirs as written, the last one winning.
/// Both are then searched without regard to case, in no order (authenticator, `pkg/mapper/configmap/configmap.go`).
pub(in crate::reader) fn settle(drafts: &mut [Draft]) {
    let winners = winners(drafts);
    let mut random = alike(drafts, &winners);
    let refs: Vec<EntryRef> = drafts.iter().map(|draft| draft.mapping.at).collect();
    for (index, draft) in drafts.iter_mut().enumerate() {
        let Some(winner) = winners[index] else { continue };
        draft.mapping.status = if winner != index {
            Status::Superseded { by: refs[winner] }
        } else if let Some(with) = random.remove(&index) {
            Status::Random { with }
        } else if let Some(why) = draft.never_matches() {
            Status::NeverMatches(why)
        } else {
            Status::InForce
        };
    }
}

/// For each entry the last one that is stored under the same key; nothing for those that EKS dropped.
fn winners(drafts: &[Draft]) -> Vec<Option<usize>> {
    let keys = drafts.iter().enumerate().filter_map(|(index, draft)| Some((key(draft)?, index)));
    let mut winners = vec![None; drafts.len()];
    for same in groups(keys.collect()) {
        for index in &same {
            winners[*index] = same.last().copied();
        }
    }
    winners
}

/// The winners that a search without regard to case takes for one another, each with the others.
fn alike(drafts: &[Draft], winners: &[Option<usize>]) -> BTreeMap<usize, Vec<EntryRef>> {
    let standing = drafts.iter().enumerate().filter(|(index, _)| winners[*index] == Some(*index));
    let by_arn = standing.filter(|(_, draft)| draft.sso.is_none());
    let mut alike = BTreeMap::new();
    for same in groups(by_arn.map(|(index, draft)| (fold(&draft.mapping.arn), index)).collect()) {
        for index in same.iter().filter(|_| same.len() > 1) {
            let others = same.iter().filter(|other| *other != index).take(MOST_NAMED);
            alike.insert(*index, others.map(|other| drafts[*other].mapping.at).collect());
        }
    }
    alike
}

/// The indices of each key, in their order. One sort: a map would compare long texts with a common beginning at every look.
fn groups(mut keyed: Vec<(String, usize)>) -> Vec<Vec<usize>> {
    keyed.sort_unstable();
    let same = keyed.chunk_by(|(one, _), (other, _)| one == other);
    same.map(|group| group.iter().map(|(_, index)| *index).collect()).collect()
}

/// The role table answers before the user table, whatever kind of principal it holds (authenticator,
/// `pkg/mapper/configmap/mapper.go`): a mapping of `mapUsers` that it knows as well is never asked.
pub(in crate::reader) fn shadow(roles: &Section<Mapping>, users: &mut Section<Mapping>) {
    let answers = |mapping: &&Mapping| matches!(mapping.status, Status::InForce | Status::Random { .. });
    if users.entries.is_empty() {
        return;
    }
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

/// What EKS stores an entry under; nothing for one that it dropped.
fn key(Draft { mapping, sso }: &Draft) -> Option<String> {
    match (&mapping.status, sso, mapping.at.section) {
        (Status::Dropped(_), _, _) => None,
        (_, Some(sso), _) => Some(lower(&sso_pattern(sso))),
        (_, None, SectionName::MapRoles) => Some(lower(&mapping.arn)),
        (_, None, _) => Some(mapping.arn.clone()),
    }
}
