//! What a side has from sources that the other side lacks, broken down to atoms once for all who have it from the same sources.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::access::Place;
use super::compare::Others;
use super::coverage::Atom;
use super::{Granted, Reach};

/// A source and where it holds; `None`: in the whole cluster.
pub(super) type Own<'r> = (Option<Place<'r>>, Granted<'r>);

/// Sources broken down to atoms: each once, with the number of the first source of it and all places in which it holds.
#[derive(Debug, Default)]
pub(super) struct Spread<'r> {
    places: Vec<Place<'r>>,
    in_cluster: Vec<(usize, Vec<Atom<'r>>)>,
    in_places: Vec<Placed<'r>>,
}

/// Atoms that hold in the same places.
#[derive(Debug)]
struct Placed<'r> {
    source: usize,
    /// Numbers, ascending.
    places: Vec<usize>,
    /// Whether it is among those of the whole cluster as well.
    atoms: Vec<(Atom<'r>, bool)>,
}

impl<'r> Spread<'r> {
    pub fn of(own: &[Own<'r>]) -> Self {
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
        let mut alike: BTreeMap<(usize, Vec<usize>), Vec<Atom<'r>>> = BTreeMap::new();
        for (atom, (source, places)) in in_places {
            alike.entry((source, places)).or_default().push(atom);
        }
        for ((source, places), mut atoms) in alike {
            atoms.sort_unstable();
            let atoms = atoms.into_iter().map(|atom| (atom, in_cluster.contains(&atom))).collect();
            spread.in_places.push(Placed { source, places, atoms });
        }
        spread
    }

    /// What of it the other side does not have, by where and by source. Sources are taken from `own`: by which of its subjects
    /// a binding matches may be another one each time.
    pub fn beyond(&self, own: &[Own<'r>], others: &Others<'r>) -> Vec<(Reach, Granted<'r>, Vec<Atom<'r>>)> {
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
        for Placed { source, places, atoms } in &self.in_places {
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

/// Where atoms are missing, and by the number of which source the side that has them has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Where {
    /// Numbers; none: in the whole cluster.
    places: Vec<usize>,
    except: BTreeSet<String>,
    source: usize,
}

/// Group by group; one place may have several.
#[derive(Default)]
struct Missing<'r>(Vec<(Where, Vec<Atom<'r>>)>);

impl<'r> Missing<'r> {
    fn add(&mut self, places: &[usize], except: BTreeSet<String>, source: usize, atom: Atom<'r>) {
        let last = self
            .0
            .last_mut()
            .filter(|(at, _)| at.source == source && at.places == places && at.except == except);
        match last {
            Some((_, atoms)) => atoms.push(atom),
            None => self.0.push((Where { places: places.to_vec(), except, source }, vec![atom])),
        }
    }

    fn told(self, places: &[Place<'r>], own: &[Own<'r>]) -> Vec<(Reach, Granted<'r>, Vec<Atom<'r>>)> {
        let mut alike: BTreeMap<Where, Vec<Atom<'r>>> = BTreeMap::new();
        for (at, mut atoms) in self.0 {
            alike.entry(at).or_default().append(&mut atoms);
        }
        let name = |number: &usize| places.get(*number).map(ToString::to_string);
        let mut found: Vec<(Reach, usize, Vec<Atom<'r>>)> = alike
            .into_iter()
            .map(|(Where { places, except, source }, atoms)| {
                (Reach { namespaces: places.iter().filter_map(name).collect(), except }, source, atoms)
            })
            .collect();
        found.sort_by(|(reach, source, _), (other, of, _)| (reach, source).cmp(&(other, of)));
        let granted = |source: usize| own.get(source).map(|(_, granted)| *granted);
        found
            .into_iter()
            .filter_map(|(reach, source, atoms)| Some((reach, granted(source)?, atoms)))
            .collect()
    }
}
