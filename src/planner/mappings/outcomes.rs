use std::collections::{BTreeMap, BTreeSet};

use super::bindings::Bindings;
use super::overridden::{is_writable, not_ours};
use super::resolve::{Resolved, resolve, unknown_decision};
use super::translate::{Context, Held, Translated, translate};
use crate::facts::{Service, service_of};
use crate::findings::Impossible;
use crate::model::{AuthenticationMode, CanonicalArn, IamArn, PrincipalArn, parse_any_case};
use crate::planner::existing::fates::settle;
use crate::planner::{
    Blocker, Decisions, Gain, Line, LinePlace, Note, Outcome, PrincipalDecision, Standing, Target, matches,
};
use crate::reader::{AwsAuth, EntryRef, Mapping, Status};

/// The lines of `mapRoles` and `mapUsers` on their way to targets.
pub(crate) struct Lines<'a> {
    pub context: Context<'a>,
    pub lines: Vec<Line>,
    pub targets: BTreeMap<PrincipalArn, Target>,
    pub bindings: Bindings,
    /// Positions in `decisions.principals` that matched something.
    pub used: BTreeSet<usize>,
    /// Lines of the decisions file that choose between an entry and a mapping, where there is no live entry.
    pub idle: BTreeSet<usize>,
    /// Who gains what by names of `accept-gains`, by the principal whose target introduces the name.
    pub accepted: BTreeMap<PrincipalArn, Vec<Gain>>,
}

impl<'a> Lines<'a> {
    pub(crate) fn read(&mut self, aws_auth: &AwsAuth) {
        let unknown = crate::reader::Place { line: 0, column: 0 };
        let at = |entry: &EntryRef| {
            aws_auth.mapping(*entry).map_or(LinePlace { entry: *entry, place: unknown }, place_of)
        };
        for mapping in aws_auth.roles.entries.iter().chain(&aws_auth.users.entries) {
            self.line(mapping, &at);
        }
    }

    fn line(&mut self, mapping: &Mapping, at: &dyn Fn(&EntryRef) -> LinePlace) {
        let outcome = match &mapping.status {
            _ if self.context.facts.mode == Some(AuthenticationMode::Api) => Outcome::NotRead,
            Status::Dropped(why) => Outcome::Dropped { why: why.clone() },
            Status::Superseded { by } => Outcome::Superseded { by: at(by) },
            // while the principal has a live entry, neither spelling is looked up
            Status::Random { .. } if self.has_live_entry(&mapping.arn) => self.winning(mapping),
            Status::Random { with } => {
                Outcome::Blocked { by: Blocker::Random { with: with.iter().map(at).collect() } }
            }
            Status::NeverMatches(why) => Outcome::NeverMatches { why: why.clone() },
            Status::InForce => self.winning(mapping),
        };
        self.lines.push(Line {
            at: place_of(mapping),
            arn: mapping.arn.clone(),
            username: mapping.username.clone(),
            groups: mapping.groups.clone().unwrap_or_default(),
            outcome,
        });
    }

    fn has_live_entry(&self, arn: &str) -> bool {
        self.context.facts.entries.live(&CanonicalArn::as_mapped(arn)).is_some()
    }

    /// The mapping that the authenticator takes: effective, unless its principal has a live access entry.
    fn winning(&mut self, mapping: &Mapping) -> Outcome {
        let decisions = self.context.decisions;
        let facts = self.context.facts;
        let mut decision = self.decide(decisions, &mapping.arn);
        if let Some(entry) = facts.entries.live(&CanonicalArn::as_mapped(&mapping.arn))
            && let Some(principal) = &entry.principal
        {
            let decision = decision.or_else(|| self.decide(decisions, principal.as_str()));
            return self.overridden(mapping, entry, principal, decision);
        }
        if let Some(service) = service_behind(&mapping.arn)
            && !decision.is_some_and(PrincipalDecision::is_skipped)
        {
            return blocked(Blocker::ServiceLinkedRole { service });
        }
        let strict = facts.snapshot.cluster.is_some();
        let (principal, checked) = match resolve(&facts.iam, strict, &mapping.arn, decision) {
            Resolved::Principal(principal) => (principal, true),
            Resolved::Unchecked(principal) => (principal, false),
            _ if decision.is_some_and(PrincipalDecision::is_skipped) => return skipped(decision),
            Resolved::Gone => {
                return Outcome::Gone;
            }
            Resolved::Root => return blocked(Blocker::Root),
            Resolved::Unresolved { account } => return blocked(Blocker::UnresolvedRole { account }),
            Resolved::Ambiguous(candidates) => return blocked(Blocker::AmbiguousRole { candidates }),
            Resolved::NotAPrincipal(why) => return blocked(Blocker::NoPrincipal { why }),
            Resolved::WrongDecision(arn) => {
                return blocked(Blocker::Decision { why: Impossible::OtherPrincipal { arn } });
            }
            Resolved::UnknownDecision(arn) => return blocked(unknown_decision(&arn)),
        };
        if decision.is_none() {
            decision = self.decide(decisions, &principal.to_string());
        }
        // in CONFIG_MAP mode the entry may be there, unseen
        if let Some(decision) = decision.filter(|it| it.existing.is_some() && facts.entries.observable) {
            self.idle.insert(decision.line);
        }
        if decision.is_some_and(PrincipalDecision::is_skipped) {
            return skipped(decision);
        }
        let mut notes = Vec::new();
        if !checked {
            notes.push(Note::PathUnchecked);
        } else if principal.is_role() && principal.has_path() {
            notes.push(Note::PathResolved);
        }
        notes.extend(mapping.damage.iter().map(|damage| Note::Damaged { what: damage.lost.clone() }));
        let groups = mapping.groups.as_deref().unwrap_or_default();
        let held = Held { principal: &principal, username: &mapping.username, groups, decision };
        self.add(&held, place_of(mapping), notes)
    }

    /// Translates what a principal holds, puts it beside the dead entry that may be there, and makes it a target.
    pub(crate) fn add(&mut self, held: &Held<'_>, from: LinePlace, mut notes: Vec<Note>) -> Outcome {
        if let Some(gains) = self.context.refused.get(held.principal) {
            return blocked(Blocker::Gains { gains: gains.clone() });
        }
        let entries = &self.context.facts.entries;
        let dead = entries.of_principal(held.principal).filter(|entry| entry.liveness.is_dead());
        // before anything is made for it
        if let Some(dead) = dead.filter(|dead| !is_writable(dead)) {
            return blocked(not_ours(dead));
        }
        let Translated { entry, notes: more } = match translate(held, &self.context, &mut self.bindings) {
            Ok(translated) => translated,
            Err(by) => return blocked(by),
        };
        notes.extend(more);
        let mut target = Target {
            entry,
            username_today: held.username.to_owned(),
            groups_today: held.groups.to_vec(),
            from,
            standing: Standing::NotYetObservable,
            is_caller: false,
            notes,
        };
        if self.context.facts.entries.observable {
            settle(&mut target, dead.and_then(|dead| dead.observed.as_entry()));
        }
        self.targets.insert(held.principal.clone(), target);
        Outcome::Migrates { principal: held.principal.clone() }
    }

    /// The first decision that matches the ARN.
    pub(crate) fn decide(&mut self, decisions: &'a Decisions, arn: &str) -> Option<&'a PrincipalDecision> {
        let (index, decision) = decisions
            .principals
            .iter()
            .enumerate()
            .find(|(_, decision)| matches(&decision.principal, arn))?;
        self.used.insert(index);
        Some(decision)
    }
}

pub(crate) fn place_of(mapping: &Mapping) -> LinePlace {
    LinePlace { entry: mapping.at, place: mapping.place }
}

pub(crate) fn blocked(by: Blocker) -> Outcome {
    Outcome::Blocked { by }
}

pub(crate) fn skipped(decision: Option<&PrincipalDecision>) -> Outcome {
    Outcome::Skipped { reason: decision.and_then(|decision| decision.skip.clone()).unwrap_or_default() }
}

/// The service whose own role it is; `aws-auth` names it without its path.
fn service_behind(arn: &str) -> Option<Service> {
    match parse_any_case(arn) {
        Ok(IamArn::Principal(principal)) => service_of(&principal),
        _ => None,
    }
}
