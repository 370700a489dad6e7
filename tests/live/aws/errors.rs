//! Bodies as EKS, IAM and STS send them, and what comes of them.

use std::time::{Duration, Instant};

use eksodus::eks::aws::{Aws, AwsOptions, Timeouts};
use eksodus::eks::{AwsError, AwsErrorKind, EksApi as _, IamApi as _, StsApi as _};
use eksodus::model::PrincipalArn;

use super::recorded::{Answer, Recorded};
use super::{aws, caller, options, run};

/// As REST-JSON services name errors: by a header, with the namespace behind a colon.
fn eks(status: u16, code: &str, message: &str) -> Answer {
    let headers =
        Box::leak(format!("x-amzn-errortype: {code}:http://internal.amazon.com/\r\n").into_boxed_str());
    Answer::Whole { status, headers, body: format!(r#"{{"message":"{message}"}}"#) }
}

fn iam(status: u16, code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    Answer::Whole { status, headers: "content-type: text/xml\r\n", body }
}

fn plain(status: u16, body: &str) -> Answer {
    Answer::Whole { status, headers: "content-type: text/html\r\n", body: body.to_owned() }
}

async fn deleting(answer: Answer) -> AwsError {
    let server = Recorded::start(vec![answer]);
    let principal: PrincipalArn = "arn:aws:iam::111122223333:role/Dev".parse().unwrap();
    let error = aws(&server.url, "AKIDEXAMPLE", "c").await.delete_access_entry(&principal).await.unwrap_err();
    assert_eq!(error.operation, "eks:DeleteAccessEntry");
    assert_eq!(server.requests().len(), 1, "trying again is the executor's work");
    error
}

async fn listing(answer: Answer) -> AwsError {
    let server = Recorded::start(vec![answer]);
    let error = aws(&server.url, "AKIDEXAMPLE", "c").await.list_roles(None).await.unwrap_err();
    assert_eq!((error.operation, server.requests().len()), ("iam:ListRoles", 1));
    error
}

#[test]
fn codes_of_eks_have_their_kinds_and_aws_its_words() {
    use AwsErrorKind::*;
    let words = "No access-entry found.";
    for (status, code, kind) in [
        (404, "ResourceNotFoundException", NotFound),
        (409, "ResourceInUseException", InUse),
        (400, "InvalidParameterException", InvalidParameter),
        (400, "InvalidRequestException", InvalidRequest),
        (400, "ClientException", InvalidRequest),
        (400, "ResourceLimitExceededException", LimitExceeded),
        (403, "AccessDeniedException", AccessDenied),
        (403, "ExpiredTokenException", Credentials),
        (403, "UnrecognizedClientException", Credentials),
        (403, "InvalidSignatureException", Credentials),
        (429, "ThrottlingException", Throttled),
        (400, "ThrottlingException", Throttled),
        (429, "TooManyRequestsException", Throttled),
        (500, "ServerException", Server),
        (503, "ServiceUnavailableException", Server),
    ] {
        let error = run(deleting(eks(status, code, words)));
        assert_eq!((error.kind, error.message.as_str()), (kind, words), "{code}");
    }
}

#[test]
fn a_wrong_clock_is_told_from_wrong_credentials() {
    let expired = "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z (20260101T001500Z - 5 min.)";
    let early = "Signature not yet current: 20260101T001000Z is still later than 20260101T000500Z (20260101T000000Z + 5 min.)";
    let skewed = "The difference between the request time and the current time is too large.";
    for (code, words) in [
        ("InvalidSignatureException", expired),
        ("InvalidSignatureException", early),
        ("RequestTimeTooSkewed", skewed),
    ] {
        let error = run(deleting(eks(403, code, words)));
        let told = format!("this machine's clock is wrong: {words}");
        assert_eq!((error.kind, error.message), (AwsErrorKind::Clock, told), "{code}");
        assert!(!AwsError { kind: error.kind, operation: "", message: String::new() }.leaves_doubt());
    }
    let error = run(listing(iam(403, "SignatureDoesNotMatch", expired)));
    assert_eq!(error.kind, AwsErrorKind::Clock, "{error}");
    let error =
        run(listing(iam(403, "SignatureDoesNotMatch", "The request signature we calculated does not match")));
    assert_eq!(error.kind, AwsErrorKind::Credentials, "{error}");
}

#[test]
fn codes_of_iam_have_their_kinds_too() {
    use AwsErrorKind::*;
    for (status, code, kind) in [
        (404, "NoSuchEntity", NotFound),
        (400, "ValidationError", InvalidParameter),
        (403, "AccessDenied", AccessDenied),
        (403, "ExpiredToken", Credentials),
        (403, "InvalidClientTokenId", Credentials),
        (400, "Throttling", Throttled),
        (500, "ServiceFailure", Server),
    ] {
        let error = run(listing(iam(status, code, "Rate exceeded")));
        assert_eq!((error.kind, error.message.as_str()), (kind, "Rate exceeded"), "{code}");
    }
}

#[test]
fn a_code_nobody_knows_is_named() {
    let error = run(deleting(eks(409, "BrandNewException", "what now")));
    assert_eq!((error.kind, error.message.as_str()), (AwsErrorKind::InUse, "BrandNewException: what now"));
    // it may be about the operation
    let error = run(deleting(eks(404, "UnknownOperationException", "")));
    assert_eq!(error.kind, AwsErrorKind::InvalidRequest);
    let error = run(deleting(eks(418, "BrandNewException", "")));
    assert_eq!((error.kind, error.message.as_str()), (AwsErrorKind::InvalidRequest, "BrandNewException"));
}

#[test]
fn what_something_else_answered_is_no_word_of_aws() {
    for (status, kind) in [
        (500, AwsErrorKind::Server),
        (502, AwsErrorKind::Server),
        (403, AwsErrorKind::AccessDenied),
        (404, AwsErrorKind::Transport),
        (409, AwsErrorKind::Transport),
        (429, AwsErrorKind::Throttled),
    ] {
        for error in [
            run(deleting(plain(status, "<html>proxy</html>"))),
            run(listing(plain(status, "<html>proxy</html>"))),
        ] {
            assert_eq!(error.kind, kind, "{error}");
            assert!(error.message.starts_with(&format!("HTTP {status} without an AWS error")), "{error}");
        }
    }
}

#[test]
fn a_lost_answer_leaves_doubt() {
    let half = "{\"accessEntry\": {\"principalArn\": \"arn:aws:iam::1111";
    let half_of_iam = "<ListRolesResponse><ListRolesResult><Roles><member><Path>/</Path>";
    let mut errors = vec![
        run(deleting(Answer::Nothing)),
        run(listing(Answer::Nothing)),
        run(listing(Answer::Half { status: 200, body: half_of_iam })),
        run(listing(Answer::xml(half_of_iam))),
        run(listing(Answer::xml(
            "<ListRolesResponse><ListRolesResult><IsTruncated>false</IsTruncated><Roles>",
        ))),
        run(listing(Answer::xml(""))),
    ];
    for answer in [Answer::json(half), Answer::Half { status: 200, body: half }, Answer::json("{}")] {
        errors.push(run(async {
            let server = Recorded::start(vec![answer]);
            let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
            aws.describe_access_entry("arn:aws:iam::111122223333:role/Dev").await.unwrap_err()
        }));
    }
    for error in errors {
        assert_eq!(error.kind, AwsErrorKind::Transport, "{error}");
        assert!(error.leaves_doubt() && error.is_retryable() && !error.message.is_empty());
    }
}

#[test]
fn what_is_deleted_may_be_answered_with_nothing() {
    run(async {
        let server = Recorded::start(vec![Answer::json("")]);
        let principal: PrincipalArn = "arn:aws:iam::111122223333:role/Dev".parse().unwrap();
        aws(&server.url, "AKIDEXAMPLE", "c").await.delete_access_entry(&principal).await.unwrap();
    });
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let server = Recorded::start(vec![Answer::Silence]);
    let short = Duration::from_millis(300);
    let timeouts = Timeouts { connect: short, read: short, attempt: Duration::from_secs(5) };
    let start = Instant::now();
    let error = run(async {
        let options = AwsOptions { timeouts, ..options("c", "us-east-1") };
        let aws = Aws::connect_with(caller(&server.url, "AKIDEXAMPLE"), &options).await.unwrap();
        aws.get_caller_identity().await.unwrap_err()
    });
    assert_eq!(error.kind, AwsErrorKind::Transport, "{error}");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn nobody_there_is_said() {
    let port = crate::servers::free_port();
    let error = run(async {
        let aws = aws(&format!("http://127.0.0.1:{port}"), "AKIDEXAMPLE", "c").await;
        aws.describe_cluster().await.unwrap_err()
    });
    assert_eq!(error.kind, AwsErrorKind::Transport);
    assert!(error.message.contains("refused"), "{error}");
}

#[test]
fn a_refused_role_is_told_in_the_words_of_sts() {
    let server = Recorded::start(vec![iam(
        403,
        "AccessDenied",
        "User: x is not authorized to perform: sts:AssumeRole",
    )]);
    let error = run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        aws.assume("arn:aws:iam::111122223333:role/Dev").await.unwrap_err()
    });
    assert_eq!((error.operation, error.kind), ("sts:AssumeRole", AwsErrorKind::AccessDenied));
    assert_eq!(error.message, "User: x is not authorized to perform: sts:AssumeRole");
}

#[test]
fn what_is_no_list_of_eks_is_not_an_empty_one() {
    for body in ["", "{}", r#"{"message":"try later"}"#, r#"{"accessEntries":null}"#] {
        run(async {
            let server = Recorded::start(vec![Answer::json(body); 5]);
            let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
            let role = "arn:aws:iam::111122223333:role/Dev";
            for error in [
                aws.list_access_entries(None).await.unwrap_err(),
                aws.list_associated_access_policies(role, None).await.unwrap_err(),
                aws.list_access_policies(None).await.unwrap_err(),
                aws.list_nodegroups(None).await.unwrap_err(),
                aws.list_fargate_profiles(None).await.unwrap_err(),
            ] {
                assert_eq!(error.kind, AwsErrorKind::Transport, "{body}: {error}");
                assert!(error.message.starts_with("the answer has no "), "{body}: {error}");
            }
        });
    }
}
