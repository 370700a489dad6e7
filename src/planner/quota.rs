//! How many access entries a cluster can have.

use std::collections::BTreeMap;

use super::preconditions::notice;
use super::{Notice, Phase, Severity, Standing, Target};
use crate::facts::EksMade;
use crate::model::PrincipalArn;

/// L-C56B9FC3, which AWS does not raise (AWS General Reference, EKS quotas).
const ENTRY_QUOTA: usize = 3_000;

/// Those that are there, as far as they could be listed, and those that would come.
pub(super) fn quota(
    targets: &BTreeMap<PrincipalArn, Target>,
    existing: usize,
    made: &[EksMade],
) -> Option<Notice> {
    let is_new = |target: &&Target| matches!(target.standing, Standing::Create | Standing::NotYetObservable);
    // what EKS makes by itself counts as well
    let made = made.iter().filter(|made| !targets.contains_key(&made.principal)).count();
    let new = targets.values().filter(is_new).count() + made;
    if new == 0 || new + existing <= ENTRY_QUOTA {
        return None;
    }
    let message = format!(
        "the cluster would have {} access entries, {new} of them new, and EKS allows {ENTRY_QUOTA}, which cannot be raised",
        new + existing
    );
    let help = "skip principals that nobody uses any more, or let several share a role";
    let severity = Severity::Blocks(Phase::Entries);
    Some(notice("entry-quota", severity, "access entries".to_owned(), message, help))
}
