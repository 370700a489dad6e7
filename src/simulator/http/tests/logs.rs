use serde_json::json;

use crate::simulator::http::tests::*;

const GROUP: &str = "/aws/eks/prod/cluster";

const LOG: &str = r#"{"kind":"Event","auditID":"2","requestReceivedTimestamp":"2026-01-01T00:00:02Z"}
{"kind":"Event","auditID":"1","stageTimestamp":"2026-01-01T00:00:01Z"}
I0101 00:00:00.000000 1 server.go:1] of another stream

{"kind":"Event","auditID":"3","requestReceivedTimestamp":"2026-01-01T00:00:03Z"}"#;

/// Milliseconds of the second of that day.
fn at(second: i64) -> i64 {
    1_767_225_600_000 + second * 1_000
}

fn filter(world: &Simulator, body: &Value) -> (u16, Value) {
    let mut request = signed("logs", request("POST", "/", &body.to_string()));
    request.headers.push(("x-amz-target".to_owned(), "Logs_20140328.FilterLogEvents".to_owned()));
    let response = world.respond(&request, &scene());
    assert_eq!(header(&response, "content-type"), Some("application/x-amz-json-1.1"));
    (response.status, json(&response))
}

fn ids(answer: &Value) -> Vec<String> {
    let events = answer["events"].as_array().unwrap().iter();
    let message = |event: &Value| event["message"].as_str().unwrap().to_owned();
    events
        .map(|event| {
            serde_json::from_str::<Value>(&message(event)).unwrap_or_default()["auditID"].to_string()
        })
        .collect()
}

#[test]
fn events_come_by_their_time_in_pages_and_by_what_was_asked_for() {
    let world = dual();
    world.set_audit_log(LOG);
    let (status, all) = filter(&world, &json!({"logGroupName": GROUP}));
    assert_eq!((status, all["events"].as_array().unwrap().len(), &all["nextToken"]), (200, 4, &Value::Null));
    let audit = json!({"logGroupName": GROUP, "logStreamNamePrefix": "kube-apiserver-audit"});
    let with = |more: Value| {
        let mut asked = audit.clone();
        asked.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
        asked
    };
    let (_, events) = filter(&world, &audit);
    assert_eq!(ids(&events), ["\"1\"", "\"2\"", "\"3\""]);
    assert_eq!(events["events"][0]["timestamp"], at(1));
    assert_eq!(events["events"][0]["logStreamName"], "kube-apiserver-audit-0123456789abcdef");
    let (_, some) = filter(&world, &with(json!({"startTime": at(2), "endTime": at(3) - 1})));
    assert_eq!(ids(&some), ["\"2\""]);
    let (_, first) = filter(&world, &with(json!({"limit": 2})));
    assert_eq!(ids(&first), ["\"1\"", "\"2\""]);
    let (_, last) = filter(&world, &with(json!({"limit": 2, "nextToken": first["nextToken"]})));
    assert_eq!((ids(&last), &last["nextToken"]), (vec!["\"3\"".to_owned()], &Value::Null));
    let (status, refused) = filter(&world, &with(json!({"nextToken": "invented"})));
    assert_eq!((status, &refused["__type"]), (400, &json!("InvalidParameterException")));
}

#[test]
fn what_is_not_there_or_not_allowed_is_said_as_aws_says_it() {
    let world = dual();
    let ask = |world: &Simulator, group: &str| filter(world, &json!({"logGroupName": group}));
    let missing = (
        400,
        json!({"__type": "ResourceNotFoundException", "message": "The specified log group does not exist."}),
    );
    assert_eq!(ask(&world, GROUP), missing);
    world.set_audit_log(LOG);
    assert_eq!(ask(&world, "/aws/eks/other/cluster"), missing);
    world.set_faults(read_faults(&["throttle:logs:FilterLogEvents:1", "fail:logs:FilterLogEvents:2"]));
    assert_eq!(ask(&world, GROUP).1["__type"], "ThrottlingException");
    let (status, failed) = ask(&world, GROUP);
    assert_eq!((status, &failed["__type"]), (500, &json!("ServiceUnavailableException")));
    assert_eq!(ask(&world, GROUP).0, 200);
    world.set_faults(read_faults(&["deny:logs:FilterLogEvents"]));
    let (_, denied) = ask(&world, GROUP);
    assert_eq!(denied["__type"], "AccessDeniedException");
    assert!(
        denied["message"].as_str().unwrap().contains("is not authorized to perform: logs:FilterLogEvents")
    );
}
