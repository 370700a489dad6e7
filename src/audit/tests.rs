mod aggregates;
mod broken;
mod forms;
mod oracle;
mod packed;

use serde_json::{Value, json};

use super::{AuditEvent, Reading, read_events};

/// Who alice is in a log.
fn alice() -> Value {
    json!({
        "username": "dev:alice@example.com",
        "uid": "aws-iam-authenticator:111122223333:AROAALICE",
        "groups": ["developers", "system:authenticated"],
        "extra": {
            "accessKeyId": ["ASIAEXAMPLE"],
            "arn": ["arn:aws:sts::111122223333:assumed-role/Dev/alice@example.com"],
            "canonicalArn": ["arn:aws:iam::111122223333:role/Dev"],
            "principalId": ["AROAALICE"],
            "sessionName": ["alice@example.com"],
            "sigs.k8s.io/aws-iam-authenticator/principalId": ["AROAALICE"],
        },
    })
}

/// One event; `other` replaces fields, and `null` takes them away.
fn event(id: &str, other: Value) -> Value {
    let mut event = json!({
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "RequestResponse",
        "auditID": id,
        "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/shop/pods?limit=500",
        "verb": "list",
        "user": alice(),
        "sourceIPs": ["203.0.113.7"],
        "userAgent": "kubectl/v1.30.0 \"quoted\" {[",
        "objectRef": {"resource": "pods", "namespace": "shop", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200, "message": "fine"},
        "responseObject": {"kind": "PodList", "items": [{"user": {"username": "mallory"}, "verb": "delete"}]},
        "requestReceivedTimestamp": "2026-05-06T12:53:20.123456Z",
        "stageTimestamp": "2026-05-06T12:53:21.000000Z",
        "annotations": {
            "authorization.k8s.io/decision": "allow",
            "authorization.k8s.io/reason": "RBAC: allowed by RoleBinding \"dev/shop\" of Role \"dev\" to Group \"developers\"",
        },
    });
    for (field, value) in other.as_object().unwrap() {
        match value {
            Value::Null => drop(event.as_object_mut().unwrap().remove(field)),
            value => event[field] = value.clone(),
        }
    }
    event
}

/// Reads a log to its end, keeping what it tells.
fn read(log: &[u8]) -> (Reading, Vec<AuditEvent<'static>>) {
    let mut events = Vec::new();
    let reading = read_events(log, |event| events.push(owned(event))).unwrap();
    assert_eq!(reading.events, events.len() as u64);
    (reading, events)
}

fn owned(event: &AuditEvent<'_>) -> AuditEvent<'static> {
    use std::borrow::Cow;

    use super::{ObjectRef, Target, User};
    let text = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
    let user = |user: &User<'_>| User {
        username: text(&user.username),
        groups: user.groups.iter().map(text).collect(),
        uid: text(&user.uid),
        arn: text(&user.arn),
        canonical_arn: text(&user.canonical_arn),
        principal_id: text(&user.principal_id),
        session_name: text(&user.session_name),
    };
    AuditEvent {
        stage: event.stage,
        verb: text(&event.verb),
        user: user(&event.user),
        impersonated: event.impersonated.as_ref().map(user),
        target: match &event.target {
            Target::Path(path) => Target::Path(text(path)),
            Target::Resource(object) => Target::Resource(ObjectRef {
                resource: text(&object.resource),
                subresource: text(&object.subresource),
                api_group: text(&object.api_group),
                namespace: text(&object.namespace),
                name: text(&object.name),
            }),
        },
        decision: event.decision,
        reason: text(&event.reason),
        code: event.code,
        time: event.time,
    }
}
