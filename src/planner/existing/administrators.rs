//! Who is left to put things right.

use std::collections::BTreeMap;

use crate::facts::{AdministratorBy, Administrators, EntryFact, Liveness};
use crate::model::{CanonicalArn, PrincipalArn};
use crate::planner::given::Given;
use crate::planner::mappings::settle::Settled;

/// Who is administrator by access entries once the plan is done.
pub(in crate::planner) fn administrators_after(
    given: &Given<'_>,
    settled: &Settled,
) -> BTreeMap<CanonicalArn, (PrincipalArn, AdministratorBy)> {
    let facts = given.facts;
    // an entry that is made for a principal that IAM lists is alive
    let proven = |principal: &PrincipalArn| match facts.iam.created(principal) {
        Some(_) => Liveness::Live,
        None => Liveness::Assumed,
    };
    let planned = settled.targets.values().map(|target| (&target.entry, proven(&target.entry.principal)));
    let is_left = |entry: &&EntryFact<'_>| {
        entry.principal.as_ref().is_some_and(|principal| !settled.targets.contains_key(principal))
    };
    let left = facts.entries.iter().filter(is_left);
    let left = left.filter_map(|entry| Some((entry.entry.as_ref()?, entry.liveness)));
    Administrators::of(given.rbac, settled.bindings.iter()).among(planned.chain(left))
}
