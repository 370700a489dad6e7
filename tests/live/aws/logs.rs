//! FilterLogEvents as it goes over the wire.

use eksodus::eks::{AwsErrorKind, LogsApi as _};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::recorded::{Answer, Recorded};
use super::{aws, run};

fn at(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap()
}

fn refused(status: u16, body: &str) -> Answer {
    Answer::Whole { status, headers: "content-type: application/x-amz-json-1.1\r\n", body: body.to_owned() }
}

#[test]
fn pages_are_asked_for_by_their_token_and_may_be_empty() {
    let server = Recorded::start(vec![
        Answer::json(
            r#"{"events":[{"eventId":"1","ingestionTime":2,"logStreamName":"kube-apiserver-audit-x","message":"{\"kind\":\"Event\"}","timestamp":1},{"eventId":"2"}],"nextToken":"a/b+c=","searchedLogStreams":[]}"#,
        ),
        Answer::json(r#"{"events":[],"nextToken":"more"}"#),
        Answer::json(r#"{"searchedLogStreams":[]}"#),
    ]);
    run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        let first = aws.audit_events(at(1_500), at(99_999), None).await.unwrap();
        assert_eq!(
            (first.items, first.next.as_deref()),
            (vec![r#"{"kind":"Event"}"#.to_owned()], Some("a/b+c="))
        );
        let empty = aws.audit_events(at(1_500), at(99_999), Some("a/b+c=")).await.unwrap();
        assert_eq!((empty.items.len(), empty.next.as_deref()), (0, Some("more")));
        let last = aws.audit_events(at(1_500), at(99_999), Some("more")).await.unwrap();
        assert_eq!((last.items.len(), last.next), (0, None));
    });
    let requests = server.requests();
    assert_eq!(requests[0].line, "POST /");
    assert_eq!(requests[0].header("x-amz-target"), "Logs_20140328.FilterLogEvents");
    assert!(requests[0].header("authorization").contains("/us-east-1/logs/aws4_request"));
    let sent = |at: usize| -> Value { serde_json::from_str(&requests[at].body).unwrap() };
    let asked = json!({
        "logGroupName": "/aws/eks/c/cluster", "logStreamNamePrefix": "kube-apiserver-audit",
        "startTime": 1_500, "endTime": 99_999,
    });
    assert_eq!(sent(0), asked);
    let mut next = asked;
    next["nextToken"] = "a/b+c=".into();
    assert_eq!(sent(1), next);
}

#[test]
fn what_it_refuses_is_told_apart() {
    let error = |name: &str| refused(400, &format!(r#"{{"__type":"{name}","message":"no"}}"#));
    for (answer, kind) in [
        (error("ResourceNotFoundException"), AwsErrorKind::NotFound),
        (error("AccessDeniedException"), AwsErrorKind::AccessDenied),
        (error("ThrottlingException"), AwsErrorKind::Throttled),
        (error("InvalidParameterException"), AwsErrorKind::InvalidParameter),
        (error("UnrecognizedClientException"), AwsErrorKind::Credentials),
        (refused(503, r#"{"__type":"ServiceUnavailableException"}"#), AwsErrorKind::Server),
        (Answer::json(r#"{"events":[{"message":"a"#), AwsErrorKind::Transport),
        (Answer::Half { status: 200, body: "{\"events\":[]}" }, AwsErrorKind::Transport),
    ] {
        let server = Recorded::start(vec![answer.clone()]);
        let error = run(async {
            aws(&server.url, "AKIDEXAMPLE", "c").await.audit_events(at(0), at(1), None).await.unwrap_err()
        });
        assert_eq!((error.operation, error.kind), ("logs:FilterLogEvents", kind), "{answer:?}: {error}");
        assert_eq!(server.requests().len(), 1, "tries are the caller's");
    }
}
