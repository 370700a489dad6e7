//! The documented IAM policies, judged by ministack's own evaluation of IAM.
//!
//! It knows no condition keys of EKS, so conditions are taken out before; and it judges every call to EKS on the cluster's
//! ARN, so that where calls are made resources are widened. What is asked of SimulatePrincipalPolicy keeps its resources.

use std::collections::{BTreeMap, BTreeSet};

use aws_credential_types::Credentials;
use eksodus::eks::aws::{Aws, AwsOptions};
use eksodus::eks::{AwsError, AwsErrorKind, EksApi as _, IamApi as _, NewEntry};
use eksodus::model::{AccessScope, EntryType, PolicyArn, PrincipalArn, Username};
use eksodus::preflight::Task::{ApiMode, Ask, DualMode, Entries, Lock, Prune, Read};
use eksodus::preflight::{Extra, Missing, Need, Needed, needs_of_tasks, preflight};
use serde_json::{Value, json};

use super::{block_on, nobody_at_all};
use crate::servers::ministack::{Flavour, Ministack};

const ACCOUNT: &str = "600000000001";
const ROLE: &str = "arn:aws:iam::600000000001:role/eksodus";

/// The policy under a heading of the document, for the cluster of these tests, without conditions.
fn documented(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md");
    let document = std::fs::read_to_string(path).unwrap();
    let block = document.split(&format!("<!-- {name} -->")).nth(1).unwrap();
    let json = block.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let json =
        json.replace("111122223333", ACCOUNT).replace("eu-west-1", "us-east-1").replace("prod-eu", "judged");
    let mut policy: Value = serde_json::from_str(&json).unwrap();
    for statement in policy["Statement"].as_array_mut().unwrap() {
        statement.as_object_mut().unwrap().remove("Condition");
    }
    policy
}

fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap();
    let actions = statements.iter().flat_map(|statement| statement["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

fn without(policy: &Value, gone: &str) -> Value {
    let mut policy = policy.clone();
    let statements = policy["Statement"].as_array_mut().unwrap();
    for statement in statements.iter_mut() {
        statement["Action"].as_array_mut().unwrap().retain(|action| action != gone);
    }
    statements.retain(|statement| !statement["Action"].as_array().unwrap().is_empty());
    policy
}

fn on_anything(mut policy: Value) -> Value {
    for statement in policy["Statement"].as_array_mut().unwrap() {
        statement["Resource"] = "*".into();
    }
    policy
}

/// As the account itself, which may do everything.
async fn root(url: &str) -> Aws {
    let credentials = Credentials::new(ACCOUNT, "test", None, None, "tests");
    let loader = Aws::defaults().endpoint_url(url).credentials_provider(credentials);
    let options = AwsOptions {
        cluster: "judged".to_owned(),
        region: Some("us-east-1".to_owned()),
        ..AwsOptions::default()
    };
    Aws::connect_with(loader, &options).await.unwrap()
}

async fn sdk(url: &str) -> aws_types::SdkConfig {
    use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let credentials = Credentials::new(ACCOUNT, "test", None, None, "tests");
    let region = aws_types::region::Region::from_static("us-east-1");
    let loader = Aws::defaults().endpoint_url(url).credentials_provider(credentials);
    loader.region(region).http_client(http).load().await
}

async fn allow(iam: &aws_sdk_iam::Client, policy: &Value) {
    let put = iam.put_role_policy().role_name("eksodus").policy_name("eksodus");
    put.policy_document(policy.to_string()).send().await.unwrap();
}

/// The role `eksodus`, a role `Dev`, and the cluster `judged`.
async fn prepare(url: &str) -> aws_sdk_iam::Client {
    use aws_sdk_eks::types::{AuthenticationMode, CreateAccessConfigRequest, VpcConfigRequest};
    let config = sdk(url).await;
    let iam = aws_sdk_iam::Client::new(&config);
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    for name in ["eksodus", "Dev", "cluster"] {
        iam.create_role().role_name(name).assume_role_policy_document(&trust).send().await.unwrap();
    }
    let access =
        CreateAccessConfigRequest::builder().authentication_mode(AuthenticationMode::ApiAndConfigMap).build();
    let create = aws_sdk_eks::Client::new(&config).create_cluster().name("judged").access_config(access);
    let create = create.role_arn(format!("arn:aws:iam::{ACCOUNT}:role/cluster"));
    create
        .resources_vpc_config(VpcConfigRequest::builder().subnet_ids("subnet-1").build())
        .send()
        .await
        .unwrap();
    iam
}

#[test]
fn preflight_names_the_one_action_that_the_documented_policy_lacks() {
    let flavour = Flavour { judges: true, ..Flavour::default() };
    let Some(server) = Ministack::of(&flavour, "checks::preflight_names_the_one_action") else { return };
    block_on(async {
        let iam = prepare(&server.url()).await;
        let mut policy = documented("modes");
        // ministack judges this one call on no resource
        let ask = json!({"Effect": "Allow", "Action": ["iam:SimulatePrincipalPolicy"], "Resource": "*"});
        policy["Statement"].as_array_mut().unwrap().push(ask);
        allow(&iam, &policy).await;
        let aws = root(&server.url()).await.assume(ROLE).await.unwrap();
        let id = format!("arn:aws:eks:us-east-1:{ACCOUNT}:cluster/judged").parse().unwrap();
        let node_role = format!("arn:aws:iam::{ACCOUNT}:role/my-nodes");
        let extra = Extra { caller: Some(ROLE), node_role: Some(&node_role), ..Extra::default() };
        let needs = needs_of_tasks(&[Read, Ask, Lock, DualMode, Entries, Prune, ApiMode], &id, extra);
        let needs: Vec<Need> =
            needs.into_iter().filter(|need| matches!(need.what, Needed::Iam { .. })).collect();
        let missing = async || {
            let clocked =
                eksodus::simulator::Simulator::from_snapshot(&super::snapshot(), Default::default()).unwrap();
            let report = preflight(&clocked, &clocked, &aws, &nobody_at_all(), &needs, 4).await;
            let actions = |all: &[Missing]| -> BTreeSet<String> {
                let actions = all.iter().filter_map(|missing| match &missing.need.what {
                    Needed::Iam { action, .. } => Some((*action).to_owned()),
                    Needed::Kube { .. } => None,
                });
                actions.collect()
            };
            (actions(&report.missing), actions(&report.lacking), report.unchecked)
        };
        assert_eq!(missing().await, (BTreeSet::new(), BTreeSet::new(), Vec::new()));
        for action in actions(&policy) {
            allow(&iam, &without(&policy, &action)).await;
            let (missing, lacking, unchecked) = missing().await;
            if action == "eks:ListUpdates" {
                // the run does without
                assert_eq!((missing, lacking), (BTreeSet::new(), BTreeSet::from([action])), "{unchecked:?}");
            } else if action == "iam:SimulatePrincipalPolicy" {
                assert!(missing.is_empty(), "{missing:?}");
                assert!(unchecked[0].to_string().contains("iam:SimulatePrincipalPolicy"), "{unchecked:?}");
            } else {
                assert_eq!(missing, BTreeSet::from([action]), "{unchecked:?}");
            }
        }
    });
}

#[test]
fn each_call_is_denied_without_its_action_and_allowed_with_it() {
    let flavour = Flavour { judges: true, ..Flavour::default() };
    let Some(server) = Ministack::of(&flavour, "checks::each_call_is_denied_without_its_action") else {
        return;
    };
    block_on(async {
        let iam = prepare(&server.url()).await;
        let mut policy = on_anything(documented("modes"));
        let rollback = on_anything(documented("rollback"));
        let more = rollback["Statement"].as_array().unwrap().clone();
        policy["Statement"].as_array_mut().unwrap().extend(more);
        allow(&iam, &policy).await;
        let url = server.url();
        let aws = root(&url).await.assume(ROLE).await.unwrap();
        for (action, ended) in calls(&aws).await {
            ended.unwrap_or_else(|error| panic!("{action} is allowed by the documented policy: {error}"));
        }
        for (action, _) in calls(&aws).await {
            allow(&iam, &without(&policy, action)).await;
            let ended = calls(&aws).await;
            let (_, ended) = ended.into_iter().find(|(other, _)| *other == action).unwrap();
            let error = ended.expect_err(action);
            assert_eq!((error.operation, error.kind), (action, AwsErrorKind::AccessDenied), "{error}");
        }
    });
}

/// One call of each action that ministack has, from an entry's creation to its deletion.
async fn calls(aws: &Aws) -> Vec<(&'static str, Result<(), AwsError>)> {
    let principal: PrincipalArn = format!("arn:aws:iam::{ACCOUNT}:role/Dev").parse().unwrap();
    let policy: PolicyArn =
        "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy".parse().unwrap();
    let new = NewEntry {
        principal: principal.clone(),
        entry_type: EntryType::Standard,
        username: None,
        groups: BTreeSet::new(),
        tags: BTreeMap::new(),
        client_token: "token".to_owned(),
    };
    let name = Username::new("dev").unwrap();
    let scope = AccessScope::Cluster;
    let arn = principal.as_str();
    vec![
        ("eks:DescribeCluster", aws.describe_cluster().await.map(drop)),
        ("iam:ListRoles", aws.list_roles(None).await.map(drop)),
        ("iam:ListUsers", aws.list_users(None).await.map(drop)),
        ("eks:ListNodegroups", aws.list_nodegroups(None).await.map(drop)),
        ("eks:ListAccessEntries", aws.list_access_entries(None).await.map(drop)),
        ("eks:CreateAccessEntry", aws.create_access_entry(&new).await.map(drop)),
        ("eks:DescribeAccessEntry", aws.describe_access_entry(arn).await.map(drop)),
        (
            "eks:UpdateAccessEntry",
            aws.update_access_entry(&principal, &name, &BTreeSet::new()).await.map(drop),
        ),
        ("eks:AssociateAccessPolicy", aws.associate_access_policy(&principal, &policy, &scope).await),
        ("eks:ListAssociatedAccessPolicies", aws.list_associated_access_policies(arn, None).await.map(drop)),
        ("eks:DisassociateAccessPolicy", aws.disassociate_access_policy(&principal, &policy).await),
        ("eks:DeleteAccessEntry", aws.delete_access_entry(&principal).await),
    ]
}
