//! What differs in form alone: no request for what the API server serves meets it. Each request that can be made is asked of a
//! naive authorizer on both sides.

use eksodus::model::Associations;
use eksodus::parity::exhaustive::allowed;
use eksodus::parity::{Access, Comparer, Comparison, Difference, Found, GrantedBy, Served, Verdict};
use eksodus::rbac::served::ApiResource;
use eksodus::rbac::{Attributes, PolicyRule};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::exhaustive::sides::{World, bound, rule, urls, user, worlds};

const OF_REQUESTS: [&str; 3] = ["get", "list", "create"];

fn api(group: &str, name: &str, namespaced: bool, verbs: &[&str]) -> ApiResource {
    let (resource, subresource) = match name.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
        None => (name, None),
    };
    ApiResource {
        group: group.to_owned(),
        version: "v1".to_owned(),
        resource: resource.to_owned(),
        subresource,
        namespaced,
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
    }
}

fn discoveries() -> impl Strategy<Value = Vec<ApiResource>> {
    let name = select(vec!["pods", "pods/log", "scale", "nodes", "deployments/scale", "other"]);
    let one = (select(vec!["", "apps", "other"]), name, any::<bool>(), subsequence(&OF_REQUESTS[..], 1..=3));
    vec(one.prop_map(|(group, name, namespaced, verbs)| api(group, name, namespaced, &verbs)), 0..5)
}

/// Every request for what is served, in all namespaces and by all names that the worlds know, and others.
fn requests(resources: &[ApiResource]) -> Vec<Attributes> {
    let mut requests = Vec::new();
    for ApiResource { group, resource, subresource, namespaced, verbs, version: _ } in resources {
        let namespaces: &[Option<&str>] = match namespaced {
            true => &[
                None,
                Some("dev"),
                Some("dev-1"),
                Some("dev-other"),
                Some("other"),
                Some("prod"),
                Some("x"),
                Some("dx"),
                Some("dev-x"),
                Some("dev-ox"),
                Some("dev-x-x"),
                Some("otherx"),
            ],
            false => &[None],
        };
        for namespace in namespaces {
            for name in [None, Some("a"), Some("*"), Some("other"), Some("unheard")] {
                requests.extend(verbs.iter().map(|verb| Attributes::Resource {
                    namespace: namespace.map(str::to_owned),
                    verb: verb.clone(),
                    group: group.clone(),
                    resource: resource.clone(),
                    subresource: subresource.clone(),
                    name: name.map(str::to_owned),
                }));
            }
        }
    }
    requests
}

fn access_of<'r>(index: &eksodus::rbac::Index<'r>, world: &'r World) -> Access<'r> {
    world.identity.as_ref().map_or_else(Access::none, |identity| Access::of(index, identity))
}

/// What a request is: of the API server's, a verb of a program, or a path.
fn can_be_made(request: &Attributes, resources: &[ApiResource]) -> bool {
    let Attributes::Resource { verb, group, resource, subresource, namespace, .. } = request else {
        return true;
    };
    let is_served = |it: &ApiResource| {
        let merged = resources.iter().filter(|other| {
            (&other.group, &other.resource, &other.subresource) == (&it.group, &it.resource, &it.subresource)
        });
        let namespaced = merged.clone().any(|it| it.namespaced);
        let serves = merged.clone().any(|it| it.verbs.contains(verb));
        (&it.group, &it.resource, &it.subresource) == (group, resource, subresource)
            && serves
            && (namespaced || namespace.is_none())
    };
    let is_finalizers = subresource.as_deref() == Some("finalizers");
    // impersonation, signers and kubelets, which discovery does not have
    let is_besides =
        ["users", "groups", "uids", "userextras", "serviceaccounts", "roles", "clusterroles", "signers"]
            .contains(&resource.as_str())
            || (resource == "nodes" && subresource.is_some());
    let is_of_program = !["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]
        .contains(&verb.as_str());
    is_finalizers || is_besides || is_of_program || resources.iter().any(is_served)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_can_be_asked_for_today_is_no_matter_of_form(
        [before, mut after] in worlds(),
        resources in discoveries(),
    ) {
        after.rbac.roles.clone_from(&before.rbac.roles);
        let (was, is) = (before.rbac.index(), after.rbac.index());
        let (was, is) = (access_of(&was, &before), access_of(&is, &after));
        let served = Served::of(&resources);
        let (today, to_come) = Comparison::of(&was, &is).today_and_to_come(&served, &was, &is);
        for request in requests(&resources) {
            let answer = |world: &World| allowed(world.identity.as_ref(), &world.rbac, &request);
            let answers = (answer(&before), answer(&after));
            let is_lost = answers == (true, false);
            let is_gained = answers == (false, true);
            prop_assert_eq!(today.lost.includes(&request) && !answers.1, is_lost, "{}", &request);
            prop_assert_eq!(today.gained.includes(&request) && !answers.0, is_gained, "{}", &request);
            prop_assert!(!(to_come.lost.includes(&request) && is_lost), "{} is lost today", &request);
            prop_assert!(!(to_come.gained.includes(&request) && is_gained), "{} is gained today", &request);
        }
        let found = Found::between(&Comparer::default(), &was, &is, Some(&served));
        let answer = |world: &World, row: &Difference| allowed(world.identity.as_ref(), &world.rbac, &row.request);
        for (rows, has, lacks) in [(&found.lost, &before, &after), (&found.gained, &after, &before)] {
            for row in rows.iter().filter(|row| row.by != GrantedBy::NodeAuthorizer) {
                prop_assert!(can_be_made(&row.request, &resources), "nobody can ask {}: {:?}", row.request, row);
                prop_assert!(answer(has, row) && !answer(lacks, row), "{} tells nothing apart", row.request);
            }
        }
        // and nothing is left out: what is told with discovery is what is told without
        let without = Found::between(&Comparer::default(), &was, &is, None);
        let permissions = |rows: &[Difference]| rows.iter().map(|row| row.permissions).sum::<usize>();
        prop_assert_eq!(permissions(&without.lost), permissions(&found.lost) + permissions(&found.to_come.lost));
        prop_assert_eq!(permissions(&without.gained), permissions(&found.gained) + permissions(&found.to_come.gained));
    }
}

/// Between the rules of one group and those of another one, everywhere or in a namespace.
fn verdict_in(
    namespace: Option<&str>,
    before: &[PolicyRule],
    after: &[PolicyRule],
    resources: &[ApiResource],
) -> Verdict {
    let mut rbac = bound(namespace, before);
    let mut other = bound(namespace, after);
    other.roles[0].name = "ops".to_owned();
    other.bindings[0].name = "ops".to_owned();
    other.bindings[0].role_ref.name = "ops".to_owned();
    other.bindings[0].subjects[0].name = "ops".to_owned();
    rbac.roles.append(&mut other.roles);
    rbac.bindings.append(&mut other.bindings);
    let side = |group: &str| World {
        identity: Some(user("alice", &[group], Associations::new())),
        rbac: rbac.clone(),
    };
    let (before, after) = (side("devs"), side("ops"));
    let (was, is) = (before.rbac.index(), after.rbac.index());
    let (was, is) = (access_of(&was, &before), access_of(&is, &after));
    Found::between(&Comparer::default(), &was, &is, Some(&Served::of(resources))).verdict(false)
}

fn verdict_of(before: &[PolicyRule], after: &[PolicyRule], resources: &[ApiResource]) -> Verdict {
    verdict_in(None, before, after, resources)
}

#[test]
fn a_star_against_the_list_of_what_there_is_differs_in_form() {
    let resources = [
        api("", "pods", true, &["get", "list"]),
        api("", "pods/log", true, &["get"]),
        api("apps", "deployments", true, &["get"]),
    ];
    let star = [rule(&["get"], &["*"], &["*"])];
    let kubelet = [
        "nodes/checkpoint",
        "nodes/configz",
        "nodes/healthz",
        "nodes/log",
        "nodes/metrics",
        "nodes/pods",
        "nodes/proxy",
        "nodes/spec",
        "nodes/stats",
    ];
    let listed = [&["pods", "pods/log", "deployments"][..], &kubelet].concat();
    let all = [rule(&["get"], &["", "apps"], &listed)];
    assert_eq!(verdict_of(&star, &all, &resources), Verdict::DiffersInForm);
    assert_eq!(verdict_of(&all, &star, &resources), Verdict::DiffersInForm);
    // one that a kubelet asks for is missing, and discovery does not have it
    let fewer = [rule(&["get"], &["", "apps"], &listed[..listed.len() - 1])];
    assert_eq!(verdict_of(&star, &fewer, &resources), Verdict::Loses);
    assert_eq!(verdict_of(&fewer, &star, &resources), Verdict::Gains);
    // a Custom Resource is added
    let more = [&resources[..], &[api("example.com", "widgets", true, &["get"])]].concat();
    assert_eq!(verdict_of(&star, &all, &more), Verdict::Loses);
    // a name that nobody serves, and a verb that only a program of its own asks for
    assert_eq!(verdict_of(&[rule(&["get"], &["apps"], &["pods"])], &[], &resources), Verdict::DiffersInForm);
    assert_eq!(verdict_of(&[rule(&["use"], &["apps"], &["pods"])], &[], &resources), Verdict::Loses);
    // a path can be asked for by anybody
    assert_eq!(verdict_of(&[urls(&["get"], &["/x"])], &[], &resources), Verdict::Loses);
}

#[test]
fn what_is_in_no_namespace_is_not_lost_in_one() {
    let resources = [api("", "nodes", false, &["get"]), api("", "pods", true, &["get"])];
    let (nodes, pods) = ([rule(&["get"], &[""], &["nodes"])], [rule(&["get"], &[""], &["pods"])]);
    assert_eq!(verdict_in(Some("shop"), &nodes, &[], &resources), Verdict::DiffersInForm);
    assert_eq!(verdict_in(Some("shop"), &pods, &[], &resources), Verdict::Loses);
    assert_eq!(verdict_in(None, &nodes, &[], &resources), Verdict::Loses);
}
