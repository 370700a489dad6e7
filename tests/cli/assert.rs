//! `assert`: files of assertions against a snapshot, and against RBAC alone.

use crate::bench::{Bench, Ran};

const RBAC: &str = "apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: read-all, labels: {to-viewers: 'true'}}
rules: [{apiGroups: [''], resources: [pods, secrets], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: viewers}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-viewers: 'true'}}]}
---
apiVersion: v1
kind: List
items:
  - kind: ClusterRoleBinding
    metadata: {name: viewers}
    roleRef: {kind: ClusterRole, name: viewers}
    subjects: [{kind: Group, name: viewers}, {kind: ServiceAccount, name: prober, namespace: shop}]
  - kind: Role
    metadata: {name: lost}
    rules: []
  - kind: RoleBinding
    metadata: {name: deployers, namespace: shop}
    roleRef: {kind: ClusterRole, name: gone}
    subjects: [{kind: User, name: eve}]
";

const ACCESS: &str = "version: 1
assertions:
  - user: bob
    groups: [viewers]
    cannot: {verb: get, resource: secrets, namespace: kube-system}
  - groups: [viewers]
    can: {verb: list, resource: pods}
  - user: system:serviceaccount:shop:prober
    can: {verb: get, resource: pods, name: web-1, namespace: shop}
  - user: eve
    can: {verb: create, resource: deployments.apps/scale, namespace: shop}
  - user: eve
    cannot: {verb: get, path: /healthz}
  - user: ops
    groups: [system:masters]
    can: {verb: delete, resource: nodes}
";

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("rbac.yaml", RBAC);
    bench.write("access.yaml", ACCESS);
    bench
}

#[test]
fn what_fails_is_told_line_by_line_and_with_verbose_all() {
    let told = [&["--rbac", "rbac.yaml"][..], &["--rbac", "rbac.yaml", "-v"]]
        .map(|more| bench().run(&[&["assert", "access.yaml"], more].concat()).all());
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn json_has_each_with_its_index() {
    let ran = bench().run(&["assert", "access.yaml", "--rbac", "rbac.yaml", "-o", "json"]);
    insta::assert_snapshot!(ran.all());
}

#[test]
fn when_all_hold_the_code_is_0() {
    let bench = bench();
    bench
        .write("access.yaml", "version: 1\nassertions: [{user: eve, cannot: {verb: get, path: /metrics}}]\n");
    let ran = bench.run(&["assert", "access.yaml", "--rbac", "rbac.yaml", "-q"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (Some(0), "✓ access.yaml: 1 assertion holds\n"),
        "{}",
        ran.all()
    );
    // from standard input
    let command = bench.command(&["assert", "-", "--rbac", "rbac.yaml"]);
    let ran = bench.run_with(command, ACCESS.as_bytes());
    assert!(ran.code == Some(3) && ran.stdout.contains("\n-:3:5: fails: "), "{}", ran.all());
}

/// What follows on a line of the documentation, up to the end of its block.
fn documented(after: &str) -> &'static str {
    let page = include_str!("../../docs/assertions.md");
    page.split_once(after).unwrap().1.split("```").next().unwrap()
}

#[test]
fn a_snapshot_has_two_sides_and_the_example_is_what_is_printed() {
    let bench = Bench::new();
    bench.copy("quickstart", "fixtures/quickstart");
    bench.write("access.yaml", documented("```yaml access.yaml\n"));
    let ran = bench.run(&["assert", "access.yaml", "--snapshot", "fixtures/quickstart", "-v"]);
    let printed = documented("$ eksodus assert access.yaml --snapshot fixtures/quickstart -v\n");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(3), printed), "{}", ran.all());
}

#[test]
fn what_is_recorded_holds_and_is_the_same_again() {
    let bench = Bench::new();
    bench.copy("quickstart", "lab");
    let first = bench.run(&["assert", "--record", "--snapshot", "lab"]);
    assert!(first.code == Some(0) && first.stdout.contains("\nversion: 1\n"), "{}", first.all());
    for principal in ["role/ci/deployer", "user/ops/maria", "user/break-glass"] {
        let principal = format!("  - principal: arn:aws:iam::111122223333:{principal}\n");
        assert!(first.stdout.contains(&principal), "{principal}: {}", first.stdout);
    }
    let saved = bench.run(&["assert", "--record", "--snapshot", "lab", "--out", "access.yaml"]);
    assert_eq!((saved.code, bench.read("access.yaml")), (Some(0), first.stdout), "{}", saved.stderr);
    let json = bench.run(&["assert", "--record", "--snapshot", "lab", "-o", "json", "--out", "access.json"]);
    assert_eq!((json.code, json.stdout.as_str()), (Some(0), ""), "{}", json.stderr);
    for file in ["access.yaml", "access.json"] {
        let ran = bench.run(&["assert", file, "--snapshot", "lab"]);
        assert_eq!(ran.code, Some(0), "{file}: {}", ran.all());
    }
}

#[test]
fn of_rbac_alone_the_subjects_of_bindings_are_recorded() {
    let bench = bench();
    let recorded = bench.run(&["assert", "--record", "--rbac", "rbac.yaml"]);
    insta::assert_snapshot!(recorded.all());
    bench.write("recorded.yaml", &recorded.stdout);
    let ran = bench.run(&["assert", "recorded.yaml", "--rbac", "rbac.yaml"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
}

/// Each with its place, nothing on stdout, and not the code of an assertion that fails.
#[test]
fn a_file_that_says_nothing_clear_is_an_error() {
    let bench = bench();
    let can = "can: {verb: get, resource: pods}";
    let of = |assertion: &str| format!("version: 1\nassertions:\n  - {assertion}\n");
    let files = [
        String::new(),
        "version: 2\n".to_owned(),
        "version: 1\nassertions: []\n".to_owned(),
        of(&format!("user: a\n    usr: b\n    {can}")),
        of(&format!("user: a\n    {can}\n    cannot: {{verb: get, resource: pods}}")),
        of("user: a"),
        of(can),
        of(&format!("user: a\n    principal: arn:aws:iam::111122223333:role/a\n    {can}")),
        of(&format!("principal: role/a\n    {can}")),
        of(&format!("principal: arn:aws:iam::111122223333:role/a\n    {can}")),
        of("user: a\n    can: {verb: get}"),
        of("user: a\n    can: {verb: get, path: /, resource: pods}"),
        of(&format!("user: 1\n    {can}")),
        "a: [\n".to_owned(),
    ];
    let told: Vec<String> = files
        .iter()
        .map(|file| {
            bench.write("access.yaml", file);
            let Ran { stdout, stderr, code } =
                bench.run(&["assert", "access.yaml", "--rbac", "rbac.yaml", "-q"]);
            assert_eq!((code, stdout.as_str()), (Some(1), ""), "{file}: {stderr}");
            stderr
        })
        .collect();
    insta::assert_snapshot!(told.concat());
}

#[test]
fn what_is_no_rbac_is_an_error_and_no_source_is_usage() {
    let bench = bench();
    bench.write(
        "twice.yaml",
        "kind: ClusterRole\nmetadata: {name: a}\n---\nkind: ClusterRole\nmetadata: {name: a}\n",
    );
    bench.write("list.yaml", "- a\n");
    for file in ["twice.yaml", "list.yaml", "none.yaml"] {
        let ran = bench.run(&["assert", "access.yaml", "--rbac", file]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{file}: {}", ran.all());
        assert!(ran.stderr.contains(file), "{}", ran.all());
    }
    for args in
        [&["assert"][..], &["assert", "access.yaml", "--record"], &["assert", "access.yaml", "--out", "x"]]
    {
        assert_eq!(bench.run(&[args, &["--rbac", "rbac.yaml"]].concat()).code, Some(2), "{args:?}");
    }
    bench.write("empty.yaml", "kind: List\nitems: []\n");
    bench.write("aws-auth.yaml", "metadata: {name: aws-auth, namespace: kube-system}\ndata: {}\n");
    for source in [["--rbac", "empty.yaml"], ["--aws-auth", "aws-auth.yaml"]] {
        let ran = bench.run(&[&["assert", "--record"][..], &source].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.all());
        assert!(ran.stderr.contains("nobody is known"), "{}", ran.all());
    }
}
