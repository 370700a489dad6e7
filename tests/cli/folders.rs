//! Snapshot folders that are not whole: nulls, broken documents, those of another cluster, and what stays unknown.

use std::fs;

use crate::bench::{Bench, Ran};

const CLUSTER: &str = r#"{"cluster": {"name": "lab", "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/lab",
    "version": "1.31", "platformVersion": "eks.20", "status": "ACTIVE",
    "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}, "computeConfig": null}}"#;
const AWS_AUTH: &str = "data:
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/reader
      username: reader
      groups: null
    - rolearn: arn:aws:iam::111122223333:role/ops
      username: ops
      groups: [system:masters]
metadata: {name: aws-auth, namespace: kube-system, labels: null}
binaryData: null
";

fn folder(files: &[(&str, &str)]) -> Bench {
    let bench = Bench::new();
    fs::create_dir(bench.path("lab")).unwrap();
    for (file, text) in files {
        bench.write(&format!("lab/{file}"), text);
    }
    bench
}

fn entries(cluster: &str, groups: &str) -> String {
    format!(
        r#"[{{"accessEntry": {{"clusterName": "{cluster}", "principalArn": "arn:aws:iam::111122223333:role/reader",
        "kubernetesGroups": {groups}, "tags": {groups}, "username": "reader", "type": "STANDARD"}},
        "associatedAccessPolicies": []}}]"#
    )
}

fn whois(bench: &Bench) -> Ran {
    bench.run(&["whois", "arn:aws:sts::111122223333:assumed-role/ops/me", "--snapshot", "lab"])
}

#[test]
fn null_is_read_as_none() {
    let nulls = entries("lab", "null");
    let bench = folder(&[
        ("cluster.json", CLUSTER),
        ("aws-auth.yaml", AWS_AUTH),
        ("access-entries.json", &nulls),
        ("iam-users.json", "{\"Users\": null}"),
        ("rbac.yaml", "kind: List\nitems: null\n"),
    ]);
    for command in ["lint", "plan"] {
        let ran = bench.run(&[command, "--snapshot", "lab"]);
        assert!(matches!(ran.code, Some(0 | 4)), "{}", ran.all());
        assert!(!ran.stderr.contains("not read"), "{}", ran.all());
    }
    assert_eq!(whois(&bench).code, Some(0));
}

#[test]
fn lint_and_whois_need_aws_auth_alone() {
    let bench = folder(&[("cluster.json", "{"), ("aws-auth.yaml", AWS_AUTH), ("access-entries.json", "[7]")]);
    for ran in [whois(&bench), bench.run(&["lint", "--snapshot", "lab"])] {
        assert!(matches!(ran.code, Some(0 | 4)), "{}", ran.all());
        for file in ["cluster.json", "access-entries.json"] {
            assert!(ran.stderr.contains(&format!("warning: not read: lab/{file}")), "{}", ran.all());
        }
    }
    assert!(whois(&bench).stdout.contains("ops"));
    // what is made of all of it is not made of a part
    let ran = bench.run(&["plan", "--snapshot", "lab"]);
    assert_eq!(ran.code, Some(1), "{}", ran.all());
    fs::remove_file(bench.path("lab/cluster.json")).unwrap();
    bench.write("lab/aws-auth.yaml", "data: [");
    assert_eq!(whois(&bench).code, Some(1));
}

#[test]
fn entries_of_another_cluster_are_refused_by_name() {
    let other = entries("other", "null");
    let bench =
        folder(&[("cluster.json", CLUSTER), ("aws-auth.yaml", AWS_AUTH), ("access-entries.json", &other)]);
    for command in [
        &["plan", "--snapshot", "lab"][..],
        &["apply", "--simulate", "lab", "--yes"],
        &["rehearse", "--snapshot", "lab"],
    ] {
        let ran = bench.run(command);
        assert_eq!(ran.code, Some(1), "{}", ran.all());
        for part in
            ["lab/access-entries.json", "cluster other", "arn:aws:eks:eu-west-1:111122223333:cluster/lab"]
        {
            assert!(ran.stderr.contains(part), "{}", ran.all());
        }
    }
    // what is another cluster's is no gap in what is known of this one
    assert_eq!(whois(&bench).code, Some(1));
}

/// A binding is made, read back, and undone by processes that each know the folder alone.
#[test]
fn bindings_that_were_unknown_stay_so_when_a_run_made_one() {
    let bench = folder(&[
        ("cluster.json", CLUSTER),
        ("aws-auth.yaml", AWS_AUTH),
        ("access-entries.json", "[]"),
        ("nodegroups.json", "[]"),
        ("fargate-profiles.json", "[]"),
        (
            "iam-roles.json",
            r#"{"Roles": [
            {"Arn": "arn:aws:iam::111122223333:role/reader", "RoleId": "AROAR", "CreateDate": "2023-01-01T00:00:00Z"},
            {"Arn": "arn:aws:iam::111122223333:role/ops", "RoleId": "AROAO", "CreateDate": "2023-01-01T00:00:00Z"}]}"#,
        ),
    ]);
    bench.write("eksodus.yaml", "version: 1\nmasters: {group: admins}\n");
    let plan = bench.run(&["plan", "--snapshot", "lab", "--out", "plan.json"]);
    assert!(plan.stdout.contains("admins"), "{}", plan.all());
    let ran = bench.run(&["apply", "plan.json", "--simulate", "lab", "--yes"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(!bench.path("lab/rbac.yaml").exists());
    assert!(bench.read("lab/made-bindings.yaml").contains("admins"));
    let ran = bench.run(&["verify", "plan.json", "--simulate", "lab"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    let ran = bench.run(&["rollback", "--simulate", "lab", "--yes"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    for gone in ["rbac.yaml", "made-bindings.yaml", "made-entries.json"] {
        assert!(!bench.path(&format!("lab/{gone}")).exists(), "{gone}");
    }
}

/// Told by `outpostConfig`, or by the platform version.
#[test]
fn a_local_cluster_on_an_outpost_is_not_led_into_a_mode_that_it_cannot_have() {
    let config_map = CLUSTER.replace("API_AND_CONFIG_MAP", "CONFIG_MAP");
    for cluster in [
        config_map.replace("eks.20", "eks-local-outposts.3"),
        config_map.replace("\"computeConfig\": null", "\"outpostConfig\": {\"outpostArns\": [\"o\"]}"),
    ] {
        let bench = folder(&[("cluster.json", &cluster), ("aws-auth.yaml", AWS_AUTH)]);
        let ran = bench.run(&["plan", "--snapshot", "lab", "--out", "plan.json"]);
        assert_eq!(ran.code, Some(4), "{}", ran.all());
        assert!(ran.stdout.contains("Outpost") && ran.stdout.contains("before dual-mode"), "{}", ran.all());
        let ran = bench.run(&["apply", "plan.json", "--simulate", "lab", "--allow-irreversible"]);
        assert_eq!(ran.code, Some(4), "{}", ran.all());
        assert_eq!(bench.read("lab/cluster.json"), cluster);
    }
}
