//! What one side allows and the other does not.
//!
//! What both have from the same source is left out first: it decides nothing. What is left is broken down to atoms, and each is
//! held against all that the other side has where it holds: in the whole cluster, and in each namespace or prefix that
//! either side names. All other namespaces are alike, and have what the whole cluster has.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::access::{Place, SourceKey};
use super::coverage::{Atom, Coverage};
use super::spread::{Own, Spread};
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
        let own: Vec<Own<'r>> =
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

    fn spread(&self, own: &[Own<'r>]) -> Rc<Spread<'r>> {
        let key: Vec<SourceKey<'r>> = own.iter().map(|(_, granted)| granted.source.key()).collect();
        let mut spreads = self.spreads.borrow_mut();
        Rc::clone(spreads.entry(key).or_insert_with(|| Rc::new(Spread::of(own))))
    }
}

const EVERY_RESOURCE: Atom<'static> = Atom::Resource { group: "*", resource: "*", verb: "*", name: None };
const EVERY_URL: Atom<'static> = Atom::Url { url: "*", verb: "*" };

/// What the other side has, by where it holds.
pub(super) struct Others<'r> {
    pub cluster: Coverage<'r>,
    places: BTreeMap<Place<'r>, Coverage<'r>>,
    /// Of all places together: what it does not cover, none does.
    anywhere: Coverage<'r>,
    /// Of the cluster and all places together.
    pub somewhere: Coverage<'r>,
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
    pub fn covering(&self, atom: &Atom<'_>, within: Option<&Place<'_>>) -> BTreeSet<String> {
        if matches!(within, Some(Place::Named(_))) || !self.anywhere.covers(atom) {
            return BTreeSet::new();
        }
        let is_within =
            |place: &Place<'_>| within.is_none_or(|around| around != place && around.includes(place));
        let places = self.places.iter().filter(|(place, _)| is_within(place));
        places.filter(|(_, coverage)| coverage.covers(atom)).map(|(place, _)| place.to_string()).collect()
    }
}
