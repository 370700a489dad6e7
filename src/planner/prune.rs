use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::{Line, LinePlace, Outcome};
use crate::findings::{DeleteBlocker, Finding, Reason};
use crate::model::{ConfigMap, ConfigMapParts};
use crate::reader::{AwsAuth, EntryRef, Manifest, SectionName, cut_read};

/// What is left of the ConfigMap.
#[derive(Debug, Default)]
pub(super) enum Rest {
    /// There is nothing to remove.
    #[default]
    Same,
    /// Without the lines that entries cover, every other byte as it was.
    Cut(BTreeMap<String, String>),
    Deleted,
}

#[derive(Debug, Default)]
pub(super) struct Pruned {
    pub rest: Rest,
    /// Sections that cannot be cut without changing what the rest means, and why.
    pub refused: Vec<(SectionName, String)>,
    /// Mappings could go, and Kubernetes changes nothing in this ConfigMap any more.
    pub immutable: bool,
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
        match manifest.config_map.immutable {
            Some(true) => pruned.immutable = true,
            _ => pruned.rest = Rest::Cut(after),
        }
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
            Outcome::Overridden { principal: _, gives_more, unproven } => {
                return gives_more.is_none() && !unproven;
            }
            Outcome::Superseded { by } => match outcomes.get(&by.entry) {
                Some(winner) => outcome = winner,
                None => return false,
            },
            _ => return false,
        }
    }
    false
}

/// The ConfigMap goes as a whole, or what in it stands against that.
pub(super) fn delete(manifest: &Manifest, lines: &[Line]) -> Result<Pruned, Vec<Finding>> {
    let outcomes: BTreeMap<EntryRef, &Outcome> =
        lines.iter().map(|line| (line.at.entry, &line.outcome)).collect();
    let mut notices = Vec::new();
    for line in lines.iter().filter(|line| lets_in(line, &outcomes)) {
        notices.push(delete_blocked(Some(line.at.clone()), &line.arn, DeleteBlocker::Mapping));
    }
    let read = |key: &str| SectionName::ALL.iter().any(|name| name.as_str() == key);
    for key in manifest.config_map.data.keys().filter(|key| !read(key)) {
        notices.push(delete_blocked(None, key, DeleteBlocker::Key));
    }
    for part in unread_parts(&manifest.config_map) {
        let by = match part {
            Part::Immutable => DeleteBlocker::Immutable,
            _ => DeleteBlocker::Part { part: part.to_string() },
        };
        notices.push(delete_blocked(None, &part.to_string(), by));
    }
    if notices.is_empty() { Ok(Pruned { rest: Rest::Deleted, ..Pruned::default() }) } else { Err(notices) }
}

/// Something of the ConfigMap that is not `data`, and would go with it.
enum Part {
    BinaryData(String),
    Immutable,
    /// A label, or another field of `metadata` with a name in it.
    Metadata {
        field: String,
        key: Option<String>,
    },
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BinaryData(key) => write!(f, "binaryData {key}"),
            Self::Immutable => f.write_str("immutable: true"),
            Self::Metadata { field, key: Some(key) } => write!(f, "{field} {key}"),
            Self::Metadata { field, key: None } => f.write_str(field),
        }
    }
}

/// What kubectl notes for itself is nobody's.
const OF_KUBECTL: &str = "kubectl.kubernetes.io/last-applied-configuration";

fn unread_parts(config_map: &ConfigMap) -> Vec<Part> {
    let ConfigMapParts { binary_data, immutable, metadata } = config_map.parts();
    let mut parts: Vec<Part> = binary_data.into_keys().map(Part::BinaryData).collect();
    if immutable == Some(true) {
        parts.push(Part::Immutable);
    }
    for (field, value) in metadata {
        match value {
            Value::Object(keys) => {
                let keys = keys.into_iter().map(|(key, _)| key).filter(|key| key != OF_KUBECTL);
                parts.extend(keys.map(|key| Part::Metadata { field: field.clone(), key: Some(key) }));
            }
            _ => parts.push(Part::Metadata { field, key: None }),
        }
    }
    parts
}

pub(super) fn immutable() -> Finding {
    Finding::new(None, "aws-auth", Reason::Immutable)
}

/// It is all the access that somebody has.
fn lets_in(line: &Line, outcomes: &BTreeMap<EntryRef, &Outcome>) -> bool {
    match &line.outcome {
        Outcome::Migrates { .. }
        | Outcome::NeverMatches { .. }
        | Outcome::Dropped { .. }
        | Outcome::NotRead
        | Outcome::Gone => false,
        // the line that wins speaks for itself
        Outcome::Superseded { by } => !outcomes.contains_key(&by.entry),
        Outcome::Overridden { principal: _, gives_more, unproven } => gives_more.is_some() || *unproven,
        Outcome::Skipped { .. } | Outcome::Expanded { .. } | Outcome::Blocked { .. } => true,
    }
}

fn delete_blocked(at: Option<LinePlace>, subject: &str, by: DeleteBlocker) -> Finding {
    Finding::new(at, subject, Reason::DeleteBlocked { by })
}
