//! The engine, which works by rules and what covers them, against asking a request of each class: two programs that share no
//! code must find the same.

use eksodus::parity::exhaustive::{Classes, allowed};
use eksodus::parity::{Access, Comparison, Difference};
use proptest::prelude::*;

use super::exhaustive::sides::{World, worlds};

/// Each side's own bindings, over the roles of the first: a migration changes none.
fn over_the_same_roles([before, mut after]: [World; 2]) -> [World; 2] {
    after.rbac.roles.clone_from(&before.rbac.roles);
    [before, after]
}

fn answer(World { identity, rbac }: &World, request: &eksodus::rbac::Attributes) -> bool {
    allowed(identity.as_ref(), rbac, request)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_lost_and_gained_is_what_asking_finds(pair in worlds().prop_map(over_the_same_roles)) {
        let [before, after] = &pair;
        let (was, is) = (before.rbac.index(), after.rbac.index());
        let none = Access::none;
        let was = before.identity.as_ref().map_or_else(none, |identity| Access::of(&was, identity));
        let is = after.identity.as_ref().map_or_else(none, |identity| Access::of(&is, identity));
        let found = Comparison::of(&was, &is);
        let classes = Classes::of(before.side(), after.side());
        prop_assume!(classes.count() < 200_000);
        let (mut lost, mut gained) = (0, 0);
        for request in classes.requests().map(|request| request.attributes()) {
            let answers = (answer(before, &request), answer(after, &request));
            lost += usize::from(answers == (true, false));
            gained += usize::from(answers == (false, true));
            prop_assert_eq!(found.lost.includes(&request) && !answers.1, answers == (true, false), "{}", &request);
            prop_assert_eq!(found.gained.includes(&request) && !answers.0, answers == (false, true), "{}", &request);
        }
        let (of_lost, of_gained) = (found.lost.rows(&is, None), found.gained.rows(&was, None));
        // the Node authorizer is no rule
        let by_rules = |rows: &[Difference]| rows.iter().any(|row| row.by != eksodus::parity::GrantedBy::NodeAuthorizer);
        prop_assert_eq!((lost > 0, gained > 0), (by_rules(&of_lost), by_rules(&of_gained)));
        for (rows, has, lacks) in [(&of_lost, before, after), (&of_gained, after, before)] {
            for row in rows.iter().filter(|row| row.by != eksodus::parity::GrantedBy::NodeAuthorizer) {
                prop_assert!(answer(has, &row.request), "{} is not allowed, and {:?} says so", row.request, row);
                prop_assert!(!answer(lacks, &row.request), "{} is allowed on both sides: {:?}", row.request, row);
            }
        }
    }
}
