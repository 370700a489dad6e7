//! The clock of the machine is wrong: AWS refuses what it signs, with nothing done.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::ground::Ground;
use super::network::is_complete;
use super::shape::Shape;
use crate::servers::relay::{Act, Asked};

const APPLY: [&str; 4] = ["apply", "plan.json", "--yes", "--quiet"];

const OF_EKS: &str = "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\
    x-amzn-ErrorType: InvalidSignatureException\r\nConnection: close\r\n\r\n\
    {\"message\":\"Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z (20260101T001500Z - 5 min.)\"}";
const OF_STS: &str = "HTTP/1.1 403 Forbidden\r\nContent-Type: text/xml\r\nConnection: close\r\n\r\n\
    <ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>Signature not yet current: \
    20260101T001000Z is still later than 20260101T000500Z (20260101T000000Z + 5 min.)</Message></Error>\
    <RequestId>r</RequestId></ErrorResponse>";

/// What AWS says to it; the API server does not look at the time.
fn refused(asked: &Asked<'_>) -> Act {
    match asked.target {
        "/" => Act::Answer(OF_STS),
        target if target.starts_with("/kubernetes") => Act::Pass,
        _ => Act::Answer(OF_EKS),
    }
}

#[test]
fn a_wrong_clock_is_told_and_nothing_is_done() {
    let ground = Ground::served(Shape::SMALL, &[]);
    let relay = &ground.served.as_ref().expect("it is served").relay;
    relay.judge(refused);
    for args in [&APPLY[..], &["status"], &["plan"], &["rollback", "--yes"]] {
        let ran = ground.on_cluster(args);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains("this machine's clock is wrong: Signature expired"), "{ran:?}");
        assert!(ran.stderr.contains("hint: set the clock of this machine"), "{ran:?}");
        assert_eq!(ran.stdout, "");
    }
    relay.judge(|_| Act::Pass);
    assert!(ground.runs().is_empty() && ground.entries().is_empty());
    assert_eq!(ground.on_cluster(&APPLY).code, Some(0));
    is_complete(&ground, Shape::SMALL, "with the right time");
}

#[test]
fn a_clock_that_goes_wrong_in_the_middle_leaves_a_run_to_go_on_with() {
    let shape = Shape { people: 30, ..Shape::SMALL };
    let ground = Ground::served(shape, &[]);
    let relay = &ground.served.as_ref().expect("it is served").relay;
    let writes = AtomicUsize::new(0);
    relay.judge(move |asked| {
        writes.fetch_add(usize::from(asked.is_write()), Ordering::SeqCst);
        if writes.load(Ordering::SeqCst) > 15 { refused(asked) } else { Act::Pass }
    });
    let stopped = ground.on_cluster(&APPLY);
    assert_eq!(stopped.code, Some(6), "{stopped:?}");
    for words in ["failed, nothing was changed by it", "this machine's clock is wrong", "set the clock"] {
        assert!(stopped.stderr.contains(words), "{words}: {stopped:?}");
    }
    assert!(
        stopped.stdout.contains(": 15 changes made") && stopped.stdout.contains("--resume"),
        "what was refused was not done: {stopped:?}"
    );
    relay.judge(|_| Act::Pass);
    assert_eq!(ground.on_cluster(&[&APPLY[..], &["--resume"]].concat()).code, Some(0));
    is_complete(&ground, shape, "with the right time again");
}
