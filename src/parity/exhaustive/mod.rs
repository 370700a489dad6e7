//! The second opinion: every request that rules can tell from others, asked of a naive authorizer before and after.
//!
//! A decision depends only on which strings are equal, and for paths and namespaces on which begin with which. So all requests
//! fall into finitely many classes, of which one request each is asked; `docs/parity.md` says why that suffices. Written from
//! the rules of Kubernetes, it shares with `rbac` the objects, and nothing that decides.

mod authorizer;
mod classes;
mod request;

use std::collections::BTreeSet;
use std::ops::ControlFlow::{self, Break, Continue};

use authorizer::Grant;
use classes::Space;
use request::Field;
pub use request::Request;

use super::Identity;
use crate::rbac::{Attributes, Rbac};

/// Who asks, and the cluster that is asked.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// `None`: who has no access.
    pub identity: Option<&'a Identity>,
    pub rbac: &'a Rbac,
}

/// Whether `system:masters`, an access policy or RBAC allows it, by plain loops over everything there is.
///
/// Of an access policy it knows what is published. The Node authorizer, which judges `system:node:…` in `system:nodes`
/// besides, has no rules to look at and is left out.
pub fn allowed(identity: Option<&Identity>, rbac: &Rbac, request: &Attributes) -> bool {
    let request = Request::new(request);
    identity.is_some_and(|identity| {
        authorizer::is_master(identity) || authorizer::grants(identity, rbac).any(|it| it.allows(&request))
    })
}

/// What came of asking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Walk {
    /// How many there are; `u64::MAX` is that or more.
    pub classes: u64,
    /// How many of them were decided, on both sides: all of them, or an evenly spread sample.
    pub asked: u64,
    pub lost: Found,
    pub gained: Found,
}

/// How many, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    pub count: u64,
    /// At most [`Found::KEPT`].
    pub first: Vec<Attributes>,
}

impl Found {
    pub const KEPT: usize = 1_000;

    pub fn note(&mut self, request: &Request<'_>) {
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(request.attributes());
        }
    }
}

/// What was allowed before and is not after, and the other way round, by [`Classes::walk`].
pub fn exhaustive(before: Side<'_>, after: Side<'_>, limit: u64) -> Walk {
    let classes = Classes::of(before, after);
    let mut walk = Walk { classes: classes.count(), ..Walk::default() };
    let Walk { lost, gained, .. } = &mut walk;
    walk.asked = classes.walk(limit, |request, before, after| match (before, after) {
        (true, false) => lost.note(request),
        (false, true) => gained.note(request),
        _ => {}
    });
    walk
}

/// The classes of requests that the rules of the two sides can tell apart.
pub struct Classes<'a> {
    /// Of before (0) and after (1).
    grants: Vec<(usize, Grant<'a>)>,
    /// Whether the side has every right without a rule for it.
    is_master: [bool; 2],
    /// Of URLs, and of resources.
    spaces: [Space; 2],
}

impl<'a> Classes<'a> {
    pub fn of(before: Side<'a>, after: Side<'a>) -> Self {
        let (mut found, mut is_master) = (Vec::new(), [false; 2]);
        for (side, Side { identity, rbac }) in [before, after].into_iter().enumerate() {
            let Some(identity) = identity else { continue };
            is_master[side] = authorizer::is_master(identity);
            if !is_master[side] {
                found.extend(authorizer::grants(identity, rbac).map(|grant| (side, grant)));
            }
        }
        let grants: Vec<Grant<'a>> = found.iter().map(|(_, grant)| *grant).collect();
        Self { spaces: classes::spaces(&grants), grants: found, is_master }
    }

    /// How many; `u64::MAX` is that or more.
    pub fn count(&self) -> u64 {
        let count = self.spaces.iter().fold(0, |sum: u128, space| sum.saturating_add(space.count_from(0)));
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    /// The same for those who have the same rules of the same roles and policies on both sides: what one is answered, all are.
    pub fn of_whom(&self) -> impl Ord + use<'a> {
        let rules =
            self.grants.iter().map(|(side, grant)| (*side, grant.place, std::ptr::from_ref(grant.rule)));
        let rules: BTreeSet<_> = rules.collect();
        (self.is_master, rules)
    }

    /// The request of each class that is asked.
    pub fn requests(&self) -> impl Iterator<Item = Request<'_>> {
        self.spaces.iter().flat_map(|space| (0..space.count_from(0)).map(|number| space.request(number)))
    }

    /// The request that is asked in place of this one, whose resource and subresource have no slash, as no live request's have.
    pub fn class_of(&self, request: &Attributes) -> Attributes {
        let request = Request::new(request);
        self.spaces[usize::from(!request.is_url())].class_of(&request).attributes()
    }

    /// Asks a request of each class on both sides, calls `visit` with the two answers where one of them is yes, and answers
    /// how many were asked.
    ///
    /// At most `limit` of URLs and `limit` of resources are asked one by one. More classes than that are all decided when
    /// enough of them fall away together, because no rule of either side is left that could allow them; else a sample of at
    /// most `limit` is asked, the same each time.
    pub fn walk(&self, limit: u64, mut visit: impl FnMut(&Request<'_>, bool, bool)) -> u64 {
        self.spaces.iter().fold(0, |asked: u64, space| {
            let all = u64::try_from(space.count_from(0)).unwrap_or(u64::MAX);
            let fits = || self.descend(space, limit, &mut |_, _, _| {}).is_continue();
            if all <= limit || fits() {
                _ = self.descend(space, u64::MAX, &mut visit);
                return asked.saturating_add(all);
            }
            asked.saturating_add(self.sample(space, limit, &mut visit))
        })
    }

    /// Breaks off when that takes more than so many steps.
    fn descend(&self, space: &Space, steps: u64, visit: Visit<'_>) -> ControlFlow<()> {
        Descent { space, request: space.blank.clone(), is_master: self.is_master, steps, visit }
            .from(0, &mut self.grants.clone())
    }

    /// Runs of classes that differ in their last fields alone: each is asked as a whole, and there are a thousand at least, or
    /// they are of one class. From each to the next it is the golden section of all, which comes to none twice and leaves no
    /// field's values out.
    fn sample(&self, space: &Space, size: u64, visit: Visit<'_>) -> u64 {
        let depth = (0..space.dimensions.len()).find(|it| space.count_from(*it) * 1_000 <= u128::from(size));
        let depth = depth.unwrap_or(space.dimensions.len());
        let run = space.count_from(depth);
        let runs = space.count_from(0) / run;
        let (step, mut at) = (golden_section(runs), 0);
        let mut descent = Descent {
            space,
            request: space.blank.clone(),
            is_master: self.is_master,
            steps: u64::MAX,
            visit,
        };
        let mut grants = self.grants.clone();
        let run_count = u64::try_from(u128::from(size) / run).unwrap_or(u64::MAX);
        for _ in 0..run_count {
            at = (at + step) % runs;
            descent.request = space.request(at * run);
            let fields = space.dimensions.iter().take(depth).map(|dimension| dimension.field);
            let left = fields.fold(&mut grants[..], |left, field| narrow(left, field, &descent.request));
            _ = descent.from(depth, left);
        }
        run_count.saturating_mul(u64::try_from(run).unwrap_or(u64::MAX))
    }
}

type Visit<'v> = &'v mut dyn FnMut(&Request<'_>, bool, bool);

/// All of a space, field by field; with each value only the rules that allow it are looked at further.
struct Descent<'s, 'v> {
    space: &'s Space,
    request: Request<'s>,
    is_master: [bool; 2],
    steps: u64,
    visit: Visit<'v>,
}

impl Descent<'_, '_> {
    fn from(&mut self, depth: usize, left: &mut [(usize, Grant<'_>)]) -> ControlFlow<()> {
        if left.is_empty() && self.is_master == [false; 2] {
            // both sides deny all that the further fields could make of it
            return Continue(());
        }
        let Some(dimension) = self.space.dimensions.get(depth) else {
            let [before, after] =
                [0, 1].map(|side| self.is_master[side] || left.iter().any(|it| it.0 == side));
            (self.visit)(&self.request, before, after);
            return Continue(());
        };
        for value in &dimension.values {
            let Some(steps) = self.steps.checked_sub(1) else { return Break(()) };
            self.steps = steps;
            self.request.set(dimension.field, value);
            self.from(depth + 1, narrow(left, dimension.field, &self.request))?;
        }
        Continue(())
    }
}

/// Those that this field does not speak against, brought to the front.
fn narrow<'l, 'g>(
    left: &'l mut [(usize, Grant<'g>)],
    field: Field,
    request: &Request<'_>,
) -> &'l mut [(usize, Grant<'g>)] {
    let mut kept = 0;
    for at in 0..left.len() {
        if left[at].1.passes(field, request) {
            left.swap(kept, at);
            kept += 1;
        }
    }
    &mut left[..kept]
}

/// About `count` / 1.618…, without a common factor: added again and again, it comes to every number below before any comes back.
fn golden_section(count: u128) -> u128 {
    const OF_2_64: u128 = 0x9E37_79B9_7F4A_7C15;
    let (high, low) = (count >> 64, count & u128::from(u64::MAX));
    let section = high * OF_2_64 + ((low * OF_2_64) >> 64);
    (section..).find(|step| gcd(*step, count) == 1).unwrap_or(1)
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
