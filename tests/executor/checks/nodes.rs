use std::cell::RefCell;
use std::time::Duration;

use eksodus::checks::{Check, Readiness, Watch, Watched, nodes};
use eksodus::kube::Node;
use pollster::block_on;

use super::fake::{Fake, node};

fn looks(looks: &[&[Node]]) -> Fake {
    Fake { nodes: RefCell::new(looks.iter().map(|nodes| nodes.to_vec()).collect()), ..Fake::default() }
}

fn shown(checks: &[Check]) -> Vec<String> {
    checks.iter().map(ToString::to_string).collect()
}

fn once(fake: &Fake) -> Vec<String> {
    shown(&block_on(nodes(fake, fake, None, &mut |_| ())))
}

fn watched(fake: &Fake, interrupted: &dyn Fn() -> bool) -> Vec<String> {
    let watch = Watch { duration: Duration::from_secs(60), every: Duration::from_secs(20), interrupted };
    shown(&block_on(nodes(fake, fake, Some(watch), &mut |_| ())))
}

#[test]
fn ready_nodes_pass_group_by_group() {
    let fargate = Node { fargate_profile: Some("apps".to_owned()), ..node("f-1", true, None) };
    let fake = looks(&[&[
        node("b-1", true, Some("b")),
        node("a-1", true, Some("a")),
        fargate,
        node("x", true, None),
    ]]);
    let expected = [
        "nodes of Fargate profile apps: 1 of 1 ready",
        "nodes of no node group: 1 of 1 ready",
        "nodes of node group a: 1 of 1 ready",
        "nodes of node group b: 1 of 1 ready",
    ];
    assert_eq!(once(&fake), expected);
}

#[test]
fn a_node_that_is_not_ready_fails_with_its_name_and_group() {
    let fake = looks(&[&[node("a-1", true, Some("a")), node("a-2", false, Some("a"))]]);
    let checks = block_on(nodes(&fake, &fake, None, &mut |_| ()));
    assert!(checks.iter().any(Check::is_failed));
    assert_eq!(
        shown(&checks),
        [
            "node a-2 of node group a: expected to be Ready: it is NotReady; check its kubelet log, and the type of its role's access entry"
        ]
    );
}

#[test]
fn a_node_that_goes_while_it_is_watched_is_no_failure() {
    let (stays, goes) = (node("a-1", true, Some("a")), node("a-2", true, Some("a")));
    let fake = looks(&[&[stays.clone(), goes], &[stays]]);
    let expected = [
        "nodes of node group a: 1 of 1 ready (4 checks in 60 s)",
        "node a-2 of node group a could not be checked: it disappeared while being watched",
    ];
    assert_eq!(watched(&fake, &|| false), expected);
}

#[test]
fn a_node_that_drops_out_while_it_is_watched_fails_even_if_it_comes_back() {
    let (up, down) = (node("a-1", true, Some("a")), node("a-1", false, Some("a")));
    let (first, third) = (up.clone(), up);
    let fake = looks(&[&[first], &[down], &[third]]);
    let shown = watched(&fake, &|| false);
    assert!(
        shown[0].starts_with("node a-1 of node group a: expected to stay Ready: it was NotReady for a while"),
        "{shown:?}"
    );
    assert_eq!(*fake.clock.borrow(), Duration::from_secs(60));
}

#[test]
fn a_watch_looks_again_until_its_time_is_up_or_it_is_interrupted() {
    let fake = looks(&[&[node("a-1", true, Some("a"))]]);
    assert_eq!(watched(&fake, &|| false), ["nodes of node group a: 1 of 1 ready (4 checks in 60 s)"]);
    let fake = looks(&[&[node("a-1", true, Some("a"))]]);
    assert_eq!(watched(&fake, &|| true), ["nodes of node group a: 1 of 1 ready (1 check in 0 s)"]);
}

#[test]
fn each_look_of_a_watch_is_told_with_the_time_and_how_each_group_stands() {
    let fargate = Node { fargate_profile: Some("jobs".to_owned()), ..node("f-1", true, None) };
    let (up, down) = (node("a-1", true, Some("a")), node("a-1", false, Some("a")));
    let fake = looks(&[&[up, fargate.clone()], &[down, fargate]]);
    let watch =
        Watch { duration: Duration::from_secs(45), every: Duration::from_secs(20), interrupted: &|| false };
    let mut seen: Vec<Watched> = Vec::new();
    block_on(nodes(&fake, &fake, Some(watch), &mut |it| seen.push(it.clone())));
    let group = |name: &str, ready| Readiness { name: name.to_owned(), ready, all: 1 };
    let times: Vec<u64> = seen.iter().map(|it| it.elapsed.as_secs()).collect();
    assert_eq!(times, [0, 20, 40, 45]);
    assert!(seen.iter().all(|it| it.of == Duration::from_secs(45)));
    assert_eq!(seen[0].groups, [group("a", 1), group("jobs (Fargate)", 1)]);
    assert_eq!(seen[3].groups, [group("a", 0), group("jobs (Fargate)", 1)]);
}

#[test]
fn nodes_that_may_not_be_listed_are_unknown() {
    let shown = once(&Fake::default());
    assert_eq!(shown, ["nodes of the cluster could not be checked: list nodes: forbidden"]);
}
