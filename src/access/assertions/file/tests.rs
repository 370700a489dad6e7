use crate::access::assertions::file::*;

const DEV: &str = "arn:aws:iam::111122223333:role/dev";

fn of(text: &str) -> Assertion {
    let parsed = Assertions::parse("x", &format!("version: 1\nassertions:\n  - {text}\n"));
    parsed.unwrap_or_else(|error| panic!("{text}: {error}")).list.remove(0)
}

fn user(username: &str, groups: &[&str]) -> Asserted {
    let groups = groups.iter().map(|group| (*group).to_owned()).collect();
    Asserted::User(UserInfo { username: username.to_owned(), groups })
}

fn resource(text: &str) -> (String, String, Option<String>) {
    match of(&format!("{{user: a, can: {{verb: get, resource: {text:?}}}}}")).what {
        Attributes::Resource { resource, group, subresource, .. } => (resource, group, subresource),
        Attributes::NonResource { .. } => panic!("{text}"),
    }
}

#[test]
fn every_key_has_its_meaning() {
    let text = "version: 1
assertions:
  - principal: arn:aws:iam::111122223333:role/dev
    session: alice
    when: same
    can: {verb: create, resource: deployments.apps/scale, name: web, namespace: shop}
  - user: bob
    groups: [viewers, \"yes\"]
    cannot: {verb: get, resource: secrets}
  - cannot: {verb: get, path: /healthz}
    groups: [system:masters]
    when: after
  - principal: arn:aws:sts::111122223333:assumed-role/dev/ann
    can: {verb: get, resource: pods, namespace: ''}
  - principal: arn:aws:iam::111122223333:user/ops/maria
    can: {verb: get, resource: pods}
";
    let Assertions { name, list } = Assertions::parse("access.yaml", text).unwrap();
    assert_eq!(name, "access.yaml");
    let [dev, bob, group, ann, maria] = list.as_slice() else { panic!("{list:?}") };
    let alice = Asserted::Principal { arn: DEV.to_owned(), session: Some("alice".to_owned()) };
    assert_eq!((&dev.who, dev.when, dev.expected), (&alice, When::Same, Answer::Allowed));
    assert_eq!(dev.at, Some(Place { line: 3, column: 5 }));
    assert_eq!(dev.what.to_string(), "create deployments/scale (apps) web in namespace shop");
    assert_eq!((&bob.who, bob.when), (&user("bob", &["viewers", "yes"]), When::Both));
    assert_eq!((bob.expected, bob.at), (Answer::Denied, Some(Place { line: 7, column: 5 })));
    assert_eq!((&group.who, group.when), (&user("", &["system:masters"]), When::After));
    assert_eq!(group.what, Attributes::NonResource { path: "/healthz".into(), verb: "get".into() });
    assert!(matches!(&ann.who, Asserted::Principal { session: Some(ann), .. } if ann == "ann"));
    assert_eq!(ann.what.namespace(), None);
    // a user has no sessions: its session name is always empty
    assert!(matches!(&maria.who, Asserted::Principal { session: Some(none), .. } if none.is_empty()));
}

#[test]
fn a_resource_is_cut_at_its_first_dot_and_slash() {
    let parts = |resource: &str, group: &str, subresource: Option<&str>| {
        (resource.to_owned(), group.to_owned(), subresource.map(str::to_owned))
    };
    assert_eq!(resource("pods"), parts("pods", "", None));
    assert_eq!(resource("pods/log"), parts("pods", "", Some("log")));
    assert_eq!(resource("ingresses.networking.k8s.io"), parts("ingresses", "networking.k8s.io", None));
    assert_eq!(resource("deployments.apps/scale"), parts("deployments", "apps", Some("scale")));
    assert_eq!(resource("services/proxy/a.b"), parts("services", "", Some("proxy/a.b")));
    assert_eq!(resource("*.*/*"), parts("*", "*", Some("*")));
    assert_eq!(resource("/log"), parts("", "", Some("log")));
    assert_eq!(resource("pods/"), parts("pods/", "", None));
}

/// The authorizer knows no name that is none, so that an empty one is asked as it is written.
#[test]
fn empty_names_are_names() {
    assert_eq!(of("{user: '', can: {verb: '', path: ''}}").who, user("", &[]));
    assert_eq!(of("{user: a, groups: [''], can: {verb: get, resource: ''}}").who, user("a", &[""]));
    assert_eq!(of("{user: a, groups: [], can: {verb: get, resource: pods}}").who, user("a", &[]));
}

fn error(text: &str) -> (Kind, Option<(usize, usize)>) {
    let error = Assertions::parse("access.yaml", text).unwrap_err();
    assert_eq!(error.name, "access.yaml");
    let message = error.to_string();
    assert!(!message.contains('\n') && !message.starts_with(char::is_uppercase), "{message}");
    (error.kind, error.place.map(|place| (place.line, place.column)))
}

/// Of one assertion, whose first key is at 3:5.
fn error_of(text: &str) -> (Kind, Option<(usize, usize)>) {
    error(&format!("version: 1\nassertions:\n  - {text}\n"))
}

#[test]
fn the_version_comes_first() {
    assert_eq!(error(""), (Kind::NoVersion, None));
    assert_eq!(error("assertions: []\n"), (Kind::NoVersion, None));
    assert_eq!(error("version: 2\nrules: 1\n"), (Kind::UnknownVersion("2".into()), Some((1, 10))));
    assert_eq!(error("version: '1'\n"), (Kind::UnknownVersion("\"1\"".into()), Some((1, 10))));
    assert_eq!(error("version: 1\n---\nversion: 1\n"), (Kind::SecondDocument, None));
}

#[test]
fn a_list_that_asserts_nothing_is_an_error() {
    for (text, place) in [
        ("", None),
        ("assertions:\n", None),
        ("assertions: null\n", None),
        ("assertions: []\n", Some((2, 13))),
    ] {
        assert_eq!(error(&format!("version: 1\n{text}")), (Kind::NothingAsserted, place), "{text}");
    }
}

#[test]
fn unknown_keys_and_wrong_types_have_their_place() {
    for (text, place) in [
        ("usr: bob", (3, 5)),
        ("user: bob\n    group: [a]", (4, 5)),
        ("user: 1", (3, 11)),
        ("user: [a]", (3, 11)),
        ("groups: a", (3, 13)),
        ("groups: [true]", (3, 14)),
        ("user: a\n    when: never", (4, 11)),
        ("user: a\n    can: get pods", (4, 10)),
        ("user: a\n    can: {verb: get, resource: pods, namespaces: x}", (4, 38)),
        ("user: a\n    can: {resource: pods}", (4, 11)),
        ("user: a\n    can: {verb: [get], resource: pods}", (4, 17)),
        ("user: a\n    user: b", (4, 5)),
        ("- a", (3, 5)),
    ] {
        let (kind, at) = error_of(text);
        assert!(matches!(kind, Kind::Misread(_)), "{text}: {kind:?}");
        assert_eq!(at, Some(place), "{text}: {kind}");
    }
    assert!(matches!(error("version: 1\nassertion: []\n"), (Kind::Misread(_), Some((2, 1)))));
    assert!(matches!(error("version: 1\nassertions: {}\n"), (Kind::Misread(_), Some((2, 13)))));
}

#[test]
fn what_contradicts_itself_is_refused_where_it_does() {
    let can = "can: {verb: get, resource: pods}";
    let with = |text: &str| error_of(&format!("{text}\n    {can}"));
    assert_eq!(with(&format!("principal: {DEV}\n    user: bob")), (Kind::PrincipalAndUser, Some((4, 11))));
    assert_eq!(with(&format!("principal: {DEV}\n    groups: [a]")), (Kind::PrincipalAndUser, Some((4, 13))));
    assert_eq!(with("when: both"), (Kind::Nobody, Some((3, 5))));
    assert_eq!(with("groups: []"), (Kind::Empty("groups"), Some((3, 13))));
    assert_eq!(with("user: a\n    session: x"), (Kind::SessionOfUser, Some((4, 14))));
    assert_eq!(with(&format!("principal: {DEV}\n    session: ''")), (Kind::Empty("session"), Some((4, 14))));
    let arn = "arn:aws:iam::111122223333:user/a";
    assert_eq!(
        with(&format!("principal: {arn}\n    session: x")),
        (Kind::SessionOfIamUser(arn.into()), Some((4, 14)))
    );
    let arn = "arn:aws:sts::111122223333:assumed-role/dev/ann";
    assert_eq!(
        with(&format!("principal: {arn}\n    session: x")),
        (Kind::SessionTwice(arn.into()), Some((4, 14)))
    );
    for arn in ["dev", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:group/a", "''"] {
        assert!(matches!(with(&format!("principal: {arn}")), (Kind::Arn { .. }, Some((3, 16)))), "{arn}");
    }
    let request = |text: &str| error_of(&format!("user: a\n    {text}"));
    assert_eq!(
        request(&format!("{can}\n    cannot: {{verb: get, path: /}}")),
        (Kind::CanAndCannot, Some((5, 13)))
    );
    assert_eq!(request("when: before"), (Kind::NeitherCanNorCannot, Some((3, 5))));
    assert_eq!(request("can: {verb: get}"), (Kind::NeitherResourceNorPath, Some((4, 10))));
    assert_eq!(request("can: {verb: get, resource: a, path: /}"), (Kind::ResourceAndPath, Some((4, 41))));
    assert_eq!(request("can: {verb: get, path: /, name: x}"), (Kind::PathAnd("name"), Some((4, 37))));
    assert_eq!(
        request("can: {verb: get, path: /, namespace: x}"),
        (Kind::PathAnd("namespace"), Some((4, 42)))
    );
}
