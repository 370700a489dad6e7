//! What one side allows and the other does not.
//!
//! What both have from the same source is left out first: it decides nothing. What is left is broken down to atoms, and each is
//! held against all that the other side has where it holds: in the whole cluster, and in each namespace or prefix that
//! either side names. All other namespaces are alike, and have what the whole cluster has.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

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
        Comparer::default().compare(before, after)
    }
}

/// Compares one pair of sides after the other. What many of them have beyond the other side is often from the same sources, such
/// as the bindings of a group that all of them give up: it is broken down once.
#[derive(Debug, Default)]
pub struct Comparer<'r> {
    spreads: RefCell<FxHashMap<Vec<SourceKey<'r>>, Rc<Spread<'r>>>>,
}

impl<'r> Comparer<'r> {
    pub fn compare(&self, before: &Access<'r>, after: &Access<'r>) -> Comparison<'r> {
        Comparison { lost: self.beyond(before, after), gained: self.beyond(after, before) }
    }

    fn beyond(&self, side: &Access<'r>, other: &Access<'r>) -> Beyond<'r> {
        let mut found = Beyond { node: side.is_node && !other.is_node, ..Beyond::default() };
        let shared: BTreeSet<SourceKey<'_>> =
            other.all_granted().map(|granted| granted.source.key()).collect();
        let own: Vec<(Option<Place<'r>>, Granted<'r>)> =
            side.placed().filter(|(_, granted)| !shared.contains(&granted.source.key())).collect();
        if own.is_empty() {
            return found;
        }
        let others = Others::of(other);
        found.atoms = self.spread(&own).beyond(&own, &others);
        let has_all = others.cluster.covers(&EVERY_RESOURCE) && others.cluster.covers(&EVERY_URL);
        if !has_all {
            found.unknown.extend(side.incomplete.difference(&other.incomplete));
        }
        if !found.atoms.is_empty() {
            found.unknown.extend(&other.incomplete);
        }
        found
    }

    fn spread(&self, own: &[(Option<Place<'r>>, Granted<'r>)]) -> Rc<Spread<'r>> {
        let key: Vec<SourceKey<'r>> = own.iter().map(|(_, granted)| granted.source.key()).collect();
        let mut spreads = self.spreads.borrow_mut();
        Rc::clone(spreads.entry(key).or_insert_with(|| Rc::new(Spread::of(own))))
    }
}

/// Sources broken down to atoms: each once, with the number of the first source of it and all places in which it holds.
#[derive(Debug, Default)]
struct Spread<'r> {
    places: Vec<Place<'r>>,
    in_cluster: Vec<(usize, Vec<Atom<'r>>)>,
    in_places: Vec<(usize, Placed<'r>)>,
}

/// Atoms that hold in the same places.
#[derive(Debug)]
struct Placed<'r> {
    /// Numbers, ascending.
    places: Vec<usize>,
    /// Whether it is among those of the whole cluster as well.
    atoms: Vec<(Atom<'r>, bool)>,
}

impl<'r> Spread<'r> {
    fn of(own: &[(Option<Place<'r>>, Granted<'r>)]) -> Self {
        let mut spread = Self::default();
        let mut in_cluster: FxHashSet<Atom<'r>> = FxHashSet::default();
        let mut in_places: FxHashMap<Atom<'r>, (usize, Vec<usize>)> = FxHashMap::default();
        for (source, (place, granted)) in own.iter().enumerate() {
            let atoms = granted.rules.iter().flat_map(Atom::of);
            let Some(place) = place else {
                let new: Vec<Atom<'r>> = atoms.filter(|atom| in_cluster.insert(*atom)).collect();
                spread.in_cluster.push((source, new));
                continue;
            };
            // the places come in order, and one may have several sources
            if spread.places.last() != Some(place) {
                spread.places.push(*place);
            }
            let at = spread.places.len() - 1;
            for atom in atoms.filter(|atom| !atom.is_url()) {
                let (_, places) = in_places.entry(atom).or_insert_with(|| (source, Vec::new()));
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
        }
        let mut alike: BTreeMap<(usize, Vec<usize>), Vec<(Atom<'r>, bool)>> = BTreeMap::new();
        for (atom, (source, places)) in in_places {
            alike.entry((source, places)).or_default().push((atom, in_cluster.contains(&atom)));
        }
        for ((source, places), mut atoms) in alike {
            atoms.sort_unstable();
            spread.in_places.push((source, Placed { places, atoms }));
        }
        spread
    }

    /// What of it the other side does not have, by where and by source. Sources are taken from `own`: by which of its subjects
    /// a binding matches may be another one each time.
    fn beyond(
        &self,
        own: &[(Option<Place<'r>>, Granted<'r>)],
        others: &Others<'r>,
    ) -> Vec<(Reach, Granted<'r>, Vec<Atom<'r>>)> {
        let mut missing = Missing::default();
        // where each is missing already, but for these places, so that a narrower one is not told again
        let mut told: FxHashMap<Atom<'r>, BTreeSet<String>> = FxHashMap::default();
        for (source, atoms) in &self.in_cluster {
            for atom in atoms.iter().filter(|atom| !others.cluster.covers(atom)) {
                let except = if atom.is_url() { BTreeSet::new() } else { others.covering(atom, None) };
                if !self.in_places.is_empty() {
                    told.insert(*atom, except.clone());
                }
                missing.add(&[], except, *source, *atom);
            }
        }
        for (source, Placed { places, atoms }) in &self.in_places {
            for (atom, in_cluster) in atoms {
                let told = if *in_cluster { told.get(atom) } else { None };
                // what nothing covers anywhere is missing everywhere
                if told.is_none() && !others.somewhere.covers(atom) {
                    missing.add(places, BTreeSet::new(), *source, *atom);
                    continue;
                }
                if others.cluster.covers(atom) || told.is_some_and(BTreeSet::is_empty) {
                    continue;
                }
                let told = told.map(|except| Reach { namespaces: BTreeSet::new(), except: except.clone() });
                let (mut left, mut except) = (Vec::new(), BTreeSet::new());
                for number in places {
                    let Some(place) = self.places.get(*number) else { continue };
                    let is_told = told
                        .as_ref()
                        .is_some_and(|told| matches!(place, Place::Named(name) if told.includes(Some(name))));
                    if is_told || others.covers_at(atom, place) {
                        continue;
                    }
                    except.extend(others.covering(atom, Some(place)));
                    left.push(*number);
                }
                if !left.is_empty() {
                    missing.add(&left, except, *source, *atom);
                }
            }
        }
        missing.told(&self.places, own)
    }
}

/// Atoms by places, by those that are excepted, and by source.
#[derive(Default)]
struct Missing<'r>(Vec<((Vec<usize>, BTreeSet<String>, usize), Vec<Atom<'r>>)>);

impl<'r> Missing<'r> {
    fn add(&mut self, places: &[usize], except: BTreeSet<String>, source: usize, atom: Atom<'r>) {
        // they come group by group
        let is_it = |((of, but, from), _): &&mut ((Vec<usize>, BTreeSet<String>, usize), Vec<Atom<'r>>)| {
            *from == source && of == places && *but == except
        };
        match self.0.last_mut().filter(is_it) {
            Some((_, atoms)) => atoms.push(atom),
            None => self.0.push(((places.to_vec(), except, source), vec![atom])),
        }
    }

    fn told(
        self,
        places: &[Place<'r>],
        own: &[(Option<Place<'r>>, Granted<'r>)],
    ) -> Vec<(Reach, Granted<'r>, Vec<Atom<'r>>)> {
        let mut alike: BTreeMap<(Vec<usize>, BTreeSet<String>, usize), Vec<Atom<'r>>> = BTreeMap::new();
        for (key, mut atoms) in self.0 {
            alike.entry(key).or_default().append(&mut atoms);
        }
        let name = |number: &usize| places.get(*number).map(ToString::to_string);
        let reach = |numbers: &[usize], except| Reach {
            namespaces: numbers.iter().filter_map(name).collect(),
            except,
        };
        let mut found: Vec<(Reach, usize, Vec<Atom<'r>>)> = alike
            .into_iter()
            .map(|((numbers, except, source), atoms)| (reach(&numbers, except), source, atoms))
            .collect();
        found.sort_by(|(reach, source, _), (other, of, _)| (reach, source).cmp(&(other, of)));
        let granted = |source: usize| own.get(source).map(|(_, granted)| *granted);
        found
            .into_iter()
            .filter_map(|(reach, source, atoms)| Some((reach, granted(source)?, atoms)))
            .collect()
    }
}

const EVERY_RESOURCE: Atom<'static> = Atom::Resource { group: "*", resource: "*", verb: "*", name: None };
const EVERY_URL: Atom<'static> = Atom::Url { url: "*", verb: "*" };

/// What the other side has, by where it holds.
pub(super) struct Others<'r> {
    cluster: Coverage<'r>,
    places: BTreeMap<Place<'r>, Coverage<'r>>,
    /// Of all places together: what it does not cover, none does.
    anywhere: Coverage<'r>,
    /// Of the cluster and all places together.
    somewhere: Coverage<'r>,
    prefixes: Vec<Place<'r>>,
}

impl<'r> Others<'r> {
    pub(super) fn of(access: &Access<'r>) -> Self {
        let places = access.places.iter();
        Self {
            cluster: Coverage::of(access.cluster.iter()),
            anywhere: Coverage::of(access.places.values().flatten()),
            somewhere: Coverage::of(access.all_granted()),
            prefixes: access.places.keys().copied().filter(|it| matches!(it, Place::Prefix(_))).collect(),
            places: places.map(|(place, granted)| (*place, Coverage::of(granted.iter()))).collect(),
        }
    }

    /// Allowed in the whole cluster.
    pub(super) fn covers(&self, atom: &Atom<'_>) -> bool {
        self.cluster.covers(atom)
    }

    /// Allowed in the whole cluster, or in some place.
    pub(super) fn covers_somewhere(&self, atom: &Atom<'_>) -> bool {
        self.somewhere.covers(atom)
    }

    /// Allowed throughout the place, by what holds in the cluster or in a place around it.
    pub(super) fn covers_at(&self, atom: &Atom<'_>, place: &Place<'_>) -> bool {
        let in_place = |place: &Place<'_>| self.places.get(place).is_some_and(|at| at.covers(atom));
        let around = || self.prefixes.iter().any(|around| around.includes(place) && in_place(around));
        self.cluster.covers(atom) || (self.anywhere.covers(atom) && (in_place(place) || around()))
    }

    /// The places, within the one that is given, in which the atom is allowed.
    fn covering(&self, atom: &Atom<'_>, within: Option<&Place<'_>>) -> BTreeSet<String> {
        if matches!(within, Some(Place::Named(_))) || !self.anywhere.covers(atom) {
            return BTreeSet::new();
        }
        let is_within =
            |place: &Place<'_>| within.is_none_or(|around| around != place && around.includes(place));
        let places = self.places.iter().filter(|(place, _)| is_within(place));
        places.filter(|(_, coverage)| coverage.covers(atom)).map(|(place, _)| place.to_string()).collect()
    }
}
