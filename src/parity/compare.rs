//! What one side allows and the other does not.
//!
//! What both have from the same source is left out first: it decides nothing. What is left is broken down to atoms, and each is
//! held against all that the other side has where it holds: in the whole cluster, and in each namespace or prefix that
//! either side names. All other namespaces are alike, and have what the whole cluster has.

use std::collections::{BTreeMap, BTreeSet};

use super::access::{Place, SourceKey};
use super::coverage::{Atom, Coverage};
use super::{Access, Granted, Reach};
use crate::model::PolicyArn;
use crate::rbac::Attributes;

/// Two sides, and what each allows beyond the other.
#[derive(Debug, Clone, Default)]
pub struct Comparison<'r> {
    pub lost: Beyond<'r>,
    pub gained: Beyond<'r>,
}

/// What one side allows and the other does not.
#[derive(Debug, Clone, Default)]
pub struct Beyond<'r> {
    /// By where and by the first source.
    pub(super) atoms: Vec<(Reach, Granted<'r>, Vec<Atom<'r>>)>,
    /// The Node authorizer judges this side alone.
    pub node: bool,
    /// Access policies of one side that AWS has not published whole, as far as it matters: of this side, which may give more
    /// than what is found; of the other, which may give what is found.
    pub unknown: BTreeSet<&'r PolicyArn>,
}

impl Beyond<'_> {
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty() && !self.node
    }

    /// Whether a request is among what was found; of the Node authorizer nothing is known by rules.
    pub fn includes(&self, what: &Attributes) -> bool {
        self.atoms.iter().any(|(reach, _, atoms)| {
            reach.includes(what.namespace()) && atoms.iter().any(|atom| atom.rule().allows(what))
        })
    }
}

impl<'r> Comparison<'r> {
    pub fn of(before: &Access<'r>, after: &Access<'r>) -> Self {
        Self { lost: beyond(before, after), gained: beyond(after, before) }
    }

    /// Nobody can tell the sides apart: each allows all that the other does, and nothing of it is unknown.
    pub fn is_equal(&self) -> bool {
        let Self { lost, gained } = self;
        lost.is_empty() && gained.is_empty() && lost.unknown.is_empty() && gained.unknown.is_empty()
    }
}

fn beyond<'r>(side: &Access<'r>, other: &Access<'r>) -> Beyond<'r> {
    let shared: BTreeSet<SourceKey<'_>> = other.all_granted().map(|granted| granted.source.key()).collect();
    let own = |granted: &&Granted<'r>| !shared.contains(&granted.source.key());
    let mut found = Beyond { node: side.is_node && !other.is_node, ..Beyond::default() };
    let in_cluster: Vec<Granted<'r>> = side.cluster.iter().filter(own).copied().collect();
    let in_places: Vec<(&Place<'r>, Vec<Granted<'r>>)> = side
        .places
        .iter()
        .map(|(place, granted)| (place, granted.iter().filter(own).copied().collect::<Vec<_>>()))
        .filter(|(_, granted)| !granted.is_empty())
        .collect();
    if in_cluster.is_empty() && in_places.is_empty() {
        return found;
    }
    let others = Others::of(other);
    let mut atoms: BTreeMap<(Reach, usize), Vec<Atom<'r>>> = BTreeMap::new();
    let mut sources: Vec<Granted<'r>> = Vec::new();
    // where each atom is missing already, so that a second source of it, or a narrower place, is not told again
    let mut told: BTreeMap<Atom<'r>, Reach> = BTreeMap::new();
    for granted in in_cluster {
        sources.push(granted);
        for atom in granted.rules.iter().flat_map(Atom::of) {
            if told.contains_key(&atom) || others.cluster.covers(&atom) {
                continue;
            }
            let except = match atom.is_url() {
                true => BTreeSet::new(),
                false => others.covering(&atom, None),
            };
            let reach = Reach { namespaces: BTreeSet::new(), except };
            told.insert(atom, reach.clone());
            atoms.entry((reach, sources.len() - 1)).or_default().push(atom);
        }
    }
    // several namespaces of one policy or of equal RoleBindings come as one
    let mut placed: BTreeMap<Atom<'r>, (BTreeSet<String>, BTreeSet<String>, usize)> = BTreeMap::new();
    for (place, granted) in in_places {
        for granted in granted {
            sources.push(granted);
            for atom in granted.rules.iter().flat_map(Atom::of).filter(|atom| !atom.is_url()) {
                let is_told = told.get(&atom).is_some_and(|reach| {
                    reach.except.is_empty()
                        || (matches!(place, Place::Named(name) if reach.includes(Some(name))))
                });
                if is_told || others.covers_at(&atom, place) {
                    continue;
                }
                let except = others.covering(&atom, Some(place));
                let (names, excepted, _) = placed
                    .entry(atom)
                    .or_insert_with(|| (BTreeSet::new(), BTreeSet::new(), sources.len() - 1));
                names.insert(place.to_string());
                excepted.extend(except);
            }
        }
    }
    for (atom, (namespaces, except, source)) in placed {
        atoms.entry((Reach { namespaces, except }, source)).or_default().push(atom);
    }
    found.atoms = atoms.into_iter().map(|((reach, source), atoms)| (reach, sources[source], atoms)).collect();
    let has_all = others.cluster.covers(&EVERY_RESOURCE) && others.cluster.covers(&EVERY_URL);
    if !has_all {
        found.unknown.extend(side.incomplete.difference(&other.incomplete));
    }
    if !found.atoms.is_empty() {
        found.unknown.extend(&other.incomplete);
    }
    found
}

const EVERY_RESOURCE: Atom<'static> = Atom::Resource { group: "*", resource: "*", verb: "*", name: None };
const EVERY_URL: Atom<'static> = Atom::Url { url: "*", verb: "*" };

/// What the other side has, by where it holds.
struct Others<'r> {
    cluster: Coverage<'r>,
    places: Vec<(Place<'r>, Coverage<'r>)>,
}

impl<'r> Others<'r> {
    fn of(access: &Access<'r>) -> Self {
        let places = access.places.iter();
        Self {
            cluster: Coverage::of(access.cluster.iter()),
            places: places.map(|(place, granted)| (*place, Coverage::of(granted.iter()))).collect(),
        }
    }

    /// Allowed throughout the place, by what holds in the cluster or in a place around it.
    fn covers_at(&self, atom: &Atom<'_>, place: &Place<'_>) -> bool {
        self.cluster.covers(atom)
            || self.places.iter().any(|(around, coverage)| around.includes(place) && coverage.covers(atom))
    }

    /// The places, within the one that is given, in which the atom is allowed.
    fn covering(&self, atom: &Atom<'_>, within: Option<&Place<'_>>) -> BTreeSet<String> {
        let is_within =
            |place: &Place<'_>| within.is_none_or(|around| around != place && around.includes(place));
        let places = self.places.iter().filter(|(place, _)| is_within(place));
        places.filter(|(_, coverage)| coverage.covers(atom)).map(|(place, _)| place.to_string()).collect()
    }
}
