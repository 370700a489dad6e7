use std::collections::{BTreeMap, BTreeSet};

use super::{Line, Outcome};
use crate::reader::{AwsAuth, EntryRef, Manifest, SectionName, cut_read};

/// The ConfigMap without the lines that entries cover, every other byte as it was.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    /// `None`: there is nothing to remove.
    pub after: Option<BTreeMap<String, String>>,
    /// Sections that cannot be cut without changing what the rest means, and why.
    pub refused: Vec<(SectionName, String)>,
}

pub(super) fn prune(manifest: &Manifest, aws_auth: &AwsAuth, lines: &[Line]) -> Pruned {
    let mut pruned = Pruned::default();
    let outcomes: BTreeMap<EntryRef, &Outcome> =
        lines.iter().map(|line| (line.at.entry, &line.outcome)).collect();
    let mut after = manifest.config_map.data.clone();
    let mut stays: BTreeSet<EntryRef> = BTreeSet::new();
    // what a line of mapRoles replaces may be in mapUsers, and would come back to life if it could not be cut
    for section in [SectionName::MapUsers, SectionName::MapRoles] {
        let goes = |line: &&Line| {
            line.at.entry.section == section && is_covered(line, &outcomes) && !stays.contains(&line.at.entry)
        };
        let covered: BTreeSet<usize> = lines.iter().filter(goes).map(|line| line.at.entry.index).collect();
        let Some((text, _)) = manifest.section(section) else { continue };
        if covered.is_empty() {
            continue;
        }
        match cut_read(aws_auth, text, section, &covered) {
            Ok(rest) => {
                after.insert(section.as_str().to_owned(), rest);
            }
            Err(refusal) => {
                pruned.refused.push((section, refusal.to_string()));
                stays.extend(winners(section, lines));
            }
        }
    }
    if after != manifest.config_map.data {
        pruned.after = Some(after);
    }
    pruned
}

/// The lines that replace some of this section.
fn winners(section: SectionName, lines: &[Line]) -> impl Iterator<Item = EntryRef> {
    lines.iter().filter(move |line| line.at.entry.section == section).filter_map(|line| match &line.outcome {
        Outcome::Superseded { by } => Some(by.entry),
        _ => None,
    })
}

/// Its principal has an entry: it migrates itself, or the line that replaces it does.
///
/// A superseded duplicate goes with its winner, or it would come back to life.
fn is_covered(line: &Line, outcomes: &BTreeMap<EntryRef, &Outcome>) -> bool {
    let mut outcome = &line.outcome;
    for _ in 0..=outcomes.len() {
        match outcome {
            Outcome::Migrates { .. } => return true,
            Outcome::Superseded { by } => match outcomes.get(&by.entry) {
                Some(winner) => outcome = winner,
                None => return false,
            },
            _ => return false,
        }
    }
    false
}
