//! What people really pass by mistake.

use std::fs;

use crate::bench::Bench;

/// Runs lint on the text and returns what it tells.
fn lint(bench: &Bench, content: &[u8]) -> String {
    bench.write("aws-auth.yaml", content);
    bench.run(&["lint", "--aws-auth", "aws-auth.yaml"]).told()
}

#[test]
fn what_is_not_an_aws_auth_is_named_with_its_place() {
    let bench = Bench::new();
    let config_map = |name: &str, namespace: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\ndata: {{}}\n"
        )
    };
    let cases: [(&str, Vec<u8>); 8] = [
        ("not ConfigMap", b"apiVersion: v1\nkind: Secret\nmetadata:\n  name: aws-auth\n".to_vec()),
        ("wrong name", config_map("aws-auht", "kube-system").into_bytes()),
        ("wrong namespace", config_map("aws-auth", "default").into_bytes()),
        ("two documents", format!("{0}---\n{0}", config_map("aws-auth", "kube-system")).into_bytes()),
        ("binary", b"\x7fELF\x02\x01\x01\x00\xff\xfe".to_vec()),
        ("broken YAML", b"apiVersion: v1\nkind: ConfigMap\ndata: {\n".to_vec()),
        ("empty", Vec::new()),
        ("a list of text", b"- a\n- b\n".to_vec()),
    ];
    let told: Vec<String> =
        cases.iter().map(|(what, content)| format!("# {what}\n{}", lint(&bench, content))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn what_people_really_hold_is_answered_by_what_it_is() {
    let bench = Bench::new();
    let cases: [(&str, &str); 13] = [
        ("eksctl", "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\niamIdentityMappings:\n  - arn: x\n"),
        ("mappings alone", "- rolearn: arn:aws:iam::111122223333:role/Dev\n  username: dev\n"),
        ("a section alone", "mapRoles: |\n  - rolearn: arn:aws:iam::111122223333:role/Dev\n"),
        (
            "no |",
            "kind: ConfigMap\nmetadata: {name: aws-auth}\ndata:\n  mapRoles:\n    - rolearn: arn:aws:iam::111122223333:role/Dev\n",
        ),
        ("Terraform", "resource \"kubernetes_config_map\" \"aws_auth\" {\n  metadata {\n  }\n}\n"),
        ("Helm", "kind: ConfigMap\ndata:\n  mapRoles: |\n{{ toYaml .Values.mapRoles | indent 4 }}\n"),
        ("empty", "\n"),
        ("commented out", "# kind: ConfigMap\n# data: {}\n"),
        ("CloudFormation", "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n"),
        ("a kustomization", "kind: Kustomization\nconfigMapGenerator: [{name: aws-auth}]\n"),
        ("an error of kubectl", "Error from server (NotFound): configmaps \"aws-auth\" not found\n"),
        ("a web page", "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"),
        ("text", "hello\n"),
    ];
    let told: Vec<String> =
        cases.iter().map(|(what, text)| format!("# {what}\n{}", lint(&bench, text.as_bytes()))).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let bench = Bench::new();
    fs::create_dir(bench.path("folder")).unwrap();
    let told: Vec<String> = [
        &["lint", "--aws-auth", "missing.yaml"][..],
        &["lint", "--aws-auth", "folder"],
        &["plan", "--snapshot", "missing"],
        &["plan", "--snapshot", "folder", "--config", "missing.yaml"],
        &["show", "missing.json"],
    ]
    .iter()
    .map(|args| {
        let ran = bench.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{args:?}");
        ran.stderr
    })
    .collect();
    insta::assert_snapshot!(told.concat());
}

#[test]
fn a_plan_that_is_not_as_it_was_saved_is_refused() {
    let bench = Bench::new();
    let snapshot = bench.copy("quickstart", "snapshot");
    let plan = ["plan", "--snapshot", "snapshot", "--config", "snapshot/eksodus.yaml", "--out", "plan.json"];
    assert_eq!(bench.run(&plan).code, Some(0));
    let saved = bench.read("plan.json");

    bench.write("edited.json", saved.replace("\"deployers\"", "\"admins\""));
    let edited = bench.run(&["apply", "edited.json", "--simulate", "snapshot"]);
    assert!(edited.code == Some(5) && edited.stderr.contains("edited"), "{}", edited.told());

    for (major, command) in [(1, "show"), (3, "show"), (1, "apply"), (1, "lint")] {
        bench.write("other.json", saved.replacen("\"major\": 2", &format!("\"major\": {major}"), 1));
        let simulate = if command == "apply" { &["--simulate", "snapshot"][..] } else { &[] };
        let other = bench.run(&[&[command, "other.json"], simulate].concat());
        let told = format!("other.json: the plan has format {major}.2; this version reads 2.x");
        assert!(other.code == Some(1) && other.stderr.contains(&told), "{}", other.told());
    }

    bench.write("not.json", "{}");
    assert_eq!(bench.run(&["show", "not.json"]).code, Some(1));

    for document in ["cluster.json", "nodegroups.json", "fargate-profiles.json"] {
        let text = fs::read_to_string(snapshot.join(document)).unwrap();
        bench.write(&format!("snapshot/{document}"), text.replace("prod-eu", "prod-us"));
    }
    let other = bench.run(&["apply", "plan.json", "--simulate", "snapshot", "--allow-irreversible"]);
    assert!(other.code == Some(5) && other.stderr.contains("cluster/prod-us"), "{}", other.told());
    let other = bench.run(&["verify", "plan.json", "--simulate", "snapshot"]);
    assert!(other.code == Some(5) && other.stderr.contains("cluster/prod-us"), "{}", other.told());
}

#[test]
fn a_plan_without_a_cluster_cannot_be_applied() {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    let args = [
        "plan",
        "--aws-auth",
        "snapshot/aws-auth.yaml",
        "--config",
        "snapshot/eksodus.yaml",
        "--out",
        "plan.json",
    ];
    let planned = bench.run(&args);
    assert!(matches!(planned.code, Some(0 | 4)), "{}", planned.told());
    let ran = bench.run(&["apply", "plan.json", "--simulate", "snapshot", "--allow-irreversible"]);
    assert!(matches!(ran.code, Some(4 | 5)), "{}", ran.told());
}

/// Neither a pipe that nobody writes to nor a device without an end is waited for.
#[cfg(unix)]
#[test]
fn what_may_never_end_is_not_read() {
    let bench = Bench::new();
    bench.copy("quickstart", "sim");
    assert!(std::process::Command::new("mkfifo").arg(bench.path("pipe")).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/zero", bench.path("link")).unwrap();
    for path in ["pipe", "link", "/dev/zero"] {
        for args in [
            &["show", path][..],
            &["apply", path, "--simulate", "sim"],
            &["verify", path, "--simulate", "sim"],
            &["plan", "--snapshot", "sim", "--config", path],
            &["lint", "--aws-auth", path],
            &["rollback", path, "--simulate", "sim"],
        ] {
            let ran = bench.run(args);
            assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{args:?}: {}", ran.all());
            assert!(ran.stderr.contains(path), "{args:?}: {}", ran.all());
        }
    }
    // what a shell has opened is a file, as with <(…)
    let mut shell = std::process::Command::new("bash");
    let line = format!("{} lint --aws-auth <(cat sim/aws-auth.yaml)", env!("CARGO_BIN_EXE_eksodus"));
    shell.args(["-c", &line]).current_dir(bench.path(""));
    let output = shell.output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
}
