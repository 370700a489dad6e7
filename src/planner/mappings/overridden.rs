//! Mappings whose principal has an effective access entry: the entry stays as it is, and the mapping gives nothing today.
//!
//! Only a decision that names the principal changes the entry, and only in what it names. So an overridden mapping never asks
//! for names and groups that will not be used.

use super::bindings::{Bindings, of_username};
use super::classify::serves;
use super::policies::policies;
use super::read::{blocked, place_of, skipped};
use super::rename::username_changed;
use super::settle::{Settling, not_ours, target};
use super::translate::{Held, Translated, check, decided, translate};
use super::username::as_entry_username;
use crate::facts::{EntryFact, Liveness, service_of};
use crate::findings::{Granted, Impossible};
use crate::model::{AccessEntry, AccessScope, EntryType, EntryUsername, PrincipalArn, UsernameTemplate};
use crate::planner::{
    Blocker, ExistingDecision, Note, Outcome, PrincipalDecision, Standing, Target, UsernameDecision,
};
use crate::rbac::Index;
use crate::reader::{Mapping, Status};

impl Settling<'_, '_> {
    /// What becomes of a mapping that an effective entry overrides.
    pub(super) fn overridden(
        &mut self,
        mapping: &Mapping,
        entry: &EntryFact<'_>,
        principal: &PrincipalArn,
        decision: Option<&PrincipalDecision>,
    ) -> Outcome {
        if decision.is_some_and(PrincipalDecision::is_skipped) {
            return skipped(decision);
        }
        let decided = decision.and_then(|decision| decision.arn.as_ref());
        if decided.is_some_and(|arn| arn != principal) {
            let principal = principal.clone();
            return blocked(Blocker::Decision { why: Impossible::NotOfEntry { principal } });
        }
        if service_of(principal).is_some() {
            // the service's own entry is all that it needs, whatever was done for it in aws-auth
            return covered(principal);
        }
        let held = Held::of(mapping, principal, decision);
        match decision.and_then(|decision| decision.existing) {
            Some(ExistingDecision::TakeMapping) => self.take_mapping(&held, mapping, entry),
            Some(ExistingDecision::KeepEntry) => match self.decided_values(&held, mapping, entry) {
                Err(by) => blocked(by),
                Ok(()) => covered(principal),
            },
            None => match self.equal(&held, mapping, entry) {
                Some(target) => {
                    self.targets.insert(principal.clone(), target);
                    Outcome::Migrates { principal: principal.clone() }
                }
                None if self.since_switch(entry) => self.settle_with_made(&held, mapping, entry),
                None => match self.decided_values(&held, mapping, entry) {
                    Err(by) => blocked(by),
                    Ok(()) => self.stays(&held, entry),
                },
            },
        }
    }

    /// The entry stays, or is what decided values make of it; nobody has said what is to count where the mapping gives more.
    fn stays(&self, held: &Held<'_>, entry: &EntryFact<'_>) -> Outcome {
        let gives_more = self.gives_more(held, entry, held.decision);
        // an entry that this plan makes anew is made for the principal as it is now, and one that it changes by decision
        // is what is meant to count
        let is_made = self.targets.contains_key(held.principal);
        let proven = is_made || entry.liveness == Liveness::Live || !entry.observed.entry_type.is_standard();
        Outcome::Overridden {
            principal: held.principal.clone(),
            gives_more: (!gives_more.is_nothing()).then_some(gives_more),
            unproven: !proven,
        }
    }

    /// The entry is what the mapping would become, to the last group and policy, and nothing else is to be made for it.
    fn equal(&self, held: &Held<'_>, mapping: &Mapping, entry: &EntryFact<'_>) -> Option<Target> {
        let from = entry.writable().filter(|_| entry.liveness != Liveness::Unreadable)?;
        if self.refused.blocker(held.principal).is_some() {
            return None;
        }
        let mut made = Bindings::default();
        let Translated { entry: mut to, notes } = translate(held, self.given, &mut made).ok()?;
        to.tags.clone_from(&from.tags);
        let is_equal = *from == to && made.is_empty();
        is_equal.then(|| Target { standing: Standing::Equal, ..target(held, to, place_of(mapping), notes) })
    }

    /// By decision the entry becomes what the mapping gives.
    fn take_mapping(&mut self, held: &Held<'_>, mapping: &Mapping, entry: &EntryFact<'_>) -> Outcome {
        if matches!(mapping.status, Status::Random { .. }) {
            // which of the two spellings is meant, nobody has said
            return blocked(Blocker::Decision { why: Impossible::TwoSpellings });
        }
        let Some(from) = entry.writable() else { return blocked(not_ours(entry)) };
        let outcome = self.add(held, place_of(mapping), Vec::new());
        let index = self.given.index.as_ref();
        if let Some(target) = self.targets.get_mut(held.principal) {
            let taken = taken_away(from, &target.entry, index);
            // what is effective is the entry, and so is the name that changes
            target.username_today.clone_from(&entry.observed.username);
            target.groups_today = entry.observed.groups.iter().cloned().collect();
            for note in &mut target.notes {
                if let Note::UsernameChanged { from, .. } = note {
                    from.clone_from(&entry.observed.username);
                }
            }
            target.notes.extend(taken);
            put_beside(target, from.clone());
        }
        outcome
    }

    /// Where a decision names values of the entry: those change, and nothing else does.
    fn decided_values(
        &mut self,
        held: &Held<'_>,
        mapping: &Mapping,
        entry: &EntryFact<'_>,
    ) -> Result<(), Blocker> {
        let Some(decision) = held.decision.filter(|decision| decision.has_values()) else { return Ok(()) };
        let from = entry.writable().ok_or_else(|| not_ours(entry))?;
        if let Some(by) = self.refused.blocker(held.principal) {
            return Err(by);
        }
        let to = self.as_decided(held, decision, from)?;
        let mut notes: Vec<Note> = decided(decision).into_iter().collect();
        if from.entry_type != to.entry_type && to.entry_type.needs_pass_role() {
            notes.push(Note::PassRole);
        }
        let both_standard = to.entry_type.is_standard() && from.entry_type.is_standard();
        // bindings follow a new username, but for what the note of that says
        let index = self.given.index.as_ref().filter(|_| !both_standard);
        notes.extend(taken_away(from, &to, index));
        if both_standard {
            notes.extend(self.renamed(from, &to));
        }
        if *from != to {
            let mut target = Target {
                username_today: entry.observed.username.clone(),
                groups_today: entry.observed.groups.iter().cloned().collect(),
                ..target(held, to, place_of(mapping), notes)
            };
            put_beside(&mut target, from.clone());
            self.targets.insert(held.principal.clone(), target);
        }
        Ok(())
    }

    /// The entry with the values that the decision names.
    fn as_decided(
        &self,
        held: &Held<'_>,
        decision: &PrincipalDecision,
        from: &AccessEntry,
    ) -> Result<AccessEntry, Blocker> {
        let uses = self.given.facts.nodes.uses_of(held.principal);
        let mut to = match &decision.entry_type {
            Some(decided) if *decided != from.entry_type => {
                AccessEntry::of_type(held.principal.clone(), serves(decided.clone(), uses)?)
            }
            _ => from.clone(),
        };
        match &decision.username {
            None => {}
            Some(UsernameDecision::Default) => to.username = EntryUsername::Default,
            Some(UsernameDecision::Custom(name)) => {
                to.username = as_entry_username(held.principal, name.clone());
            }
        }
        if let Some(groups) = &decision.groups {
            to.groups.clone_from(groups);
        }
        // what the entry has is not associated again
        if decision.policies.is_some() {
            to.policies = policies(held, to.policies, self.given)?;
        }
        check(&to, self.given)?;
        Ok(to)
    }

    /// EKS made the entry when this migration left CONFIG_MAP mode. What was effective before is the mapping: the entry stays
    /// where it gives the same or more, and is brought to what the mapping gave where it gives less, or another name.
    fn settle_with_made(&mut self, held: &Held<'_>, mapping: &Mapping, entry: &EntryFact<'_>) -> Outcome {
        let outcome = self.add(held, place_of(mapping), vec![Note::BroughtToMapping]);
        let Some(target) = self.targets.get_mut(held.principal) else { return outcome };
        let Some(from) = entry.writable() else {
            self.targets.remove(held.principal);
            return blocked(not_ours(entry));
        };
        let is_same_login = from.entry_type == target.entry.entry_type
            && from.effective_username() == target.entry.effective_username();
        if is_same_login && !held.decision.is_some_and(PrincipalDecision::has_values) {
            let planned = self.targets.remove(held.principal);
            if self.gives_more(held, entry, None).is_nothing() {
                // made for the principal as it is, and it gives the same or more
                return covered(held.principal);
            }
            self.targets.extend(planned.map(|target| (held.principal.clone(), target)));
        }
        let Some(target) = self.targets.get_mut(held.principal) else { return outcome };
        if from.entry_type == target.entry.entry_type {
            // what EKS gave beyond it stays, where no decision says what there is to be
            let decided = |of: fn(&PrincipalDecision) -> bool| held.decision.is_some_and(of);
            if !decided(|it| it.groups.is_some()) {
                target.entry.groups.extend(from.groups.iter().cloned());
            }
            let made = from.policies.iter().filter(|_| !decided(|it| it.policies.is_some()));
            for (policy, scope) in made {
                let kept = target.entry.policies.entry(policy.clone()).or_insert_with(|| scope.clone());
                if *scope == AccessScope::Cluster {
                    *kept = AccessScope::Cluster;
                }
            }
        }
        target.entry.tags.clone_from(&from.tags);
        put_beside(target, from.clone());
        if target.standing == Standing::Equal {
            target.notes.retain(|note| *note != Note::BroughtToMapping);
        }
        outcome
    }

    /// The bindings of the entry's username follow a new one.
    fn renamed(&mut self, from: &AccessEntry, to: &AccessEntry) -> Option<Note> {
        let (old, new) = (from.effective_username()?, to.effective_username()?);
        if old == new || !from.entry_type.is_standard() {
            return None;
        }
        let (old, new) = (UsernameTemplate::new(old), UsernameTemplate::new(new));
        Some(username_changed(self.given.rbac, &mut self.bindings, &from.principal, &old, &new))
    }

    /// What EKS makes by itself: entries of nodes that it lists, and the creator's, which has nothing but the policy of
    /// administrators. Any other entry is somebody's own, whenever it was made.
    fn is_as_eks_makes(&self, entry: &EntryFact<'_>) -> bool {
        let Some(found) = &entry.entry else { return false };
        match found.entry_type {
            EntryType::Standard => {
                let is_default = found.username == EntryUsername::Default;
                let only_admin = found.policies.len() == 1 && found.is_cluster_admin_by_policy();
                is_default && found.groups.is_empty() && only_admin
            }
            _ => !self.given.facts.nodes.uses_of(&found.principal).is_empty(),
        }
    }

    /// The entry appeared when this migration changed the mode, and EKS made it.
    fn since_switch(&self, entry: &EntryFact<'_>) -> bool {
        let switch = self.given.facts.snapshot.own_switch.as_ref().filter(|_| self.is_as_eks_makes(entry));
        switch.zip(entry.observed.created_at()).is_some_and(|(switch, created)| switch.includes(created))
    }
}

/// The entry gives all that the mapping would.
fn covered(principal: &PrincipalArn) -> Outcome {
    Outcome::Overridden { principal: principal.clone(), gives_more: None, unproven: false }
}

/// How a target stands to the effective entry that it changes.
fn put_beside(target: &mut Target, from: AccessEntry) {
    target.entry.tags.clone_from(&from.tags);
    target.standing = if from.entry_type != target.entry.entry_type {
        target.entry.tags = from.tags_to_create();
        Standing::Replace { from, dead: false }
    } else if from == target.entry {
        Standing::Equal
    } else {
        Standing::Update { from }
    };
}

/// Groups, policies, scopes, and what bindings give by the username, that the entry gives and the target does not.
fn taken_away(from: &AccessEntry, to: &AccessEntry, index: Option<&Index<'_>>) -> Option<Note> {
    let (old, new) = (from.effective_username(), to.effective_username());
    let template = UsernameTemplate::new(old.clone().unwrap_or_default());
    let index = index.filter(|_| old != new && from.entry_type.is_standard());
    let by_name = of_username(index, &template).map(|binding| Granted::Binding { binding });
    let groups = from.groups.difference(&to.groups).map(|group| Granted::Group { group: group.to_string() });
    let policies = from.policies.iter().filter(|(policy, scope)| {
        let kept = to.policies.get(*policy);
        kept != Some(*scope) && kept != Some(&AccessScope::Cluster)
    });
    let policies =
        policies.map(|(policy, scope)| Granted::Policy { policy: policy.clone(), scope: scope.clone() });
    let what: Vec<Granted> = groups.chain(policies).chain(by_name).collect();
    (!what.is_empty()).then_some(Note::TakenFromEntry { what })
}
