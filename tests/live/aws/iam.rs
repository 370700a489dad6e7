use eksodus::eks::{AwsErrorKind, IamApi as _, StsApi as _};

use super::{aws, run, sdk};
use crate::servers::ministack::Ministack;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// A role that ministack knows.
pub async fn create_role(url: &str, account: &str, path: &str, name: &str) -> String {
    let iam = aws_sdk_iam::Client::new(&sdk(url, account, "us-east-1").await);
    let call = iam.create_role().path(path).role_name(name).assume_role_policy_document(TRUST);
    call.send().await.expect("a role").role.expect("it").arn
}

#[test]
fn roles_and_users_are_listed_with_their_paths() {
    let Some(server) = Ministack::shared("aws::iam") else { return };
    run(async {
        let account = "200000000001";
        create_role(&server.url(), account, "/", "Plain").await;
        let sso = "/aws-reserved/sso.amazonaws.com/eu-west-1/";
        create_role(&server.url(), account, sso, "AWSReservedSSO_Admin_0123456789abcdef").await;
        let iam = aws_sdk_iam::Client::new(&sdk(&server.url(), account, "us-east-1").await);
        iam.create_user().path("/team/").user_name("alice@x.org").send().await.unwrap();

        let aws = aws(&server.url(), account, "any").await;
        let roles = aws.list_roles(None).await.unwrap();
        assert!(roles.complete && roles.page.next.is_none(), "{roles:?}");
        let role = |name: &str| roles.page.items.iter().find(|role| role.arn.name() == name).unwrap();
        assert_eq!(role("Plain").arn.as_str(), "arn:aws:iam::200000000001:role/Plain");
        assert_eq!(role("AWSReservedSSO_Admin_0123456789abcdef").arn.path(), sso);
        assert!(role("Plain").id.starts_with("AROA"), "{}", role("Plain").id);
        assert!(role("Plain").created.ends_with("+00:00") && role("Plain").created_at().is_some());

        let users = aws.list_users(None).await.unwrap();
        let users: Vec<&str> = users.page.items.iter().map(|user| user.arn.as_str()).collect();
        assert_eq!(users, ["arn:aws:iam::200000000001:user/team/alice@x.org"]);
    });
}

#[test]
fn the_caller_is_who_sts_says() {
    let Some(server) = Ministack::shared("aws::iam") else { return };
    run(async {
        let caller = aws(&server.url(), "200000000002", "any").await.get_caller_identity().await.unwrap();
        assert_eq!(caller.account, "200000000002");
        assert!(caller.arn.starts_with("arn:aws:"), "{}", caller.arn);
        assert!(!caller.user_id.is_empty());
    });
}

#[test]
fn a_role_is_assumed_and_is_the_caller_then() {
    let Some(server) = Ministack::shared("aws::iam") else { return };
    run(async {
        let account = "200000000003";
        let role = create_role(&server.url(), account, "/ops/", "Reader").await;
        let aws = aws(&server.url(), account, "any").await;
        let caller = aws.assume(&role).await.unwrap().get_caller_identity().await.unwrap();
        assert!(caller.arn.ends_with(":assumed-role/Reader/eksodus"), "{}", caller.arn);
        let wrong = aws.list_roles(Some("elsewhere")).await.unwrap_err();
        assert_eq!(wrong.kind, AwsErrorKind::InvalidParameter);
    });
}
