//! Documents of another cluster, account, Region or partition.

use crate::snapshot::folder::tests::*;

const CLUSTER: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/w";

fn cluster() -> (&'static str, String) {
    let text = format!(
        r#"{{"cluster": {{"name": "w", "arn": "{CLUSTER}", "version": "1.31", "status": "ACTIVE",
        "platformVersion": "eks.20"}}}}"#
    );
    ("cluster.json", text)
}

/// Of one element each, by the name of its cluster, and by its own ARN up to the cluster.
fn documents(name: &str, place: &str) -> [(&'static str, String); 3] {
    let entry = format!(
        r#"[{{"accessEntry": {{"clusterName": {name}, "principalArn": "arn:aws:iam::111122223333:role/Dev",
        "accessEntryArn": "arn:aws:eks:{place}access-entry/w/role/111122223333/Dev/1", "type": "STANDARD"}},
        "associatedAccessPolicies": []}}]"#
    );
    let group = format!(
        r#"[{{"nodegroup": {{"clusterName": {name}, "nodegroupName": "g",
        "nodegroupArn": "arn:aws:eks:{place}nodegroup/w/g/1", "nodeRole": "arn:aws:iam::111122223333:role/n"}}}}]"#
    );
    let profile = format!(
        r#"[{{"fargateProfile": {{"clusterName": {name}, "fargateProfileName": "f",
        "fargateProfileArn": "arn:aws:eks:{place}fargateprofile/w/f/1",
        "podExecutionRoleArn": "arn:aws:iam::111122223333:role/p"}}}}]"#
    );
    [("access-entries.json", entry), ("nodegroups.json", group), ("fargate-profiles.json", profile)]
}

fn refused(files: &[(&str, String)]) -> Option<(String, String)> {
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let directory = folder(&files);
    let error = Snapshot::load(directory.path()).err()?;
    Some((error.path.file_name().unwrap().to_string_lossy().into_owned(), error.kind.to_string()))
}

#[test]
fn an_element_of_another_cluster_is_refused_by_its_document_and_both_clusters() {
    let home = "eu-west-1:111122223333:";
    for at in 0..3 {
        let of = |name: &str, place: &str| refused(&[cluster(), documents(name, place)[at].clone()]);
        for name in ["null", "\"w\""] {
            assert_eq!(of(name, home), None);
        }
        let file = documents("null", home)[at].0;
        let (found, why) = of("\"other\"", home).unwrap();
        assert_eq!(found, file);
        assert!(
            why.ends_with(&format!(" is of cluster other, but cluster.json of cluster {CLUSTER}")),
            "{why}"
        );
        for elsewhere in ["eu-west-1:444455556666:", "us-east-1:111122223333:"] {
            let (found, why) = of("\"w\"", elsewhere).unwrap();
            assert_eq!(found, file);
            assert!(why.contains(&format!("is of cluster arn:aws:eks:{elsewhere}cluster/w")), "{why}");
        }
    }
}

#[test]
fn without_cluster_json_documents_of_two_clusters_refuse_each_other() {
    let home = "eu-west-1:111122223333:";
    let [entries, groups, _] = documents("null", home);
    let [_, _, profiles] = documents("null", "eu-west-1:444455556666:");
    assert_eq!(refused(&[entries.clone(), groups.clone()]), None);
    let (file, why) = refused(&[entries, groups, profiles]).unwrap();
    assert_eq!(file, "fargate-profiles.json");
    assert!(why.contains("but access-entries.json of cluster arn:aws:eks:eu-west-1:111122223333:"), "{why}");
}

#[test]
fn a_caller_of_another_account_may_be_and_one_of_another_partition_may_not() {
    let caller = |account: &str, arn: &str| {
        let text = format!(r#"{{"UserId": "u", "Account": "{account}", "Arn": "{arn}"}}"#);
        refused(&[cluster(), ("caller.json", text)])
    };
    assert_eq!(caller("444455556666", "arn:aws:sts::444455556666:assumed-role/a/b"), None);
    let (file, why) = caller("111122223333", "arn:aws-cn:sts::111122223333:assumed-role/a/b").unwrap();
    assert_eq!(file, "caller.json");
    assert!(
        why.ends_with(&format!("is of partition aws-cn, but cluster.json of cluster {CLUSTER}")),
        "{why}"
    );
    assert!(
        caller("111122223333", "arn:aws:sts::444455556666:assumed-role/a/b").unwrap().1.contains("another")
    );
}

#[test]
fn a_cluster_has_one_name() {
    let text = cluster().1.replace("\"name\": \"w\"", "\"name\": \"v\"");
    let (_, why) = refused(&[("cluster.json", text)]).unwrap();
    assert_eq!(why, format!("the cluster's name is v, but its ARN is {CLUSTER}"));
}

#[test]
fn what_needs_aws_auth_alone_is_told_of_the_rest() {
    let auth = ("aws-auth.yaml", "data: {mapRoles: '[]'}\n".to_owned());
    let [mut entries, groups, _] = documents("\"other\"", "eu-west-1:111122223333:");
    entries.1 = "{".to_owned();
    let files = [cluster(), auth, entries, groups, ("caller.json", "[]".to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let directory = folder(&files);
    let (snapshot, broken) = Snapshot::load_readable(directory.path()).unwrap();
    assert!(snapshot.aws_auth.is_some() && snapshot.cluster.is_some());
    assert_eq!((snapshot.access_entries, snapshot.nodegroups, snapshot.caller), (None, None, None));
    let broken: Vec<_> = broken.iter().map(|error| error.path.file_name().unwrap().to_owned()).collect();
    assert_eq!(broken, ["access-entries.json", "nodegroups.json", "caller.json"]);
    write_atomic(&directory.path().join("aws-auth.yaml"), b"[").unwrap();
    assert!(Snapshot::load_readable(directory.path()).is_err());
}
