use eksodus::eks::aws::Aws;
use eksodus::eks::{AwsErrorKind, EksApi as _, RightsApi as _, StsApi as _};

use super::iam::create_role;
use super::recorded::{Answer, Recorded};
use super::{aws, caller, create_cluster, options, run, sdk};
use crate::servers::ministack::{Flavour, Ministack};

#[test]
fn rights_are_those_of_the_role_behind_the_session() {
    let Some(server) = Ministack::shared("aws::rights") else { return };
    run(async {
        let account = "400000000001";
        let role = create_role(&server.url(), account, "/", "Reader").await;
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["eks:List*"],"Resource":"*"}]}"#;
        aws_sdk_iam::Client::new(&sdk(&server.url(), account, "us-east-1").await)
            .put_role_policy()
            .role_name("Reader")
            .policy_name("list")
            .policy_document(policy)
            .send()
            .await
            .unwrap();
        let assumed = aws(&server.url(), account, "any").await.assume(&role).await.unwrap();
        let asked = ["eks:CreateAccessEntry", "eks:ListAccessEntries", "eks:DeleteAccessEntry"];
        let denied = assumed.denied_actions(&asked, "*").await.unwrap();
        assert_eq!(denied, ["eks:CreateAccessEntry", "eks:DeleteAccessEntry"]);
    });
}

#[test]
fn the_root_user_cannot_be_asked_about() {
    let Some(server) = Ministack::shared("aws::rights") else { return };
    run(async {
        let aws = aws(&server.url(), "400000000002", "any").await;
        let arn = aws.get_caller_identity().await.unwrap().arn;
        assert!(arn.ends_with(":root"), "{arn}");
        let error = aws.denied_actions(&["eks:ListAccessEntries"], "*").await.unwrap_err();
        assert_eq!(error.kind, AwsErrorKind::AccessDenied);
        assert!(error.message.contains(&arn), "{error}");
    });
}

#[test]
fn what_iam_denies_is_access_denied() {
    let flavour = Flavour { judges: true, ..Flavour::default() };
    let Some(server) = Ministack::of(&flavour, "aws::rights") else { return };
    run(async {
        let account = "400000000003";
        create_role(&server.url(), account, "/", "cluster").await;
        create_cluster(&server.url(), account, "us-east-1", "closed").await;
        let iam = aws_sdk_iam::Client::new(&sdk(&server.url(), account, "us-east-1").await);
        iam.create_user().user_name("nobody").send().await.unwrap();
        let key = iam.create_access_key().user_name("nobody").send().await.unwrap().access_key.unwrap();
        let credentials = aws_credential_types::Credentials::new(
            key.access_key_id,
            key.secret_access_key,
            None,
            None,
            "tests",
        );
        let loader = caller(&server.url(), account).credentials_provider(credentials);
        let aws = Aws::connect_with(loader, &options("closed", "us-east-1")).await.unwrap();
        let error = aws.list_access_entries(None).await.unwrap_err();
        assert_eq!((error.operation, error.kind), ("eks:ListAccessEntries", AwsErrorKind::AccessDenied));
        assert!(error.message.contains("eks:ListAccessEntries"), "{error}");
        let error = aws.denied_actions(&["eks:ListAccessEntries"], "*").await.unwrap_err();
        assert_eq!(
            (error.operation, error.kind),
            ("iam:SimulatePrincipalPolicy", AwsErrorKind::AccessDenied)
        );
    });
}

#[test]
fn what_depends_on_more_than_a_simulation_knows_is_not_called_denied() {
    let result = |action: &str, missing: &str, of_resource: &str| {
        let keys = |keys: &str| format!("<MissingContextValues>{keys}</MissingContextValues>");
        format!(
            "<member><EvalActionName>{action}</EvalActionName><EvalDecision>implicitDeny</EvalDecision>{}\
             <ResourceSpecificResults><member><EvalResourceName>r</EvalResourceName>\
             <EvalResourceDecision>implicitDeny</EvalResourceDecision>{}</member></ResourceSpecificResults></member>",
            keys(missing),
            keys(of_resource)
        )
    };
    let key = "<member>aws:MultiFactorAuthPresent</member>";
    let asked = ["eks:CreateAccessEntry", "eks:ListAccessEntries", "eks:DeleteAccessEntry"];
    let results = [result(asked[0], key, ""), result(asked[1], "", key), result(asked[2], "", "")].concat();
    let caller = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/u</Arn>\
                  <UserId>AIDAU</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let server = Recorded::start(vec![
        Answer::xml(caller),
        Answer::xml(&format!(
            "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>\
             <EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
        )),
    ]);
    run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        assert_eq!(aws.denied_actions(&asked, "r").await.unwrap(), [asked[2]]);
    });
}

const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:sts::111122223333:assumed-role/ops/alice</Arn><UserId>AROA:alice</UserId>\
    <Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";

fn verdict(decision: &str) -> Answer {
    Answer::xml(&format!(
        "<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>\
         <EvaluationResults><member><EvalActionName>eks:ListAccessEntries</EvalActionName>\
         <EvalDecision>{decision}</EvalDecision></member></EvaluationResults>\
         </SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    ))
}

fn role(path: &str) -> Answer {
    Answer::xml(&format!(
        "<GetRoleResponse><GetRoleResult><Role><Path>{path}</Path><RoleName>ops</RoleName><RoleId>AROA</RoleId>\
         <Arn>arn:aws:iam::111122223333:role{path}ops</Arn><CreateDate>2024-01-01T00:00:00Z</CreateDate></Role>\
         </GetRoleResult></GetRoleResponse>"
    ))
}

fn refused(status: u16, code: &str) -> Answer {
    let body =
        format!("<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>");
    Answer::Whole { status, headers: "content-type: text/xml\r\n", body }
}

/// What the caller is told twice, and what was asked for that: the operation, with the role that IAM is asked about.
fn asked_twice(answers: Vec<Answer>) -> ([Result<usize, AwsErrorKind>; 2], Vec<String>) {
    let server = Recorded::start(answers);
    let told = run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        let ask = async || aws.denied_actions(&["eks:ListAccessEntries"], "*").await;
        let told = [ask().await, ask().await];
        told.map(|told| told.map(|denied| denied.len()).map_err(|error| error.kind))
    });
    let asked = server.requests().into_iter().map(|request| {
        let field = |name: &str| {
            let mut fields = request.body.split('&').filter_map(|field| field.split_once('='));
            fields
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.replace("%2F", "/").replace("%3A", ":"))
        };
        let source = field("PolicySourceArn").unwrap_or_default();
        let role = source.strip_prefix("arn:aws:iam::111122223333:role").unwrap_or_default();
        format!("{}{role}", field("Action").unwrap_or_default())
    });
    (told, asked.collect())
}

#[test]
fn the_path_of_the_role_is_asked_for_where_it_makes_a_difference() {
    let allowed = || verdict("allowed");
    let denied = || verdict("implicitDeny");
    let simulate = |role: &str| format!("SimulatePrincipalPolicy{role}");
    let (who, get) = ("GetCallerIdentity".to_owned(), "GetRole".to_owned());
    // a role without a path may do it
    let (told, asked) = asked_twice(vec![Answer::xml(CALLER), allowed()]);
    assert_eq!(told, [Ok(0), Ok(0)]);
    assert_eq!(asked, [who.clone(), simulate("/ops"), simulate("/ops")]);
    // it may not
    let (told, asked) = asked_twice(vec![Answer::xml(CALLER), denied(), role("/"), denied()]);
    assert_eq!(told, [Ok(1), Ok(1)]);
    assert_eq!(asked, [who.clone(), simulate("/ops"), get.clone(), simulate("/ops")]);
    // one with a path: IAM does not know it without, or a policy that names it says nothing of the other
    for first in [refused(404, "NoSuchEntity"), refused(403, "AccessDenied"), denied()] {
        let answers = vec![Answer::xml(CALLER), first, role("/team/"), allowed()];
        let (told, asked) = asked_twice(answers);
        assert_eq!(told, [Ok(0), Ok(0)]);
        let whole = simulate("/team/ops");
        assert_eq!(asked, [who.clone(), simulate("/ops"), get.clone(), whole.clone(), whole]);
    }
    // neither may be asked: that the question is denied is what is told
    let answers = vec![Answer::xml(CALLER), refused(403, "AccessDenied"), refused(403, "AccessDenied")];
    let ([told, _], asked) = asked_twice(answers);
    assert_eq!(told, Err(AwsErrorKind::AccessDenied));
    assert_eq!(asked[..3], [who, simulate("/ops"), get]);
}
