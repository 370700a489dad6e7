//! One request of each class answers for all of them, and the walk misses none.

use std::collections::BTreeSet;

use eksodus::parity::exhaustive::{Classes, Side, Walk, allowed, exhaustive};
use eksodus::rbac::Attributes;
use proptest::collection::vec;
use proptest::prelude::*;

use super::sides::{World, request, worlds};

fn answer(Side { identity, rbac }: Side<'_>, request: &Attributes) -> bool {
    allowed(identity, rbac, request)
}

/// Each class asked by itself, without what a walk leaves out.
fn one_by_one(before: &World, after: &World) -> [BTreeSet<Attributes>; 2] {
    let [mut lost, mut gained] = [BTreeSet::new(), BTreeSet::new()];
    for request in Classes::of(before.side(), after.side()).requests() {
        let request = request.attributes();
        match (answer(before.side(), &request), answer(after.side(), &request)) {
            (true, false) => assert!(lost.insert(request)),
            (false, true) => assert!(gained.insert(request)),
            _ => {}
        }
    }
    [lost, gained]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_request_is_answered_as_the_one_of_its_class([before, after] in worlds(), requests in vec(request(), 100)) {
        let classes = Classes::of(before.side(), after.side());
        for request in &requests {
            let class = classes.class_of(request);
            prop_assert_eq!(&classes.class_of(&class), &class, "{}", request);
            for side in [before.side(), after.side()] {
                prop_assert_eq!(answer(side, request), answer(side, &class), "{} as {}", request, class);
            }
        }
    }

    #[test]
    fn a_walk_finds_what_asking_one_by_one_finds([before, after] in worlds()) {
        let classes = Classes::of(before.side(), after.side());
        prop_assume!(classes.count() < 5_000);
        let [lost, gained] = one_by_one(&before, &after);
        let mut found = [BTreeSet::new(), BTreeSet::new()];
        let asked = classes.walk(u64::MAX, |request, was, is| match (was, is) {
            (true, false) => assert!(found[0].insert(request.attributes())),
            (false, true) => assert!(found[1].insert(request.attributes())),
            (was, is) => assert!(was && is),
        });
        prop_assert_eq!(asked, classes.count());
        prop_assert_eq!(found, [lost.clone(), gained.clone()]);
        let walk = exhaustive(before.side(), after.side(), u64::MAX);
        prop_assert_eq!([walk.lost.count, walk.gained.count], [lost.len() as u64, gained.len() as u64]);
        prop_assert!(walk.lost.first.iter().all(|request| lost.contains(request)));
    }

    /// Whoever loses a request, loses it in the walk: the class of it is among what was found.
    #[test]
    fn what_a_request_loses_its_class_loses([before, after] in worlds(), requests in vec(request(), 50)) {
        let classes = Classes::of(before.side(), after.side());
        let mut lost = BTreeSet::new();
        classes.walk(u64::MAX, |request, was, is| {
            if was && !is {
                lost.insert(request.attributes());
            }
        });
        for request in &requests {
            let is_lost = answer(before.side(), request) && !answer(after.side(), request);
            prop_assert_eq!(lost.contains(&classes.class_of(request)), is_lost, "{}", request);
        }
    }

    #[test]
    fn each_side_gains_what_the_other_loses([before, after] in worlds()) {
        let there = exhaustive(before.side(), after.side(), u64::MAX);
        let back = exhaustive(after.side(), before.side(), u64::MAX);
        let Walk { classes, asked, lost, gained } = back;
        prop_assert_eq!(there, Walk { classes, asked, lost: gained, gained: lost });
    }
}
