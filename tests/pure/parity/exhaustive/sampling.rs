//! Which classes are asked when there are too many.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::Associations;
use eksodus::parity::exhaustive::{Classes, Found, exhaustive};
use eksodus::rbac::{Attributes, PolicyRule, Rbac};
use proptest::prelude::*;

use super::sides::{World, bound, policy, rule, user};

/// Everything before, so that no class falls away, and the rules of many strings after.
fn from_everything(verbs: usize, resources: usize) -> [World; 2] {
    let named = |stem: &str, count| -> Vec<String> { (0..count).map(|at| format!("{stem}{at}")).collect() };
    let mut rule = rule(&[], &[""], &[]);
    (rule.verbs, rule.resources) = (named("verb", verbs), named("resource", resources));
    let identity = Some(user("alice", &["system:masters"], Associations::new()));
    [World { identity, rbac: Rbac::default() }, after(rule)]
}

fn after(rule: PolicyRule) -> World {
    World { identity: Some(user("alice", &["devs"], Associations::new())), rbac: bound(None, &[rule]) }
}

fn asked(classes: &Classes<'_>, limit: u64) -> Vec<Attributes> {
    let mut all = Vec::new();
    let asked = classes.walk(limit, |request, _, _| all.push(request.attributes()));
    assert_eq!(asked, all.len() as u64);
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sample_has_the_size_that_was_asked_for_and_no_class_twice(
        verbs in 0..6_usize, resources in 0..40_usize, part in 1..100_u64,
    ) {
        let [before, after] = from_everything(verbs, resources);
        let classes = Classes::of(before.side(), after.side());
        let urls = classes.requests().filter(|it| matches!(it.attributes(), Attributes::NonResource { .. })).count() as u64;
        let of_resources = classes.count() - urls;
        let limit = 1 + of_resources * part / 100;
        let found = asked(&classes, limit);
        let distinct: BTreeSet<&Attributes> = found.iter().collect();
        prop_assert_eq!(distinct.len(), found.len());
        // whole runs, of a thousandth at most
        let wanted = limit.min(urls) + limit.min(of_resources);
        prop_assert!((wanted - limit / 1_000..=wanted).contains(&(found.len() as u64)), "{}", found.len());
        prop_assert_eq!(found, asked(&classes, limit));
    }
}

/// Every value of every field, about equally often: no stride that keeps step with one of the radices.
#[test]
fn a_sample_is_evenly_spread() {
    let [before, after] = from_everything(7, 99);
    let classes = Classes::of(before.side(), after.side());
    // 8 verbs and 100 resources, "" and another group, and pairs of absent and fresh
    assert_eq!(classes.count(), 8 * 100 * 2 * 2 * 2 * 2 + 8);
    let found = asked(&classes, 1_600);
    let mut by_verb = BTreeMap::new();
    let mut by_resource = BTreeMap::new();
    for request in &found {
        if let Attributes::Resource { verb, resource, .. } = request {
            *by_verb.entry(verb).or_insert(0) += 1;
            *by_resource.entry(resource).or_insert(0) += 1;
        }
    }
    assert_eq!((by_verb.len(), by_resource.len()), (8, 100));
    assert!(by_verb.values().all(|count| (190..=210).contains(count)), "{by_verb:?}");
    assert!(by_resource.values().all(|count| (15..=17).contains(count)), "{by_resource:?}");
}

#[test]
fn a_sample_says_that_it_is_one() {
    let [before, after] = from_everything(7, 99);
    let walk = exhaustive(before.side(), after.side(), 1_000);
    assert_eq!((walk.classes, walk.asked), (12_808, 1_008));
    // all of what is lost is counted, and some of it is kept
    let whole = exhaustive(before.side(), after.side(), 12_800);
    assert_eq!((whole.asked, whole.classes), (12_808, 12_808));
    assert_eq!(whole.lost.count, 12_808 - 7 * 99 * 2 * 2);
    assert_eq!(whole.lost.first.len(), Found::KEPT);
    assert_eq!(exhaustive(before.side(), after.side(), 0).asked, 0);
}

/// What no rule allows is decided without a question.
#[test]
fn what_nobody_is_allowed_counts_against_no_limit() {
    let [_, mut before] = from_everything(20, 200);
    before.rbac.bindings[0].namespace = Some("shop".to_owned());
    let after = World::default();
    let classes = Classes::of(before.side(), after.side());
    let walk = exhaustive(before.side(), after.side(), 20_000);
    assert!(classes.count() > 60_000);
    assert_eq!((walk.asked, walk.lost.count), (walk.classes, 20 * 200 * 2));
}

/// More classes than any number that could count them.
#[test]
fn more_classes_than_can_be_counted_are_sampled() {
    let many: Vec<String> = (0..3_000).map(|at| format!("n{at}")).collect();
    let mut wide = rule(&[], &[], &[]);
    wide.resources = many.iter().map(|it| format!("{it}/{it}")).collect();
    wide.verbs.clone_from(&many);
    wide.api_groups.clone_from(&many);
    wide.resource_names.clone_from(&many);
    let [before, _] = from_everything(0, 0);
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut after = after(wide);
    let policies = policy("AmazonEKSSecretReaderPolicy", &names);
    after.identity = Some(user("alice", &["devs"], policies));
    let walk = exhaustive(before.side(), after.side(), 1_000);
    assert_eq!((walk.classes, walk.asked), (u64::MAX, 2_000));
    assert!(walk.lost.count > 1_900, "{}", walk.lost.count);
}
