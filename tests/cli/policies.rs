use crate::bench::{Bench, Ran};

/// Groups with what policies have, what they have not, and what is not there.
const RBAC: &str = r#"apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: reader}
  rules:
  - {apiGroups: [""], resources: [pods, services], verbs: [get, list, watch]}
  - {apiGroups: [apps], resources: [deployments], verbs: [get, list, watch]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: deployer}
  rules:
  - {apiGroups: [apps], resources: [deployments, deployments/scale], verbs: [get, list, watch, create, update, patch]}
  - {apiGroups: [""], resources: [pods/eviction], verbs: [create]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: secret-reader}
  rules:
  - {apiGroups: [""], resources: [secrets], verbs: [get, list, watch]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: access-manager}
  rules:
  - {apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [get, list, create]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: devs}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: auditors}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: secret-reader}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: auditors}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: devs, namespace: shop}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deployer}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: devs, namespace: web}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: deployer}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: devs, namespace: old}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: leads, namespace: shop}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: access-manager}
  subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: leads}]
"#;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("rbac.yaml", RBAC);
    bench
}

fn answered(ran: Ran) -> String {
    // of the file there is a word to say
    let warning = "warning: rbac.yaml: 1 binding refers to a missing role";
    assert!(ran.code == Some(0) && ran.stderr.lines().all(|line| line.starts_with(warning)), "{}", ran.all());
    ran.stdout
}

#[test]
fn all_policies_are_a_table() {
    insta::assert_snapshot!(answered(Bench::new().run(&["policies"])));
}

/// One that the catalogue does not know comes last; of the others it is said whether they are offered.
#[test]
fn a_region_says_what_it_offers() {
    let bench = bench();
    bench.copy("quickstart", "lab");
    let listed = |names: &[&str]| {
        let one = |name: &&str| format!(r#"{{"arn": "arn:aws:eks::aws:cluster-access-policy/{name}"}}"#);
        format!(r#"{{"accessPolicies": [{}]}}"#, names.iter().map(one).collect::<Vec<_>>().join(", "))
    };
    bench.write("lab/access-policies.json", listed(&["AmazonEKSBrandNewPolicy", "AmazonEKSViewPolicy"]));
    let table = answered(bench.run(&["policies", "--snapshot", "lab"]));
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].ends_with("SEEN        OFFERED"), "{table}");
    assert_eq!(lines.iter().filter(|line| line.ends_with("  yes")).count(), 2, "{table}");
    assert!(lines.last().unwrap().starts_with("AmazonEKSBrandNewPolicy "), "{table}");
    insta::assert_snapshot!(
        ["AmazonEKSBrandNewPolicy", "AmazonEKSSecretReaderPolicy"]
            .map(|name| answered(bench.run(&["policies", name, "--snapshot", "lab"])))
            .join("\n")
    );
    // what the Region does not offer is not proposed
    let proposed = answered(bench.run(&["policies", "--for-group", "viewers", "--snapshot", "lab"]));
    assert!(proposed.contains("AmazonEKSViewPolicy (cluster) loses 6"), "{proposed}");
    assert!(!proposed.contains("ClusterAdmin"), "{proposed}");
    bench.write("lab/access-policies.json", listed(&[]));
    let proposed = answered(bench.run(&["policies", "--for-group", "viewers", "--snapshot", "lab"]));
    assert!(proposed.contains("every policy with known rules loses something"), "{proposed}");
    assert!(!proposed.contains("Policy"), "{proposed}");
}

/// Complete and equal, complete and different, incomplete, without any rule.
#[test]
fn one_policy_stands_beside_the_nearest_cluster_role() {
    let bench = Bench::new();
    let names = [
        "AmazonEKSClusterAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSAdminViewPolicy",
        "AmazonEKSSecretAdminPolicy",
        "AmazonEKSAutoNodePolicy",
        "AmazonEKSHybridPolicy",
    ];
    insta::assert_snapshot!(names.map(|name| answered(bench.run(&["policies", name]))).join("\n"));
}

#[test]
fn the_roles_of_a_file_take_the_place_of_the_defaults() {
    let bench = bench();
    let names = ["AmazonEKSSecretReaderPolicy", "AmazonEKSViewPolicy", "AmazonEKSHybridPolicy"];
    let text = names.map(|name| answered(bench.run(&["policies", name, "--rbac", "rbac.yaml"]))).join("\n");
    let (_, beside) = text.split_once("NEAREST").unwrap();
    assert!(beside.starts_with(" CLUSTERROLE\n  secret-reader (of rbac.yaml)\n  equal:"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn an_incomplete_policy_is_never_equal() {
    let bench = Bench::new();
    let all = answered(bench.run(&["policies", "-o", "json"]));
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    let mut incomplete = 0;
    for policy in all["policies"].as_array().unwrap() {
        let name = policy["name"].as_str().unwrap();
        let text = answered(bench.run(&["policies", name]));
        let json = answered(bench.run(&["policies", name, "-o", "json"]));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        if policy["complete"] == false {
            incomplete += 1;
            assert!(text.contains("unknown") && !text.contains("equal"), "{text}");
            assert!(
                json["nearest"].as_array().unwrap().iter().all(|it| it["relation"] == "unknown"),
                "{json}"
            );
        }
    }
    assert_eq!(incomplete, 30);
}

#[test]
fn a_policy_may_be_named_by_its_arn() {
    let bench = Bench::new();
    let arn = "arn:aws-us-gov:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
    let answer = answered(bench.run(&["policies", arn]));
    assert!(answer.contains(arn), "{answer}");
    let by_name = answered(bench.run(&["policies", "AmazonEKSViewPolicy"]));
    assert_eq!(answer.replace("aws-us-gov", "aws"), by_name);
    // without an ARN it is the cluster's partition
    bench.copy("quickstart", "lab");
    let cluster =
        bench.read("lab/cluster.json").replace("arn:aws:eks:eu-west-1", "arn:aws-cn:eks:cn-north-1");
    for file in
        ["caller.json", "nodegroups.json", "fargate-profiles.json", "iam-roles.json", "iam-users.json"]
    {
        std::fs::remove_file(bench.path(&format!("lab/{file}"))).unwrap();
    }
    std::fs::remove_file(bench.path("lab/access-policies.json")).unwrap();
    bench.write("lab/cluster.json", cluster);
    let answer = answered(bench.run(&["policies", "AmazonEKSViewPolicy", "--snapshot", "lab"]));
    assert!(answer.contains("arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"), "{answer}");
}

#[test]
fn a_name_that_does_not_exist_is_a_usage_error_with_what_was_meant() {
    let bench = Bench::new();
    let told = ["view", "AmazonEKSVeiwPolicy", "arn:aws:iam::aws:policy/AmazonEKSClusterAdmin", "AWSFoo", ""]
        .map(|name| {
            let ran = bench.run(&["policies", name]);
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.all());
            ran.stderr
        });
    insta::assert_snapshot!(told.concat());
}

#[test]
fn for_a_group_the_smallest_policy_of_each_scope_is_proposed() {
    let bench = bench();
    let groups = ["devs", "auditors", "leads", "system:masters", "dev", "nobody"];
    let ask = |group: &str| answered(bench.run(&["policies", "--for-group", group, "--rbac", "rbac.yaml"]));
    insta::assert_snapshot!(groups.map(ask).join("\n"));
}

#[test]
fn what_gives_other_than_it_seems_is_told_beside() {
    let ran = bench().run(&["policies", "--for-group", "devs", "--rbac", "rbac.yaml", "-o", "json"]);
    assert!(
        ran.stderr.starts_with("warning: rbac.yaml: 1 binding refers to a missing role"),
        "{}",
        ran.all()
    );
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let dangling: Vec<usize> = json["scopes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["dangling"].as_array().unwrap().len())
        .collect();
    assert_eq!(dangling, [0, 1, 0]);
}

#[test]
fn for_a_group_one_namespace_is_asked_alone() {
    let bench = bench();
    let ask = |namespace: &str| {
        answered(bench.run(&["policies", "--for-group", "devs", "-n", namespace, "--rbac", "rbac.yaml"]))
    };
    let leads =
        answered(bench.run(&["policies", "--for-group", "leads", "-n", "web", "--rbac", "rbac.yaml"]));
    assert!(leads.ends_with("no binding gives it anything in namespace web\n"), "{leads}");
    insta::assert_snapshot!(ask("shop"));
}

#[test]
fn everything_of_a_group_fits_the_page_too() {
    let bench = bench();
    for group in ["devs", "auditors", "leads"] {
        let args = ["policies", "--for-group", group, "--rbac", "rbac.yaml", "--verbose"];
        let text = answered(bench.run(&args));
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(text.contains("AmazonEKSAdminPolicy (") && !text.contains("--verbose"), "{text}");
    }
}

#[test]
fn as_json() {
    let bench = bench();
    let table = answered(bench.run(&["policies", "-o", "json"]));
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    let first = serde_json::to_string_pretty(&table["policies"][0]).unwrap();
    let one = answered(bench.run(&[
        "policies",
        "AmazonEKSSecretReaderPolicy",
        "--rbac",
        "rbac.yaml",
        "-o",
        "json",
    ]));
    let group =
        answered(bench.run(&["policies", "--for-group", "auditors", "--rbac", "rbac.yaml", "-o", "json"]));
    let mut group: serde_json::Value = serde_json::from_str(&group).unwrap();
    group["scopes"][0]["candidates"].as_array_mut().unwrap().truncate(1);
    insta::assert_snapshot!(format!("{first}\n{one}{}", serde_json::to_string_pretty(&group).unwrap()));
}

#[test]
fn roles_and_bindings_that_are_not_known_are_not_guessed() {
    let bench = bench();
    bench.copy("quickstart", "lab");
    std::fs::remove_file(bench.path("lab/rbac.yaml")).unwrap();
    bench.write("broken.yaml", "kind: Role\nmetadata: {name: [}\n");
    bench.write("twice.yaml", format!("{RBAC}{}", &RBAC[RBAC.find("- api").unwrap()..]));
    let told = [
        &["policies", "--for-group", "devs", "--snapshot", "lab"][..],
        &["policies", "--for-group", "devs", "--rbac", "none.yaml"],
        &["policies", "AmazonEKSViewPolicy", "--rbac", "broken.yaml"],
        &["policies", "AmazonEKSViewPolicy", "--rbac", "twice.yaml"],
        &["policies", "-o", "markdown"],
    ]
    .map(|args| {
        let ran = bench.run(args);
        assert_eq!(ran.stdout, "", "{args:?}");
        ran.told()
    });
    insta::assert_snapshot!(told.join("\n"));
}
