//! What becomes of every access entry that is there already.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{EntryFact, Facts};
use crate::model::{CanonicalArn, PrincipalArn};
use crate::planner::{Existing, ExistingFate, Line, Outcome, Standing, Target};

/// The one fate of every existing entry.
pub(in crate::planner) fn fates(
    facts: &Facts<'_>,
    targets: &BTreeMap<PrincipalArn, Target>,
    lines: &[Line],
) -> Vec<Existing> {
    let named = NamedByLines::of(lines);
    // EKS makes the entries of what it runs, and of nothing else
    let is_of_nodes = |entry: &EntryFact<'_>| {
        let role = entry.principal.as_ref().filter(|_| !entry.observed.entry_type.is_standard());
        role.is_some_and(|role| !facts.nodes.uses_of(role).is_empty())
    };
    let fate = |entry: &EntryFact<'_>| {
        let target = entry.principal.as_ref().and_then(|principal| targets.get(principal));
        match target.map(|target| &target.standing) {
            Some(Standing::Equal | Standing::NotYetObservable | Standing::Create) => ExistingFate::Equal,
            Some(Standing::Update { .. }) => ExistingFate::Update,
            Some(Standing::Replace { .. }) => ExistingFate::Replace,
            None if entry.is_eks_owned() => ExistingFate::EksOwned,
            None if entry.liveness.is_dead() => ExistingFate::Dead,
            None if named.overridden.contains(&entry.key) => ExistingFate::Overrides,
            None if named.set_aside.contains(&entry.key) => ExistingFate::Blocked,
            None if is_of_nodes(entry) => ExistingFate::EksOwned,
            None => ExistingFate::Foreign,
        }
    };
    let mut fates: Vec<Existing> = facts
        .entries
        .iter()
        .map(|entry| {
            let fate = fate(entry);
            Existing {
                principal: entry.observed.principal.clone(),
                entry_type: entry.observed.entry_type.clone(),
                fate,
                entry: entry.entry.clone().filter(|_| fate.is_kept_of_a_mapping()),
            }
        })
        .collect();
    fates.sort_by(|a, b| a.principal.cmp(&b.principal));
    fates
}

/// The principals that mappings without a target name.
#[derive(Default)]
struct NamedByLines {
    overridden: BTreeSet<CanonicalArn>,
    set_aside: BTreeSet<CanonicalArn>,
}

impl NamedByLines {
    fn of(lines: &[Line]) -> Self {
        let mut named = Self::default();
        for line in lines {
            match &line.outcome {
                Outcome::Overridden { principal, .. } => {
                    named.overridden.insert(CanonicalArn::of_principal(principal));
                }
                Outcome::Blocked { .. } | Outcome::Skipped { .. } => {
                    named.set_aside.insert(CanonicalArn::as_mapped(&line.arn));
                }
                _ => {}
            }
        }
        named
    }
}
