//! What each mapping becomes beside the entry that its principal has.

use std::collections::BTreeMap;

use super::accounts::{Expansion, Members, ReadAccount, of_account};
use super::bindings::Bindings;
use super::gains::Gains;
use super::read::{Read, Reading, blocked, place_of, skipped};
use super::resolve::unknown_decision;
use super::translate::{Held, Translated, translate};
use crate::audit::Period;
use crate::facts::EntryFact;
use crate::findings::{Granted, NotWritable};
use crate::model::{AccessEntry, CanonicalArn, PrincipalArn};
use crate::planner::given::Given;
use crate::planner::{Blocker, Line, LinePlace, Note, Outcome, PrincipalDecision, Standing, Target};
use crate::reader::Mapping;

/// Every mapping with its outcome, and what is to be made for those that migrate.
pub(in crate::planner) struct Settled {
    /// `mapRoles`, `mapUsers`, `mapAccounts`, each in file order.
    pub lines: Vec<Line>,
    pub targets: BTreeMap<PrincipalArn, Target>,
    pub bindings: Bindings,
}

/// Settles all mappings, in file order: a binding that one needs is there for the next.
///
/// `refused`: who waits because a name that it would get gives somebody more.
pub(in crate::planner) fn settle_with_existing(
    given: &Given<'_>,
    mappings: &[Read<'_>],
    accounts: &[ReadAccount<'_>],
    refused: &Gains,
) -> Settled {
    let mut settling = Settling { given, refused, targets: BTreeMap::new(), bindings: Bindings::default() };
    let mut lines = Vec::with_capacity(mappings.len() + accounts.len());
    for read in mappings {
        let outcome = settling.mapping(read);
        let Mapping { arn, username, groups, .. } = read.mapping;
        let groups = groups.clone().unwrap_or_default();
        let at = place_of(read.mapping);
        lines.push(Line { at, arn: arn.clone(), username: username.clone(), groups, outcome });
    }
    for read in accounts {
        let outcome = match &read.expansion {
            Expansion::Ends(outcome) => outcome.clone(),
            Expansion::Members(members) => settling.members(read, members),
        };
        let (arn, at) = (read.account.text.clone(), read.at.clone());
        lines.push(Line { at, arn, username: String::new(), groups: Vec::new(), outcome });
    }
    let Settling { targets, bindings, .. } = settling;
    Settled { lines, targets, bindings }
}

/// The mappings on their way to targets.
pub(super) struct Settling<'g, 'a> {
    pub given: &'g Given<'a>,
    pub refused: &'g Gains,
    pub targets: BTreeMap<PrincipalArn, Target>,
    pub bindings: Bindings,
}

impl Settling<'_, '_> {
    fn mapping(&mut self, read: &Read<'_>) -> Outcome {
        let Read { mapping, decision, reading } = read;
        match reading {
            Reading::Ends(outcome) => outcome.clone(),
            Reading::Overridden { principal, entry } => self.overridden(mapping, entry, principal, *decision),
            Reading::Effective { .. } if decision.is_some_and(PrincipalDecision::is_skipped) => {
                skipped(*decision)
            }
            Reading::Effective { principal, notes } => {
                self.add(&Held::of(mapping, principal, *decision), place_of(mapping), notes.clone())
            }
        }
    }

    /// An account's members, one by one; the account waits for what the first of them waits for.
    fn members(&mut self, of: &ReadAccount<'_>, members: &Members<'_>) -> Outcome {
        let facts = self.given.facts;
        let mut principals = Vec::new();
        for (principal, decision) in &members.named {
            let has_entry = || facts.entries.live(&CanonicalArn::of_principal(principal)).is_some();
            // its own entry is effective, and not the account
            if decision.is_some_and(PrincipalDecision::is_skipped) || has_entry() {
                continue;
            }
            if facts.iam.denies(principal) {
                return of_account(principal.clone(), unknown_decision(principal));
            }
            let username = principal.canonical();
            let held = Held { principal, username: &username, groups: &[], decision: *decision };
            let mut notes = vec![Note::FromAccount { account: of.account.text.clone() }];
            notes.extend(self.seen(principal));
            match self.add(&held, of.at.clone(), notes) {
                Outcome::Blocked { by } => return of_account(principal.clone(), by),
                _ => principals.push(principal.clone()),
            }
        }
        principals.sort();
        let Members { named: _, unresolved, others } = members;
        Outcome::Expanded { principals, unresolved: unresolved.clone(), others: others.clone() }
    }

    /// That the audit log shows them.
    fn seen(&self, principal: &PrincipalArn) -> Option<Note> {
        let logins = self.given.logins.get(&CanonicalArn::of_principal(principal))?;
        let so = logins.iter().filter(|login| login.as_of_an_account > 0);
        let period = so.filter_map(|login| login.period).reduce(Period::and)?;
        Some(Note::Authenticated { period })
    }

    /// Translates what a principal holds, puts it beside the dead entry that may be there, and makes it a target.
    pub fn add(&mut self, held: &Held<'_>, from: LinePlace, mut notes: Vec<Note>) -> Outcome {
        if let Some(by) = self.refused.blocker(held.principal) {
            return blocked(by);
        }
        let entries = &self.given.facts.entries;
        let dead = entries.of_principal(held.principal).filter(|entry| entry.liveness.is_dead());
        // before anything is made for it
        if let Some(dead) = dead.filter(|dead| dead.writable().is_none()) {
            return blocked(not_ours(dead));
        }
        let Translated { entry, notes: more } = match translate(held, self.given, &mut self.bindings) {
            Ok(translated) => translated,
            Err(by) => return blocked(by),
        };
        notes.extend(more);
        let mut target = target(held, entry, from, notes);
        if entries.observable {
            beside_dead(&mut target, dead.and_then(|dead| dead.entry.clone()));
        }
        self.targets.insert(held.principal.clone(), target);
        Outcome::Migrates { principal: held.principal.clone() }
    }
}

/// The target of what a principal holds by `aws-auth`.
pub(super) fn target(held: &Held<'_>, entry: AccessEntry, from: LinePlace, notes: Vec<Note>) -> Target {
    Target {
        entry,
        username_today: held.username.to_owned(),
        groups_today: held.groups.to_vec(),
        from,
        standing: Standing::NotYetObservable,
        is_caller: false,
        notes,
    }
}

/// Puts the target of an effective mapping beside the dead entry that its principal has, if any.
///
/// What the mapping gives takes the dead entry's place; nothing that the dead entry had comes alive.
fn beside_dead(target: &mut Target, dead: Option<AccessEntry>) {
    let Some(from) = dead else {
        target.standing = Standing::Create;
        return;
    };
    let beyond = from.groups.difference(&target.entry.groups);
    let groups = beyond.map(|group| Granted::Group { group: group.to_string() });
    let policies = from.policies.iter().filter(|(policy, _)| !target.entry.policies.contains_key(*policy));
    let policies =
        policies.map(|(policy, scope)| Granted::Policy { policy: policy.clone(), scope: scope.clone() });
    let what: Vec<Granted> = groups.chain(policies).collect();
    if !what.is_empty() {
        target.notes.push(Note::NotRevived { what });
    }
    target.entry.tags = from.tags_to_create();
    target.standing = Standing::Replace { from, dead: true };
}

pub(super) fn not_ours(entry: &EntryFact<'_>) -> Blocker {
    let why = match entry.is_eks_owned() {
        true => NotWritable::EksOwned,
        false => NotWritable::OddNames { username: entry.observed.username.clone() },
    };
    Blocker::Existing { why }
}
