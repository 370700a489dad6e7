//! What is kept of a log.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{
    AuditEvent, DecidedBy, DistinctRequests, Evidence, Limits, Login, Logins, Reading, Target, Whom,
    read_events,
};
use super::{alice, event, read};

fn requests(whom: Whom, log: &[Value]) -> DistinctRequests {
    let mut requests = DistinctRequests::new(whom);
    read_events(lines(log).as_bytes(), |event| requests.add(event)).unwrap();
    requests
}

fn evidence(log: &[Value]) -> Evidence {
    let mut logins = Logins::default();
    let reading = read_events(lines(log).as_bytes(), |event| logins.add(event)).unwrap();
    Evidence::of(&reading, logins)
}

fn lines(log: &[Value]) -> String {
    log.iter().map(|event| event.to_string() + "\n").collect()
}

fn as_user(id: &str, username: &str, uid: &str) -> Value {
    event(id, json!({"user": {"username": username, "uid": uid, "groups": ["g", "system:authenticated"]}}))
}

const NODE: &str = "aws-iam-authenticator:111122223333:AROANODE";

#[test]
fn the_same_request_is_one_and_counted() {
    let mut turned = alice();
    turned["groups"] = json!(["system:authenticated", "developers", "developers"]);
    let denied = json!({"annotations": {"authorization.k8s.io/decision": "forbid"}});
    let by_policy = json!({"annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "EKS Access Policy: x"}});
    let log = [
        event("1", json!({})),
        event("2", json!({"user": turned})),
        event("3", denied),
        event("4", by_policy),
        event("5", json!({"annotations": null})),
        event(
            "6",
            json!({"verb": "get", "objectRef": {"resource": "pods", "subresource": "log", "namespace": "shop", "name": "a"}}),
        ),
        event("7", json!({"objectRef": null, "requestURI": "/metrics"})),
        event("8", json!({"impersonatedUser": alice()})),
        event("9", json!({"user": {}, "responseStatus": {"code": 401}})),
    ];
    let requests = requests(Whom::default(), &log);
    let all: Vec<_> = requests.iter().collect();
    assert_eq!((all.len(), requests.total(), requests.unauthenticated()), (4, 9, 1));
    let first = &all[0];
    assert_eq!((first.counts.allowed, first.counts.forbidden, first.counts.undecided), (3, 1, 1));
    let by = |by| first.counts.decided_by(by);
    assert_eq!((by(DecidedBy::Rbac), by(DecidedBy::AccessPolicy), by(DecidedBy::Unsaid)), (2, 1, 2));
    assert_eq!((all[1].subresource, all[1].name, all[1].path), ("log", "a", ""));
    assert_eq!((all[2].path, all[2].resource), ("/metrics", ""));
    let identities: Vec<_> = requests.identities().collect();
    assert_eq!(identities.len(), 2);
    assert_eq!(identities[0].groups, ["developers", "system:authenticated"]);
    assert_eq!(identities[0].principal_id, "AROAALICE");
    // the same name and groups, and nobody who authenticated so
    assert_eq!((identities[1].username, identities[1].canonical_arn), (identities[0].username, ""));
    assert_eq!(all[3].identity, 1);
}

#[test]
fn the_system_is_left_out_unless_asked_for() {
    let system = [
        "system:serviceaccount:kube-system:coredns",
        "system:kube-scheduler",
        "system:apiserver",
        "system:node:ip-10-0-0-1.ec2.internal",
        "eks:addon-manager",
    ];
    let mut log: Vec<Value> = system.iter().map(|name| as_user(name, name, NODE)).collect();
    log.push(as_user("x", "system:anonymous", ""));
    log.push(as_user("y", "systematic", ""));
    let without = requests(Whom::WithoutTheSystem, &log);
    assert_eq!((without.len(), without.skipped()), (2, 5));
    let with = requests(Whom::Everybody, &log);
    assert_eq!((with.len(), with.skipped()), (7, 0));
    // a node authenticates by IAM, and so does whatever a mapping calls by such a name; EKS itself is not a principal of ours
    let evidence = evidence(&log);
    let names: BTreeSet<&str> =
        evidence.logins.iter().flat_map(|login| &login.usernames).map(String::as_str).collect();
    assert!(names.contains("system:node:ip-10-0-0-1.ec2.internal"));
    assert!(!names.contains("eks:addon-manager") && !names.contains("systematic"));
}

#[test]
fn a_login_has_its_period_its_names_and_its_sessions() {
    let at = |id: &str, time: &str, session: &str, principal: &str| {
        let mut user = alice();
        user["username"] = json!(format!("dev:{session}"));
        user["extra"]["sessionName"] = json!([session]);
        user["extra"]["principalId"] = json!([principal]);
        event(id, json!({"user": user, "requestReceivedTimestamp": time}))
    };
    let mut account = alice();
    account["username"] = account["extra"]["canonicalArn"][0].clone();
    account["groups"] = json!(["system:authenticated"]);
    let log = [
        at("1", "2026-05-02T00:00:00Z", "bob", "AROANEW"),
        at("2", "2026-05-03T00:00:00Z", "alice", "AROANEW"),
        at("3", "2026-05-01T00:00:00Z", "alice", "AROAOLD"),
        at("4", "2026-05-01T12:00:00Z", "carol", "AROANEW"),
        at("5", "no time", "carol", "AROANEW"),
        event("6", json!({"user": account, "requestReceivedTimestamp": "2026-04-01T00:00:00Z"})),
    ];
    let evidence = evidence(&log);
    assert_eq!(evidence.requests, 6);
    let found: Vec<(&str, u64, u64)> = evidence
        .logins
        .iter()
        .map(|login| (login.principal_id.as_str(), login.requests, login.as_of_an_account))
        .collect();
    assert_eq!(found, [("AROAALICE", 1, 1), ("AROANEW", 4, 0), ("AROAOLD", 1, 0)]);
    let new: &Login = &evidence.logins[1];
    assert_eq!(new.sessions, BTreeSet::from(["alice", "bob", "carol"].map(str::to_owned)));
    assert_eq!(new.usernames.len(), 3);
    // the time at which it was answered stands in for one that cannot be read
    let period = new.period.unwrap();
    assert_eq!(
        (period.first.to_string(), period.last.to_string()),
        ("2026-05-01T12:00:00Z".into(), "2026-05-06T12:53:21Z".into())
    );
    let key = crate::model::CanonicalArn::of("arn:aws:sts::111122223333:assumed-role/Dev/x");
    assert_eq!(evidence.by_arn()[&key].len(), 3);
    let json = serde_json::to_string(&evidence).unwrap();
    assert_eq!(serde_json::from_str::<Evidence>(&json).unwrap(), evidence);
}

#[test]
fn what_has_no_room_is_counted() {
    let named = |n: usize| {
        let object = json!({"resource": "pods", "namespace": "shop", "name": format!("pod-{n}")});
        event(&n.to_string(), json!({"verb": "get", "objectRef": object}))
    };
    let mut log: Vec<Value> = (0..50).map(named).collect();
    let mut again = named(0);
    again["auditID"] = json!("again");
    log.push(again);
    for limits in [Limits { requests: 10, text: 1 << 20 }, Limits { requests: 1_000, text: 2_500 }] {
        let mut requests = DistinctRequests::with_limits(Whom::default(), limits);
        read_events(lines(&log).as_bytes(), |event| requests.add(event)).unwrap();
        assert!(requests.len() >= 5 && requests.len() <= 20, "{}", requests.len());
        assert_eq!(requests.beyond(), 50 - requests.len() as u64);
        // one that is there is counted on
        assert_eq!(requests.iter().next().unwrap().counts.total(), 2);
    }
    // a pipeline's sessions have no end
    let session = |n: usize| {
        let mut user = alice();
        user["extra"]["sessionName"] = json!([format!("botocore-session-{n}")]);
        event(&n.to_string(), json!({"user": user}))
    };
    let evidence = evidence(&(0..100).map(session).collect::<Vec<_>>());
    assert_eq!((evidence.logins[0].sessions.len(), evidence.logins[0].and_more), (20, true));
    assert_eq!(evidence.logins[0].requests, 100);
}

/// What an authorizer sees, as one text, and how often it was allowed, forbidden, neither.
fn counted_simply(events: &[AuditEvent<'_>]) -> BTreeMap<String, [u64; 3]> {
    let mut counts = BTreeMap::<String, [u64; 3]>::new();
    for event in events {
        let user = event.asked_about();
        let groups: BTreeSet<_> = user.groups.iter().collect();
        let of_iam = match event.impersonated.is_none() && user.is_iam_login() {
            true => (user.canonical().into_owned(), user.principal().to_owned()),
            false => (String::new(), String::new()),
        };
        let target = match &event.target {
            Target::Path(path) => format!("{path:?}"),
            Target::Resource(it) => {
                format!("{:?}", (&it.api_group, &it.resource, &it.subresource, &it.namespace, &it.name))
            }
        };
        let key = format!("{:?}", (&user.username, groups, of_iam, &event.verb, target));
        counts.entry(key).or_default()[event.decision.map_or(2, |it| it as usize)] += 1;
    }
    counts
}

proptest! {
    /// Against a plain table of texts.
    #[test]
    fn distinct_requests_are_what_a_plain_table_says(
        picks in proptest::collection::vec((0_usize..3, 0_usize..3, 0_usize..4, 0_usize..3, any::<bool>()), 0..60),
    ) {
        let users = [
            alice(),
            json!({"username": "bob", "groups": ["a", "b"]}),
            json!({"username": "bob", "groups": ["b", "a", "a"], "uid": NODE}),
        ];
        let targets = [
            json!({"resource": "pods"}),
            json!({"resource": "pods", "name": "shop"}),
            json!({"resource": "pods", "namespace": "shop"}),
            Value::Null,
        ];
        let log: Vec<Value> = picks.iter().enumerate().map(|(n, (user, verb, target, decision, other))| {
            let verbs = ["get", "list", "watch"];
            let decision = ["allow", "forbid", "none"][*decision];
            let mut fields = json!({
                "user": users[*user], "verb": verbs[*verb], "objectRef": targets[*target],
                "requestURI": "/x", "annotations": {"authorization.k8s.io/decision": decision},
            });
            if *other {
                fields["impersonatedUser"] = users[(*user + 1) % 3].clone();
            }
            event(&n.to_string(), fields)
        }).collect();
        let (_, events) = read(lines(&log).as_bytes());
        let requests = requests(Whom::Everybody, &log);
        let expected = counted_simply(&events);
        let sorted = |counts: Vec<[u64; 3]>| { let mut counts = counts; counts.sort_unstable(); counts };
        let found = requests.iter().map(|it| [it.counts.allowed, it.counts.forbidden, it.counts.undecided]).collect();
        prop_assert_eq!(sorted(found), sorted(expected.into_values().collect()));
        // all of them differ
        let kinds: BTreeSet<String> = requests.iter().map(|it| {
            let identity = requests.identity(it.identity).unwrap();
            format!("{:?}", (identity, it.verb, it.api_group, it.resource, it.subresource, it.namespace, it.name, it.path))
        }).collect();
        prop_assert_eq!(kinds.len(), requests.len());
    }
}

#[test]
fn a_reading_without_events_is_evidence_of_nothing() {
    assert_eq!(Evidence::of(&Reading::default(), Logins::default()), Evidence::default());
}
