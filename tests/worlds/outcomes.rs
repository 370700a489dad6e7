//! What a plan says of each mapping, against what the oracle knows of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::cast::{EVERYBODY, Who};
use crate::compare::{Violation, is_decided};
use crate::oracle::{Login, RawEntry, State, by_entry, live_entry, rendered};
use crate::rights::is_admin;
use crate::said::{Said, kind};
use crate::world::{Choice, Fate, Mapping, Mode, Section, World};

/// What a mapping is, today.
#[derive(Debug, Clone, PartialEq)]
enum Standing<'s> {
    NotRead,
    /// Matches no login.
    Dead,
    /// Another mapping wins.
    Replaced,
    Gone,
    /// The principal's entry wins.
    Overridden(Who, &'s RawEntry),
    Effective(Option<Who>),
    Random,
}

/// Every mapping has one outcome, and the right one.
pub fn outcomes(world: &World, state: &State, said: &Said) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut report =
        |kind: &str, text: String| found.push(Violation { kind: format!("outcome-{kind}"), text });
    let told = said.outcomes();
    let by_place: BTreeMap<(String, u64), &serde_json::Value> = told
        .iter()
        .map(|it| {
            let section = it["at"]["section"].as_str().unwrap_or_default().to_owned();
            ((section, it["at"]["index"].as_u64().unwrap_or(u64::MAX)), &it["outcome"])
        })
        .collect();
    let expected = state.mappings.len() + state.accounts.len();
    if told.len() != expected || by_place.len() != expected {
        report("missing", format!("{expected} mappings, told {told:?}"));
        return found;
    }
    if world.mode == Mode::Api && said.steps() > 0 {
        report("api-mode-steps", format!("{} steps", said.steps()));
    }
    let mut next: BTreeMap<Section, u64> = BTreeMap::new();
    for (position, mapping) in state.mappings.iter().enumerate() {
        let index = next.entry(mapping.section).or_default();
        let section = match mapping.section {
            Section::Roles => ["mapRoles", "map-roles"],
            Section::Users => ["mapUsers", "map-users"],
        };
        let outcome = section.iter().find_map(|key| by_place.get(&((*key).to_owned(), *index)));
        *index += 1;
        let Some(outcome) = outcome else {
            report("without-place", format!("{mapping:?}: {by_place:?}"));
            continue;
        };
        let standing = standing(world, state, position);
        if let Some(wrong) = is_wrong(world, state, mapping, &standing, outcome) {
            report(wrong, format!("{mapping:?} is {standing:?}\n  told {outcome}"));
        }
    }
    found
}

fn standing<'s>(world: &World, state: &'s State, position: usize) -> Standing<'s> {
    let mapping = &state.mappings[position];
    if state.mode == Mode::Api {
        return Standing::NotRead;
    }
    let is_root = mapping.arn.ends_with(":root");
    let who = EVERYBODY.into_iter().find(|who| who.canonical().eq_ignore_ascii_case(&mapping.arn));
    if who.is_none() && !is_root {
        return Standing::Dead;
    }
    let same = |other: &&Mapping| other.arn.eq_ignore_ascii_case(&mapping.arn);
    let later = state.mappings[position + 1..].iter().filter(same);
    let mut replaces = later.filter(|other| match (mapping.section, other.section) {
        (Section::Roles, Section::Roles) => true,
        (Section::Users, Section::Users) => other.arn == mapping.arn,
        _ => false,
    });
    let by_role = mapping.section == Section::Users
        && state.mappings.iter().filter(same).any(|other| other.section == Section::Roles);
    if replaces.next().is_some() || by_role {
        return Standing::Replaced;
    }
    if who.is_some_and(|who| world.fate(who) == Fate::Gone) {
        return Standing::Gone;
    }
    if let Some((who, entry)) = who.and_then(|who| Some((who, live_entry(world, state, who)?))) {
        return Standing::Overridden(who, entry);
    }
    let spellings: BTreeSet<&str> = state
        .mappings
        .iter()
        .filter(same)
        .filter(|other| other.section == Section::Users)
        .map(|other| other.arn.as_str())
        .collect();
    if mapping.section == Section::Users && spellings.len() > 1 {
        return Standing::Random;
    }
    Standing::Effective(who)
}

fn is_wrong(
    world: &World,
    state: &State,
    mapping: &Mapping,
    standing: &Standing<'_>,
    outcome: &serde_json::Value,
) -> Option<&'static str> {
    let told = kind(outcome);
    let told = told.as_str();
    match standing {
        Standing::NotRead => (told != "not-read").then_some("api-mode"),
        Standing::Dead => (!["never-matches", "superseded"].contains(&told)).then_some("never-matches"),
        Standing::Replaced => (told != "superseded").then_some("replaced"),
        // what was decided of somebody who is gone is refused as such
        Standing::Gone => (!["gone", "skipped", "blocked"].contains(&told)).then_some("gone"),
        Standing::Random => ["migrates", "overridden"].contains(&told).then_some("random"),
        Standing::Effective(who) => {
            let may = ["migrates", "blocked", "skipped"];
            let by_skip = who.is_some_and(|who| is_skipped(world, who));
            match told {
                _ if !may.contains(&told) => Some("effective"),
                "skipped" if !by_skip => Some("skipped-by-nobody"),
                _ => None,
            }
        }
        Standing::Overridden(who, entry) => {
            if is_skipped(world, *who) {
                return (!["skipped", "overridden"].contains(&told)).then_some("overridden");
            }
            if is_decided(world, *who) {
                return None;
            }
            // of an entry that is equal; that it stays as it is, is looked at elsewhere
            if told == "migrates" {
                return None;
            }
            if told != "overridden" {
                return Some("overridden");
            }
            let is_told = !outcome["givesMore"].is_null();
            (gives_more(state, mapping, *who, entry) && !is_told && !is_kept(world, *who))
                .then_some("gives-more-unsaid")
        }
    }
}

fn is_skipped(world: &World, who: Who) -> bool {
    let decision = world.person(who).and_then(|person| person.decision.as_ref());
    decision.is_some_and(|it| matches!(it.choice, Choice::Skip))
}

fn is_kept(world: &World, who: Who) -> bool {
    let decision = world.person(who).and_then(|person| person.decision.as_ref());
    decision.is_some_and(|it| matches!(it.choice, Choice::KeepEntry))
}

/// Groups that the entry does not give, with an entry that does not give everything.
fn gives_more(state: &State, mapping: &Mapping, who: Who, entry: &RawEntry) -> bool {
    let login = Login { who: Some(who), account: who.account(), canonical: who.canonical(), session: "" };
    if entry.kind != "STANDARD" || by_entry(entry, &login).is_some_and(|it| is_admin(&it, &state.bindings)) {
        return false;
    }
    let groups = mapping.groups.iter().filter_map(|group| rendered(group, &login));
    let mut beyond = groups.filter(|group| !["", "system:authenticated"].contains(&group.as_str()));
    beyond.any(|group| !entry.groups.contains(&group))
}
