//! How many access entries a cluster can have.

use std::collections::BTreeMap;

use super::{Standing, Target};
use crate::facts::EksMade;
use crate::findings::{Finding, Reason};
use crate::model::PrincipalArn;

/// L-C56B9FC3, which AWS does not raise (AWS General Reference, EKS quotas).
const ENTRY_QUOTA: usize = 3_000;

/// Those that are there, as far as they could be listed, and those that would come.
pub(super) fn quota(
    targets: &BTreeMap<PrincipalArn, Target>,
    existing: usize,
    made: &[EksMade],
) -> Option<Finding> {
    let is_new = |target: &&Target| matches!(target.standing, Standing::Create | Standing::NotYetObservable);
    // what EKS makes by itself counts as well
    let made = made.iter().filter(|made| !targets.contains_key(&made.principal)).count();
    let new = targets.values().filter(is_new).count() + made;
    if new == 0 || new + existing <= ENTRY_QUOTA {
        return None;
    }
    let reason = Reason::EntryQuota { all: new + existing, new, most: ENTRY_QUOTA };
    Some(Finding::new(None, "access entries", reason))
}
