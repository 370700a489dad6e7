//! The standard AWS configuration, each time in a process of its own that has nothing else.

use std::path::Path;
use std::process::Command;

use eksodus::eks::aws::{Aws, AwsOptions};
use eksodus::eks::{EksApi as _, StsApi as _};
use eksodus::kube::TokenSource as _;

use super::recorded::{Answer, Recorded};
use super::run;

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
    <GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/x</Arn><UserId>AIDAX</UserId>\
    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

/// Profile and region, in place of command-line flags.
const PROFILE: &str = "EKSODUS_TEST_PROFILE";
const REGION: &str = "EKSODUS_TEST_REGION";

/// Asks who the caller is, and prints the answer or the error, the token's address, and all of it that is debug output.
#[test]
#[ignore = "runs as a process of the others"]
fn child() {
    let set = |name| std::env::var(name).ok();
    let options = AwsOptions {
        cluster: "c".to_owned(),
        profile: set(PROFILE),
        region: set(REGION),
        ..AwsOptions::default()
    };
    run(async {
        let aws = match Aws::connect(&options).await {
            Ok(aws) => aws,
            Err(error) => return println!("connect: {error}"),
        };
        println!("{aws:?} {:?}", aws.tokens());
        match aws.get_caller_identity().await {
            Ok(caller) => println!("caller: {}", caller.account),
            Err(error) => println!("error: {:?} {error}", error.kind),
        }
        if let Err(error) = aws.tokens().token().await {
            println!("token: {error}");
        }
        let _ = aws.list_nodegroups(None).await;
    });
}

/// What the child prints, with these variables alone.
fn in_process(home: &Path, variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "aws::environment::child", "--ignored", "--nocapture"]).env_clear();
    child.env("HOME", home).env("AWS_EC2_METADATA_DISABLED", "true").envs(variables.iter().copied());
    let output = child.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn configured(home: &Path, text: &str) {
    std::fs::create_dir_all(home.join(".aws")).unwrap();
    std::fs::write(home.join(".aws/config"), text).unwrap();
}

/// Which access keys signed.
fn keys(server: &Recorded) -> Vec<String> {
    let key = |authorization: &str| authorization.split(['=', '/']).nth(1).unwrap_or_default().to_owned();
    server.requests().iter().map(|request| key(request.header("authorization"))).collect()
}

#[test]
fn address_region_and_credentials_come_from_the_environment() {
    let home = tempfile::tempdir().unwrap();
    let (all, eks) =
        (Recorded::start(vec![Answer::xml(IDENTITY)]), Recorded::start(vec![Answer::json("{}")]));
    let said = in_process(
        home.path(),
        &[
            ("AWS_ENDPOINT_URL", &all.url),
            ("AWS_ENDPOINT_URL_EKS", &eks.url),
            ("AWS_REGION", "eu-north-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT"),
            ("AWS_SECRET_ACCESS_KEY", "dontshowme"),
        ],
    );
    assert!(said.contains("caller: 111122223333"), "{said}");
    assert!(!said.contains("dontshowme"), "{said}");
    let (all, eks) = (all.requests(), eks.requests());
    assert!(all[0].header("authorization").contains("Credential=AKIDENVIRONMENT/"), "{all:?}");
    assert!(all[0].header("authorization").contains("/eu-north-1/sts/"), "{all:?}");
    assert_eq!((all.len(), eks.len()), (1, 1));
}

#[test]
fn a_named_profile_counts_more_than_credentials_in_the_environment() {
    let home = tempfile::tempdir().unwrap();
    let server = Recorded::start(vec![Answer::xml(IDENTITY)]);
    let process = r#"sh -c 'echo "{\"Version\":1,\"AccessKeyId\":\"AKIDPROCESS\",\"SecretAccessKey\":\"dontshowme\"}"'"#;
    let config = format!("[profile ops]\nregion = eu-west-3\ncredential_process = {process}\n");
    configured(home.path(), &config);
    let with = |profile: (&str, &str)| {
        let said = in_process(
            home.path(),
            &[
                profile,
                ("AWS_ENDPOINT_URL", &server.url),
                ("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT"),
                ("AWS_SECRET_ACCESS_KEY", "x"),
            ],
        );
        assert!(said.contains("caller: 111122223333") && !said.contains("dontshowme"), "{said}");
        keys(&server)[0].clone()
    };
    assert_eq!(with((PROFILE, "ops")), "AKIDPROCESS");
    // as for the AWS CLI: the variable does not
    assert_eq!(with(("AWS_PROFILE", "ops")), "AKIDENVIRONMENT");
}

#[test]
fn what_is_missing_is_said() {
    let home = tempfile::tempdir().unwrap();
    let said = in_process(home.path(), &[]);
    assert!(said.contains("connect: no region is set"), "{said}");
    let said = in_process(home.path(), &[(REGION, "us-east-1")]);
    assert!(said.contains("error: Credentials sts:GetCallerIdentity: "), "{said}");
    assert!(said.contains("token: no credentials: ") && said.contains("; Environment: "), "{said}");
    let said = in_process(home.path(), &[(REGION, "us-east-1"), (PROFILE, "nobody")]);
    assert!(said.contains("error: Credentials ") && said.contains("nobody"), "{said}");
}
