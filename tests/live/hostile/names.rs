use super::{Hostile, answer};
use crate::servers::relay::Act;

const DEV: &str = "arn:aws:iam::111122223333:role/Dev";

/// The whole answer to one request is another one.
fn says(target: &'static str, body: serde_json::Value) -> super::Ran {
    let act = answer("200 OK", "", &body.to_string());
    let world = Hostile::new(move |asked| if asked.target == target { act } else { Act::Pass });
    let ran = world.run_in_haste(&["plan"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    ran
}

fn cluster(name: &str, arn: &str) -> serde_json::Value {
    serde_json::json!({"cluster": {
        "name": name, "arn": arn, "version": "1.34", "platformVersion": "eks.9", "status": "ACTIVE",
        "endpoint": "http://127.0.0.1:1", "accessConfig": {"authenticationMode": "CONFIG_MAP"},
    }})
}

#[test]
fn a_description_of_another_cluster_is_not_taken() {
    let own = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu";
    for (name, arn, one, other) in [
        ("staging", own, "\"staging\"", "\"prod-eu\""),
        ("Prod-eu", own, "\"Prod-eu\"", "\"prod-eu\""),
        ("prod-eu", "arn:aws:eks:eu-west-1:111122223333:cluster/staging", "\"staging\"", "\"prod-eu\""),
        ("prod-eu", "arn:aws:eks:us-east-1:111122223333:cluster/prod-eu", "\"us-east-1\"", "\"eu-west-1\""),
    ] {
        let ran = says("/clusters/prod-eu", cluster(name, arn));
        assert!(ran.stderr.contains("eks:DescribeCluster: the answer is about "), "{ran:?}");
        assert!(ran.stderr.contains(one) && ran.stderr.contains(other), "{ran:?}");
    }
}

#[test]
fn a_node_group_of_another_cluster_is_not_taken() {
    let role = "arn:aws:iam::111122223333:role/nodes";
    for (cluster, name, arn) in [
        ("staging", "workers-a", "arn:aws:eks:eu-west-1:111122223333:nodegroup/prod-eu/workers-a/1"),
        ("prod-eu", "others", "arn:aws:eks:eu-west-1:111122223333:nodegroup/prod-eu/workers-a/1"),
        ("prod-eu", "workers-a", "arn:aws:eks:eu-west-1:111122223333:nodegroup/staging/workers-a/1"),
        ("prod-eu", "workers-a", "arn:aws:eks:eu-west-1:444455556666:nodegroup/prod-eu/workers-a/1"),
        ("prod-eu", "workers-a", "arn:aws:eks:eu-west-2:111122223333:nodegroup/prod-eu/workers-a/1"),
    ] {
        let group = serde_json::json!({"nodegroup": {
            "clusterName": cluster, "nodegroupName": name, "nodegroupArn": arn, "nodeRole": role,
        }});
        let ran = says("/clusters/prod-eu/node-groups/workers-a", group);
        assert!(ran.stderr.contains("eks:DescribeNodegroup: the answer is about "), "{ran:?}");
    }
}

mod adapter {
    use eksodus::eks::aws::Aws;
    use eksodus::eks::{AwsError, AwsErrorKind, EksApi as _};

    use super::DEV;
    use crate::aws::recorded::{Answer, Recorded};
    use crate::aws::{aws, run};

    fn refused<T: std::fmt::Debug>(body: serde_json::Value, call: impl AsyncFn(&Aws) -> Result<T, AwsError>) {
        let server = Recorded::start(vec![Answer::json(&body.to_string())]);
        let error = run(async { call(&aws(&server.url, "AKIDEXAMPLE", "c").await).await }).unwrap_err();
        assert_eq!(error.kind, AwsErrorKind::Unanswered, "{error}");
        assert!(error.message.starts_with("the answer is about "), "{error}");
        assert!(error.leaves_doubt() && !error.is_retryable());
    }

    #[test]
    fn an_entry_of_another_cluster_or_principal_is_not_taken() {
        let own = "arn:aws:eks:us-east-1:111122223333:access-entry/c/role/111122223333/Dev/1";
        let other = "arn:aws:iam::111122223333:role/Ops";
        for (cluster, principal, arn) in [
            ("d", DEV, own),
            ("c", other, own),
            ("c", DEV, "arn:aws:eks:us-east-1:111122223333:access-entry/d/role/111122223333/Dev/1"),
            ("c", DEV, "arn:aws:eks:us-east-2:111122223333:access-entry/c/role/111122223333/Dev/1"),
        ] {
            let entry = serde_json::json!({"accessEntry": {
                "clusterName": cluster, "principalArn": principal, "accessEntryArn": arn, "type": "STANDARD",
            }});
            refused(entry, async |aws: &Aws| aws.describe_access_entry(DEV).await);
        }
        let policies = |cluster: &str, principal: &str| serde_json::json!({"clusterName": cluster, "principalArn": principal, "associatedAccessPolicies": []});
        for body in [policies("d", DEV), policies("c", other)] {
            refused(body, async |aws: &Aws| aws.list_associated_access_policies(DEV, None).await);
        }
    }

    #[test]
    fn an_update_or_a_fargate_profile_of_another_name_is_not_taken() {
        let update = serde_json::json!({"update": {"id": "u-2", "status": "Successful"}});
        refused(update, async |aws: &Aws| aws.describe_update("u-1").await);
        let profile = |cluster: &str, name: &str| {
            serde_json::json!({"fargateProfile": {
                "clusterName": cluster, "fargateProfileName": name, "podExecutionRoleArn": DEV,
            }})
        };
        for body in [profile("d", "p"), profile("c", "q")] {
            refused(body, async |aws: &Aws| aws.describe_fargate_profile("p").await);
        }
    }
}
