//! What people migrate, by hand.

use eksodus::model::Associations;
use eksodus::parity::Identity;
use eksodus::parity::exhaustive::{Walk, allowed, exhaustive};
use eksodus::rbac::{Attributes, PolicyRule, Rbac};

use super::sides::{World, bound, policy, rule, texts, urls, user};

fn devs() -> Option<Identity> {
    Some(user("alice", &["devs"], Associations::new()))
}

fn with(identity: Option<Identity>, rbac: Rbac) -> World {
    World { identity, rbac }
}

fn walk(before: &World, after: &World) -> Walk {
    let walk = exhaustive(before.side(), after.side(), 1_000_000);
    assert_eq!(walk.classes, walk.asked);
    walk
}

/// `lost …`, `gained …`.
fn said(walk: &Walk) -> Vec<String> {
    let each = |what: &str, all: &[Attributes]| -> Vec<String> {
        all.iter().map(|request| format!("{what} {request}")).collect()
    };
    [each("lost", &walk.lost.first), each("gained", &walk.gained.first)].concat()
}

fn pods(namespace: Option<&str>) -> Attributes {
    let request = Attributes::resource("get", "", "pods");
    match namespace {
        Some(namespace) => request.in_namespace(namespace),
        None => request,
    }
}

#[test]
fn the_same_on_both_sides_loses_and_gains_nothing() {
    let side = with(devs(), bound(None, &[rule(&["get"], &[""], &["pods"]), urls(&["get"], &["/healthz*"])]));
    let walk = walk(&side, &side.clone());
    assert_eq!(said(&walk), Vec::<String>::new());
    // get and another; "/healthz" as it is, with more behind it, and another path
    // pods and another, with a subresource or without; "" and another group; a namespace or none; a name or none
    assert_eq!(walk.classes, 2 * 3 + 2 * 2 * 2 * 2 * 2 * 2);
}

#[test]
fn who_has_no_access_loses_all_of_it() {
    let before = with(devs(), bound(Some("shop"), &[rule(&["get"], &[""], &["pods/log"])]));
    let after = World { identity: None, rbac: before.rbac.clone() };
    let walk = walk(&before, &after);
    assert_eq!(
        said(&walk),
        ["lost get pods/log in namespace shop", "lost get pods/log other in namespace shop"]
    );
    let back = exhaustive(after.side(), before.side(), 1_000_000);
    assert_eq!((back.gained, back.lost.count), (walk.lost, 0));
}

#[test]
fn masters_and_the_policy_that_stands_for_them_allow_the_same() {
    let masters = with(Some(user("alice", &["system:masters"], Associations::new())), Rbac::default());
    let policy = policy("AmazonEKSClusterAdminPolicy", &[]);
    let admin = with(Some(user("alice", &[], policy.clone())), Rbac::default());
    assert_eq!(said(&walk(&masters, &admin)), Vec::<String>::new());
    // no binding and no cluster-admin is needed for it, and a user of that name is none
    let named = user("system:masters", &[], Associations::new());
    assert!(allowed(masters.identity.as_ref(), &Rbac::default(), &pods(None)));
    assert!(!allowed(Some(&named), &Rbac::default(), &pods(None)));
}

#[test]
fn an_access_policy_holds_in_its_scope() {
    let reader = "AmazonEKSSecretReaderPolicy";
    let secrets = Attributes::resource("get", "", "secrets");
    let may = |scope: &[&str], request: &Attributes| {
        allowed(Some(&user("alice", &[], policy(reader, scope))), &Rbac::default(), request)
    };
    let in_namespace = |name: &str| secrets.clone().in_namespace(name);
    assert!(may(&[], &secrets) && may(&[], &in_namespace("shop")));
    assert!(!may(&["shop"], &secrets) && may(&["shop"], &in_namespace("shop")));
    assert!(!may(&["shop"], &in_namespace("shops")));
    assert!(may(&["dev-*"], &in_namespace("dev-1")) && may(&["dev-*"], &in_namespace("dev-")));
    assert!(!may(&["dev-*"], &in_namespace("dev")) && !may(&["dev-*"], &secrets));
    assert!(may(&["*"], &in_namespace("shop")) && !may(&["*"], &secrets));
    // what is not known to be in a policy is not in it
    let unknown = user("alice", &[], policy("NoSuchPolicy", &[]));
    assert!(!allowed(Some(&unknown), &Rbac::default(), &secrets));
}

/// A scope of namespaces has no URLs, whatever the policy says of them.
#[test]
fn an_admin_of_namespaces_has_no_urls() {
    let admin = policy("AmazonEKSClusterAdminPolicy", &["*"]);
    let url = Attributes::NonResource { path: "/metrics".to_owned(), verb: "get".to_owned() };
    let may = |request: &Attributes| allowed(Some(&user("a", &[], admin.clone())), &Rbac::default(), request);
    assert!(!may(&url) && may(&pods(Some("shop"))) && !may(&pods(None)));
    let cluster = policy("AmazonEKSClusterAdminPolicy", &[]);
    assert!(allowed(Some(&user("a", &[], cluster)), &Rbac::default(), &url));
}

#[test]
fn a_scope_by_prefix_is_asked_with_a_namespace_that_no_rule_names() {
    let reader = |scope: &[&str]| {
        with(Some(user("alice", &[], policy("AmazonEKSSecretReaderPolicy", scope))), Rbac::default())
    };
    let walk = walk(&reader(&["dev-*"]), &reader(&["dev-1"]));
    let namespaces: Vec<&str> = walk.lost.first.iter().filter_map(Attributes::namespace).collect();
    assert!(namespaces.contains(&"dev-other") && !namespaces.contains(&"dev-1"), "{namespaces:?}");
    assert_eq!(walk.gained.count, 0);
}

#[test]
fn the_edit_role_has_what_the_edit_policy_has_not() {
    let bindings = |resources: &[&str]| bound(None, &[rule(&["create"], &[""], resources)]);
    let before = with(devs(), bindings(&["pods", "pods/eviction"]));
    let policy = policy("AmazonEKSEditPolicy", &[]);
    let after = with(Some(user("alice", &[], policy)), Rbac::default());
    let walk = walk(&before, &after);
    let evictions = walk.lost.first.iter().filter(|it| it.to_string().starts_with("create pods/eviction"));
    // in a namespace or none, with a name or without
    assert_eq!((walk.lost.count, evictions.count()), (4, 4));
    assert!(walk.gained.count > 1_000);
}

/// Strings with a slash, and what a star stands for.
#[test]
fn subresources_are_their_own() {
    let before = with(devs(), bound(Some("shop"), &[rule(&["get"], &["apps"], &["*/scale"])]));
    let after = with(
        devs(),
        bound(Some("shop"), &[rule(&["get"], &["apps"], &["deployments/*", "deployments/scale"])]),
    );
    let lost = said(&walk(&before, &after));
    let named = |resource: &str| lost.iter().any(|it| it.starts_with(&format!("lost get {resource} (apps)")));
    assert!(named("other/scale") && !named("deployments/scale"), "{lost:#?}");
    // `deployments/*` is that subresource and no other
    assert!(lost.contains(&"gained get deployments/* (apps) in namespace shop".to_owned()), "{lost:#?}");
    assert!(!lost.iter().any(|it| it.starts_with("gained get deployments/other")), "{lost:#?}");
}

#[test]
fn names_and_their_absence_are_asked() {
    let named =
        |names: &[&str]| PolicyRule { resource_names: texts(names), ..rule(&["list"], &[""], &["secrets"]) };
    let before = with(devs(), bound(Some("shop"), &[named(&[])]));
    let after = with(devs(), bound(Some("shop"), &[named(&["token", "*"])]));
    assert_eq!(
        said(&walk(&before, &after)),
        ["lost list secrets in namespace shop", "lost list secrets other in namespace shop"]
    );
}

#[test]
fn paths_are_asked_at_their_prefixes_and_behind_them() {
    let of = |paths: &[&str]| with(devs(), bound(None, &[urls(&["get"], paths)]));
    assert_eq!(
        said(&walk(&of(&["/healthz*"]), &of(&["/healthz", "/healthz/*"]))),
        ["lost get /healthzother"]
    );
    assert_eq!(said(&walk(&of(&["/a**"]), &of(&["/a*"]))), Vec::<String>::new());
    let lost = said(&walk(&of(&["*"]), &of(&["/*"])));
    assert!(lost.iter().all(|it| !it.starts_with("lost get /")), "{lost:?}");
    // in one namespace they are nowhere
    let within = with(devs(), bound(Some("shop"), &[urls(&["get"], &["*"])]));
    assert_eq!(said(&walk(&within, &World::default())), Vec::<String>::new());
}

#[test]
fn a_binding_to_a_missing_role_takes_nothing_from_the_others() {
    let mut rbac = bound(None, &[rule(&["get"], &[""], &["pods"])]);
    let mut dangling = rbac.bindings[0].clone();
    dangling.role_ref.name = "gone".to_owned();
    rbac.bindings.insert(0, dangling.clone());
    assert!(allowed(devs().as_ref(), &rbac, &pods(None)));
    rbac.bindings.truncate(1);
    assert!(!allowed(devs().as_ref(), &rbac, &pods(None)));
    // a ClusterRole is no Role, and the other way round
    dangling.role_ref.name = "devs".to_owned();
    dangling.role_ref.kind = "Role".to_owned();
    rbac.bindings = vec![dangling];
    assert!(!allowed(devs().as_ref(), &rbac, &pods(None)));
}
