use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use eksodus::journal::s3::{S3CredentialSource, S3Credentials, S3Error, S3ErrorKind, S3Runs};
use eksodus::journal::{Journal, NewRun, RunStore as _, RunsError, Stamps, read};
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use super::bucket::{Bucket, DIGEST, SECRET, canned, cluster, connect, create, credentials, done, options};
use crate::servers::free_port;
use crate::servers::relay::{Act, Relay};

#[test]
fn an_answer_that_is_lost_loses_and_doubles_nothing() {
    let Some(mut bucket) = Bucket::new("lost", "an_answer_that_is_lost_loses_and_doubles_nothing") else {
        return;
    };
    let relay = Relay::start(bucket.port);
    bucket.port = relay.port;
    for (number, act) in [Act::CutAfter, Act::CutBefore, Act::CutWithin].into_iter().enumerate() {
        // every first write of an object
        let mut seen = std::collections::BTreeSet::new();
        relay.judge(move |asked| {
            let is_first = asked.method == "PUT" && seen.insert(asked.target.to_owned());
            if is_first { act } else { Act::Pass }
        });
        let runs = bucket.machine();
        let run = create(&runs, &cluster(), DIGEST, "the plan", Some("before"));
        assert_eq!(run.name(), format!("blake3-01234-{}", number + 1), "{act:?}: a number is claimed once");
        let mut journal = Journal::open(run.store().unwrap(), Stamps::default()).unwrap();
        ["a", "b"].into_iter().for_each(|step| journal.append(done(step)).unwrap());
        let told = read(&run.journal_bytes().unwrap()).unwrap();
        assert_eq!(told.records, [done("a"), done("b")], "{act:?}");
        assert_eq!(run.plan().unwrap(), "the plan");
    }
}

#[test]
fn when_the_network_stays_away_the_journal_says_so_and_goes_on_later() {
    let test = "when_the_network_stays_away_the_journal_says_so_and_goes_on_later";
    let Some(mut bucket) = Bucket::new("away", test) else { return };
    let relay = Relay::start(bucket.port);
    bucket.port = relay.port;
    let run = create(&bucket.machine(), &cluster(), DIGEST, "the plan", None);
    assert_eq!(run.backup().unwrap(), None);
    for (act, kept) in [(Act::CutBefore, 0), (Act::CutAfter, 1)] {
        let before = read(&run.journal_bytes().unwrap()).unwrap().records.len();
        let mut journal = Journal::open(run.store().unwrap(), Stamps::default()).unwrap();
        relay.judge(move |_| act);
        let error = journal.append(done(&format!("{act:?}"))).unwrap_err();
        let text = std::error::Error::source(&error).unwrap().to_string();
        assert!(text.contains("/journal/0000000"), "{text}");
        assert!(
            text.contains("unexpected answer: ") && !text.contains("seconds"),
            "its cause is told: {text}"
        );
        relay.judge(|_| Act::Pass);
        let after = read(&run.journal_bytes().unwrap()).unwrap().records.len();
        assert_eq!(after - before, kept, "{act:?}");
        let mut journal = Journal::open(run.store().unwrap(), Stamps::default()).unwrap();
        journal.append(done(&format!("after {act:?}"))).unwrap();
    }
}

fn in_s3(done: Result<(), RunsError>) -> S3Error {
    match done {
        Err(RunsError::S3(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn listed(runs: &S3Runs) -> S3Error {
    in_s3(runs.list(&cluster()).map(drop))
}

#[test]
fn a_bucket_that_is_not_there_is_named() {
    let Some(bucket) = Bucket::new("there", "a_bucket_that_is_not_there_is_named") else { return };
    let runs = connect("s3://not-there/team", bucket.port);
    let error = listed(&runs);
    assert_eq!(error.to_string(), "s3://not-there/team/111122223333/eu-west-1/prod: there is no such bucket");
    let (cluster, stamps) = (cluster(), Stamps::default());
    let new = NewRun {
        cluster: &cluster,
        plan_digest: DIGEST,
        plan: "plan",
        aws_auth: None,
        undoes: None,
        stamps: &stamps,
    };
    let error = in_s3(runs.create(&new).map(drop));
    assert_eq!(error.kind, S3ErrorKind::NoBucket);
}

#[test]
fn nobody_there_is_said_with_the_cause() {
    let error = listed(&connect("s3://bucket/team", free_port()));
    assert!(matches!(error.kind, S3ErrorKind::Unreachable(_)), "{error}");
    assert!(error.to_string().contains("refused"), "{error}");
}

#[test]
fn what_s3_refuses_is_told_in_its_words_and_without_a_credential() {
    let denied = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/ci \
                  is not authorized to perform: s3:ListBucket</Message><RequestId>R</RequestId></Error>";
    let (port, asked) = canned("403 Forbidden", denied);
    let error = listed(&connect("s3://bucket/team", port));
    let told = "s3://bucket/team/111122223333/eu-west-1/prod: access denied: AccessDenied: User: arn:aws:iam::111122223333:user/ci is not \
                authorized to perform: s3:ListBucket";
    assert_eq!(error.to_string(), told);
    assert_eq!(asked.load(Ordering::SeqCst), 1, "a right does not come by asking again");

    // S3 sends the session token back
    let expired = "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message>\
                   <Token-0>the-session-token</Token-0></Error>";
    let (port, _) = canned("400 Bad Request", expired);
    let error = listed(&connect("s3://bucket/team", port));
    assert!(matches!(error.kind, S3ErrorKind::Credentials(_)), "{error}");
    assert!(error.to_string().ends_with("ExpiredToken: The provided token has expired."), "{error}");
    assert!(!format!("{error:?}").contains("the-session-token"), "{error:?}");

    let elsewhere = "<Error><Code>PermanentRedirect</Code><Message>use the endpoint</Message></Error>";
    let (port, _) = canned("301 Moved Permanently", elsewhere);
    assert_eq!(listed(&connect("s3://bucket/team", port)).kind, S3ErrorKind::OtherRegion);

    let (port, asked) =
        canned("503 Slow Down", "<Error><Code>SlowDown</Code><Message>slower</Message></Error>");
    let error = listed(&connect("s3://bucket/team", port));
    assert!(matches!(&error.kind, S3ErrorKind::Unreachable(why) if why == "SlowDown: slower"), "{error}");
    assert!(asked.load(Ordering::SeqCst) > 3, "what may pass is tried again");
}

#[test]
fn a_clock_that_is_off_and_a_write_beside_ours_are_told_as_what_they_are() {
    let skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>The difference between the request time and the \
                  current time is too large.</Message></Error>";
    let (port, _) = canned("403 Forbidden", skewed);
    let error = listed(&connect("s3://bucket/team", port));
    assert!(matches!(error.kind, S3ErrorKind::Clock(_)), "{error}");
    assert!(error.to_string().contains("this machine's clock is wrong: RequestTimeTooSkewed"), "{error}");

    let conflict = "<Error><Code>ConditionalRequestConflict</Code><Message>in progress</Message></Error>";
    let (port, _) = canned("409 Conflict", conflict);
    let error = listed(&connect("s3://bucket/team", port));
    assert_eq!(error.kind, S3ErrorKind::Conflict, "nobody else's run is blamed");
}

/// Credentials that end, or that nobody has.
struct Source {
    asked: AtomicUsize,
    lasting: Option<i64>,
}

impl S3CredentialSource for Source {
    fn credentials(&self) -> BoxFuture<'_, Result<S3Credentials, String>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            let lasting = self.lasting.ok_or("the SSO session has ended")?;
            let expires = Timestamp::now().checked_add(SignedDuration::from_secs(lasting)).unwrap();
            Ok(S3Credentials { expires: Some(expires), ..credentials() })
        })
    }
}

#[test]
fn credentials_are_asked_for_when_they_are_about_to_end_and_never_shown() {
    let Some(bucket) =
        Bucket::new("keys", "credentials_are_asked_for_when_they_are_about_to_end_and_never_shown")
    else {
        return;
    };
    for (lasting, times) in [(3600, 1), (60, 4)] {
        let source = Arc::new(Source { asked: AtomicUsize::new(0), lasting: Some(lasting) });
        let options = options("s3://keys/team", bucket.port, source.clone());
        assert!(!format!("{options:?} {:?}", credentials()).contains(SECRET));
        let runs = S3Runs::connect(options).unwrap();
        (0..4).for_each(|_| assert_eq!(runs.list(&cluster()).unwrap().len(), 0));
        assert_eq!(source.asked.load(Ordering::SeqCst), times, "of {lasting} seconds");
        assert_eq!(format!("{runs:?}"), "S3Runs(s3://keys/team)");
    }
    let source = Arc::new(Source { asked: AtomicUsize::new(0), lasting: None });
    let error = listed(&S3Runs::connect(options("s3://keys/team", bucket.port, source)).unwrap());
    let text =
        "s3://keys/team/111122223333/eu-west-1/prod: no valid AWS credentials: the SSO session has ended";
    assert_eq!(error.to_string(), text);
}
