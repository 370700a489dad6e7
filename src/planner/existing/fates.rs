use std::collections::BTreeMap;

use crate::facts::{Entries, EntryFact, NodeNeeds};
use crate::findings::Given;
use crate::model::{AccessEntry, CanonicalArn, PrincipalArn};
use crate::planner::{Existing, ExistingFate, Note, Standing, Target};

/// Puts the target of an effective mapping beside the dead entry that its principal has, if any.
///
/// What the mapping gives takes the dead entry's place; nothing that the dead entry had comes alive.
pub(crate) fn settle(target: &mut Target, dead: Option<AccessEntry>) {
    let Some(from) = dead else {
        target.standing = Standing::Create;
        return;
    };
    let beyond = from.groups.difference(&target.entry.groups);
    let groups = beyond.map(|group| Given::Group { group: group.to_string() });
    let policies = from.policies.iter().filter(|(policy, _)| !target.entry.policies.contains_key(*policy));
    let policies =
        policies.map(|(policy, scope)| Given::Policy { policy: policy.clone(), scope: scope.clone() });
    let what: Vec<Given> = groups.chain(policies).collect();
    if !what.is_empty() {
        target.notes.push(Note::NotRevived { what });
    }
    target.entry.tags.clone_from(&from.tags);
    target.standing = Standing::Replace { from, dead: true };
}

/// What the lines of `aws-auth` say of a principal that has an entry and no target.
pub(crate) trait Named {
    /// A mapping of it is overridden.
    fn overridden(&self, key: &CanonicalArn) -> bool;
    /// A mapping of it waits for a decision, or is skipped.
    fn set_aside(&self, key: &CanonicalArn) -> bool;
}

/// The one fate of every existing entry.
pub(crate) fn fates(
    entries: &Entries<'_>,
    targets: &BTreeMap<PrincipalArn, Target>,
    nodes: &NodeNeeds,
    named: &impl Named,
) -> Vec<Existing> {
    // EKS makes the entries of what it runs, and of nothing else
    let is_of_nodes = |entry: &EntryFact<'_>| {
        let role = entry.principal.as_ref().filter(|_| !entry.observed.entry_type.is_standard());
        role.is_some_and(|role| !nodes.uses_of(role).is_empty())
    };
    let fate = |entry: &EntryFact<'_>| {
        let target = entry.principal.as_ref().and_then(|principal| targets.get(principal));
        match target.map(|target| &target.standing) {
            Some(Standing::Equal | Standing::NotYetObservable | Standing::Create) => ExistingFate::Equal,
            Some(Standing::Update { .. }) => ExistingFate::Update,
            Some(Standing::Replace { .. }) => ExistingFate::Replace,
            None if entry.is_eks_owned() => ExistingFate::EksOwned,
            None if entry.liveness.is_dead() => ExistingFate::Dead,
            None if named.overridden(&entry.key) => ExistingFate::Overrides,
            None if named.set_aside(&entry.key) => ExistingFate::Blocked,
            None if is_of_nodes(entry) => ExistingFate::EksOwned,
            None => ExistingFate::Foreign,
        }
    };
    let mut fates: Vec<Existing> = entries
        .iter()
        .map(|entry| Existing {
            principal: entry.observed.principal.clone(),
            entry_type: entry.observed.entry_type.clone(),
            fate: fate(entry),
        })
        .collect();
    fates.sort_by(|a, b| a.principal.cmp(&b.principal));
    fates
}
