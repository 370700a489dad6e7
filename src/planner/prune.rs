//! What can be taken out of `aws-auth`, and what stands against that.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

use super::given::Given;
use super::mappings::read::place_of;
use super::{
    Action, KeptBecause, KeptMapping, Line, LinePlace, Outcome, Prune, PruneOutlook, RemovedMapping,
};
use crate::findings::{DeleteBlocker, Finding, Reason};
use crate::model::{AuthenticationMode, ConfigMap, ConfigMapParts};
use crate::reader::{AwsAuth, EntryRef, Manifest, SectionName, cut_read};

/// The step that takes out of `aws-auth` what entries cover, and what of that cannot be done.
#[derive(Debug, Default)]
pub(super) struct Pruned {
    pub step: Option<Action>,
    /// `None`: no `aws-auth` is read.
    pub outlook: Option<PruneOutlook>,
    pub notices: Vec<Finding>,
}

/// By decision the mappings that entries cover go, and every other byte stays as it was; or the whole ConfigMap goes.
pub(super) fn prune(given: &Given<'_>, lines: &[Line]) -> Pruned {
    let facts = given.facts;
    let manifest = facts.snapshot.aws_auth.as_ref().filter(|_| facts.mode != Some(AuthenticationMode::Api));
    let Some((manifest, aws_auth)) = manifest.zip(facts.aws_auth()) else { return Pruned::default() };
    match given.decisions.prune {
        Prune::Covered => cut_covered(manifest, aws_auth, lines),
        Prune::Delete => delete(manifest, lines),
    }
}

fn cut_covered(manifest: &Manifest, aws_auth: &AwsAuth, lines: &[Line]) -> Pruned {
    let before = &manifest.config_map.data;
    let outcomes: BTreeMap<EntryRef, &Outcome> =
        lines.iter().map(|line| (line.at.entry, &line.outcome)).collect();
    let mut after = before.clone();
    let mut gone: BTreeSet<EntryRef> = BTreeSet::new();
    let mut notices = Vec::new();
    let mut stays: BTreeSet<EntryRef> = BTreeSet::new();
    // what a mapping of mapRoles overrides may be in mapUsers, and would become effective if it could not be cut
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
                gone.extend(covered.into_iter().map(|index| EntryRef { section, index }));
            }
            Err(refusal) => {
                notices.push(not_pruned(section, &refusal.to_string(), aws_auth));
                stays.extend(winners(section, lines));
            }
        }
    }
    let mut is_cut = after != *before;
    if is_cut && manifest.config_map.immutable == Some(true) {
        notices.insert(0, immutable());
        is_cut = false;
        gone.clear();
    }
    let outlook = outlook(lines, |line| match gone.contains(&line.at.entry) {
        true => None,
        false if is_covered(line, &outcomes) => Some(KeptBecause::NotPruned),
        false => Some(KeptBecause::NotCovered),
    });
    let parts = ConfigMapParts::default();
    let step = is_cut.then(|| Action::AwsAuth { before: Some(before.clone()), after: Some(after), parts });
    Pruned { step, outlook: Some(outlook), notices }
}

/// Each mapping with why it stays, or without when it goes.
fn outlook(lines: &[Line], stays: impl Fn(&Line) -> Option<KeptBecause>) -> PruneOutlook {
    let mut outlook = PruneOutlook::default();
    for line in lines {
        let (at, arn) = (line.at.clone(), line.arn.clone());
        match stays(line) {
            None => outlook.removed.push(RemovedMapping { at, arn }),
            Some(why) => outlook.kept.push(KeptMapping { at, arn, why }),
        }
    }
    outlook
}

/// The mappings that override some of this section.
fn winners(section: SectionName, lines: &[Line]) -> impl Iterator<Item = EntryRef> {
    lines.iter().filter(move |line| line.at.entry.section == section).filter_map(|line| match &line.outcome {
        Outcome::Superseded { by } => Some(by.entry),
        _ => None,
    })
}

/// Its principal has an entry: it migrates itself, or the mapping that overrides it does.
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
fn delete(manifest: &Manifest, lines: &[Line]) -> Pruned {
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
    // only a deletion takes the rest of the object along
    let step = notices.is_empty().then(|| Action::AwsAuth {
        before: Some(manifest.config_map.data.clone()),
        after: None,
        parts: manifest.config_map.parts(),
    });
    let stays = step.is_none().then_some(KeptBecause::DeleteBlocked);
    let outlook = PruneOutlook { deletes_config_map: step.is_some(), ..outlook(lines, |_| stays) };
    Pruned { step, outlook: Some(outlook), notices }
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

fn not_pruned(section: SectionName, why: &str, aws_auth: &AwsAuth) -> Finding {
    let at = match section {
        SectionName::MapRoles => aws_auth.roles.entries.first().map(place_of),
        SectionName::MapUsers => aws_auth.users.entries.first().map(place_of),
        SectionName::MapAccounts => None,
    };
    Finding::new(at, section.as_str(), Reason::NotPruned { prose: why.to_owned() })
}

fn immutable() -> Finding {
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
        // the mapping that wins has a finding of its own
        Outcome::Superseded { by } => !outcomes.contains_key(&by.entry),
        Outcome::Overridden { principal: _, gives_more, unproven } => gives_more.is_some() || *unproven,
        Outcome::Skipped { .. } | Outcome::Expanded { .. } | Outcome::Blocked { .. } => true,
    }
}

fn delete_blocked(at: Option<LinePlace>, subject: &str, by: DeleteBlocker) -> Finding {
    Finding::new(at, subject, Reason::DeleteBlocked { by })
}
