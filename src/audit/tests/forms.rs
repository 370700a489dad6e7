//! What wraps an event does not change it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{AuditEvent, DecidedBy, Decision, ObjectRef, Stage, Target, User};
use super::{event, owned, read};

/// Each form, as a line of it.
fn forms(event: &Value) -> [String; 9] {
    let text = event.to_string();
    let escaped = text.replace('/', "\\/").replace('a', "\\u0061");
    [
        text.clone(),
        escaped,
        json!({"timestamp": 1_778_072_000_000_u64, "message": text}).to_string(),
        json!({"logStreamName": "kube-apiserver-audit-0a1b", "message": text, "eventId": "3"}).to_string(),
        json!({"@timestamp": "2026-05-06 12:53:20.123", "@message": text, "@ptr": "Cl"}).to_string(),
        json!({"@message": event}).to_string(),
        format!("2026-05-06T12:53:20.123Z {text}"),
        format!("2026-05-06T12:53:20.123000+00:00 kube-apiserver-audit-0a1b {text}\r"),
        format!("\u{feff}  {text} "),
    ]
}

#[test]
fn every_form_tells_the_same_event() {
    for line in forms(&event("1", json!({}))) {
        let (reading, events) = read(line.as_bytes());
        assert_eq!((reading.broken, reading.others), (0, 0), "{line}: {reading:?}");
        let [event] = events.as_slice() else { panic!("{line}") };
        assert_eq!((event.stage, &*event.verb, event.code), (Stage::ResponseComplete, "list", Some(200)));
        assert_eq!(event.user.groups, ["developers", "system:authenticated"]);
        assert_eq!(event.user.username, "dev:alice@example.com");
        assert_eq!(event.user.canonical(), "arn:aws:iam::111122223333:role/Dev");
        assert_eq!((event.user.principal(), &*event.user.session_name), ("AROAALICE", "alice@example.com"));
        assert_eq!((event.decision, event.decided_by()), (Some(Decision::Allow), DecidedBy::Rbac));
        assert_eq!(event.time.unwrap().to_string(), "2026-05-06T12:53:20.123456Z");
        let Target::Resource(object) = &event.target else { panic!("{line}") };
        assert_eq!((&*object.resource, &*object.namespace, &*object.name), ("pods", "shop", ""));
    }
}

#[test]
fn a_request_is_told_once_whatever_its_stages_and_their_order() {
    let stage = |id: &str, stage: &str| event(id, json!({"stage": stage})).to_string();
    let log = [
        stage("watch", "RequestReceived"),
        stage("watch", "ResponseStarted"),
        stage("list", "ResponseComplete"),
        stage("watch", "ResponseComplete"),
        // exports have events twice, and not always in order
        stage("list", "ResponseComplete"),
        stage("late", "ResponseComplete"),
        stage("late", "ResponseStarted"),
        stage("open", "ResponseStarted"),
        stage("panic", "Panic"),
        stage("never decided", "RequestReceived"),
    ];
    let (reading, events) = read(log.join("\n").as_bytes());
    let stages: Vec<Stage> = events.iter().map(|event| event.stage).collect();
    use Stage::{Panic, ResponseComplete, ResponseStarted};
    assert_eq!(stages, [ResponseStarted, ResponseComplete, ResponseComplete, ResponseStarted, Panic]);
    assert_eq!((reading.events, reading.repeated, reading.lines), (5, 5, 10));
    // without an id each counts by itself
    let one = event("", json!({})).to_string();
    assert_eq!(read(format!("{one}\n{one}\n").as_bytes()).0.events, 2);
}

#[test]
fn paths_impersonation_and_denials_are_told() {
    let bob = json!({"username": "bob", "groups": ["viewers", "system:authenticated"]});
    let log = [
        event("1", json!({"objectRef": null, "requestURI": "/healthz?verbose", "verb": "get"})),
        event("2", json!({"impersonatedUser": bob})),
        event(
            "3",
            json!({"annotations": {"authorization.k8s.io/decision": "forbid", "authorization.k8s.io/reason": ""},
                "responseStatus": {"code": 403}}),
        ),
        event("4", json!({"annotations": null, "responseStatus": {"code": 401}, "user": {}})),
        event(
            "5",
            json!({"annotations": {"authorization.k8s.io/decision": "allow",
                "authorization.k8s.io/reason": "EKS Access Policy: allowed by ClusterRoleBinding \"a+b\""}}),
        ),
        event("6", json!({"requestReceivedTimestamp": null})),
        event(
            "7",
            json!({"user": {"username": "kubernetes-admin", "uid": "heptio-authenticator-aws:111122223333:AIDABOB",
            "groups": null, "extra": {"arn": ["arn:aws:sts::111122223333:assumed-role/Old/s@x"], "sessionName": [], "principalId": null}}}),
        ),
    ];
    let log: Vec<String> = log.iter().map(Value::to_string).collect();
    let (reading, events) = read(log.join("\n").as_bytes());
    assert_eq!((reading.events, reading.broken), (7, 0), "{reading:?}");
    assert_eq!(events[0].target, Target::Path("/healthz".into()));
    assert_eq!(events[1].asked_about().username, "bob");
    assert_eq!(events[1].user.username, "dev:alice@example.com");
    assert_eq!((events[2].decision, events[2].decided_by()), (Some(Decision::Forbid), DecidedBy::Unsaid));
    assert!(events[3].is_unauthenticated() && events[3].decision.is_none());
    assert_eq!(events[4].decided_by(), DecidedBy::AccessPolicy);
    assert_eq!(events[5].time.unwrap().to_string(), "2026-05-06T12:53:21Z");
    let old = &events[6].user;
    assert_eq!((&*old.canonical(), old.principal()), ("arn:aws:iam::111122223333:role/Old", "AIDABOB"));
    let period = reading.period.unwrap();
    assert_eq!(period.first.to_string(), "2026-05-06T12:53:20.123456Z");
    assert_eq!(period.last.to_string(), "2026-05-06T12:53:21Z");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z:/@.{}-]{0,12}", any::<String>(), Just("\" \\ \n \u{2028} \u{1f980}".to_owned()),]
}

fn user() -> impl Strategy<Value = User<'static>> {
    let texts = (text(), text(), text(), text(), text(), text());
    (texts, proptest::collection::vec(text(), 0..4)).prop_map(|(texts, groups)| {
        let (username, uid, arn, canonical_arn, principal_id, session_name) = texts;
        User {
            username: username.into(),
            groups: groups.into_iter().map(Into::into).collect(),
            uid: uid.into(),
            arn: arn.into(),
            canonical_arn: canonical_arn.into(),
            principal_id: principal_id.into(),
            session_name: session_name.into(),
        }
    })
}

fn target() -> impl Strategy<Value = Target<'static>> {
    let object = ("[a-z]{1,8}", text(), text(), text(), text()).prop_map(|it| {
        let (resource, subresource, api_group, namespace, name) = it;
        Target::Resource(ObjectRef {
            resource: resource.into(),
            subresource: subresource.into(),
            api_group: api_group.into(),
            namespace: namespace.into(),
            name: name.into(),
        })
    });
    prop_oneof![object, "/[a-z/é]{0,9}".prop_map(|path| Target::Path(path.into()))]
}

fn an_event() -> impl Strategy<Value = AuditEvent<'static>> {
    use Stage::{Panic, ResponseComplete, ResponseStarted};
    let stage = proptest::sample::select(vec![ResponseStarted, ResponseComplete, Panic]);
    let decision = proptest::option::of(proptest::sample::select(vec![Decision::Allow, Decision::Forbid]));
    let time = proptest::option::of(1_600_000_000_i64..1_900_000_000);
    let code = proptest::option::of(100_u16..600);
    (stage, text(), user(), proptest::option::of(user()), target(), decision, text(), code, time).prop_map(
        |(stage, verb, user, impersonated, target, decision, reason, code, time)| AuditEvent {
            stage,
            verb: verb.into(),
            user,
            impersonated,
            target,
            decision,
            reason: reason.into(),
            code,
            time: time.map(|time| jiff::Timestamp::from_second(time).unwrap()),
        },
    )
}

/// As the API server writes it: what is empty is left out.
fn written(event: &AuditEvent<'_>) -> Value {
    let of_user = |user: &User<'_>| {
        json!({
            "username": user.username, "uid": user.uid, "groups": user.groups,
            "extra": {
                "arn": [user.arn, "not the first"], "canonicalArn": [user.canonical_arn],
                "principalId": [user.principal_id], "sessionName": [user.session_name],
            },
        })
    };
    let mut json = json!({
        "kind": "Event", "auditID": "a", "verb": event.verb, "user": of_user(&event.user),
        "stage": format!("{:?}", event.stage), "annotations": {"authorization.k8s.io/reason": event.reason},
    });
    match &event.target {
        Target::Path(path) => json["requestURI"] = json!(format!("{path}?x=/")),
        Target::Resource(it) => {
            let mut object = json!({"resource": it.resource});
            let rest = [
                ("subresource", &it.subresource),
                ("apiGroup", &it.api_group),
                ("namespace", &it.namespace),
                ("name", &it.name),
            ];
            for (field, value) in rest.into_iter().filter(|(_, value)| !value.is_empty()) {
                object[field] = json!(value);
            }
            json["objectRef"] = object;
        }
    }
    if let Some(user) = &event.impersonated {
        json["impersonatedUser"] = of_user(user);
    }
    if let Some(decision) = event.decision {
        let decision = if decision == Decision::Allow { "allow" } else { "forbid" };
        json["annotations"]["authorization.k8s.io/decision"] = json!(decision);
    }
    if let Some(code) = event.code {
        json["responseStatus"] = json!({"code": code});
    }
    if let Some(time) = event.time {
        json["stageTimestamp"] = json!(time.to_string());
    }
    json
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_in_any_form_reads_back(event in an_event()) {
        for line in forms(&written(&event)) {
            let (reading, events) = read(line.as_bytes());
            prop_assert_eq!(&events, &[owned(&event)], "{}: {:?}", line, reading);
        }
    }
}
