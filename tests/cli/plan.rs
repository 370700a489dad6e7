use crate::bench::{Bench, without_digests};

const PLAN: [&str; 5] = ["plan", "--snapshot", "snapshot", "--config", "snapshot/eksodus.yaml"];

fn bench() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    bench
}

#[test]
fn the_plan_of_the_quick_start_as_text() {
    insta::assert_snapshot!(bench().run(&PLAN).all());
}

#[test]
fn the_plan_of_the_quick_start_as_markdown() {
    let ran = bench().run(&[&PLAN[..], &["-o", "markdown"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    insta::assert_snapshot!(without_digests(&ran.stdout));
}

#[test]
fn what_blocks_comes_first_and_ends_in_4() {
    let bench = bench();
    std::fs::remove_file(bench.path("snapshot/eksodus.yaml")).unwrap();
    insta::assert_snapshot!(bench.run(&["plan", "--snapshot", "snapshot"]).all());
}

#[test]
fn pending_changes_end_in_3_only_when_asked() {
    let bench = bench();
    assert_eq!(bench.run(&PLAN).code, Some(0));
    assert_eq!(bench.run(&[&PLAN[..], &["--exit-code"]].concat()).code, Some(3));
}

#[cfg(feature = "live")]
#[test]
fn json_is_the_plan_that_is_saved() {
    let bench = bench();
    let ran = bench.run(&[&PLAN[..], &["-o", "json", "--out", "plan.json"]].concat());
    assert_eq!(ran.stdout, bench.read("plan.json"));
    assert_eq!(ran.stderr, "saved to plan.json\n");
    let shown = bench.run(&["show", "plan.json", "-o", "json"]);
    assert_eq!((shown.code, shown.stdout), (Some(0), ran.stdout));
    let text = bench.run(&["show", "plan.json"]);
    assert!(
        text.stdout
            .contains("eksodus apply plan.json --cluster prod-eu --region eu-west-1 --allow-irreversible"),
        "{}",
        text.stdout
    );
}

#[test]
fn an_aws_auth_alone_is_planned_from_a_file_or_from_stdin() {
    let bench = bench();
    let args = ["plan", "--config", "snapshot/eksodus.yaml", "--aws-auth"];
    let file = bench.run(&[&args[..], &["snapshot/aws-auth.yaml"]].concat());
    assert!(file.stdout.contains("NOT CHECKED, FOR DATA IS MISSING"), "{}", file.all());
    let text = bench.read("snapshot/aws-auth.yaml");
    let stdin = bench.run_with(bench.command(&[&args[..], &["-"]].concat()), text.as_bytes());
    assert_eq!(stdin.code, file.code);
    assert!(stdin.stdout.contains("-:7"), "{}", stdin.stdout);
}

#[test]
fn the_file_replaces_the_aws_auth_of_the_folder() {
    let bench = bench();
    bench.write("empty.yaml", "kind: ConfigMap\ndata: {}\n");
    let ran = bench.run(&["plan", "--snapshot", "snapshot", "--aws-auth", "empty.yaml"]);
    assert!(
        ran.stdout.starts_with("! prod-eu (111122223333, eu-west-1): 2 need a decision"),
        "{}",
        ran.all()
    );
}

#[test]
fn decisions_beside_the_snapshot_or_of_the_working_directory_are_used_and_named() {
    let bench = bench();
    let ran = bench.run(&["plan", "--snapshot", "snapshot"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "decisions from snapshot/eksodus.yaml\n"));
    std::fs::rename(bench.path("snapshot/eksodus.yaml"), bench.path("eksodus.yaml")).unwrap();
    let ran = bench.run(&["plan", "--snapshot", "snapshot"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "decisions from eksodus.yaml\n"));
    assert_eq!(bench.run(&["plan", "--snapshot", "snapshot", "--quiet"]).stderr, "");
    let mut command = bench.command(&["plan", "--snapshot", "snapshot"]);
    command.env("EKSODUS_CONFIG", "eksodus.yaml");
    let ran = bench.run_with(command, b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert!(
        ran.stdout.contains("eksodus rehearse --snapshot snapshot --config eksodus.yaml\n"),
        "{}",
        ran.all()
    );
}

#[test]
fn colours_come_when_asked_for_and_not_into_a_pipe() {
    let bench = bench();
    assert!(!bench.run(&PLAN).stdout.contains('\u{1b}'));
    let always = [&PLAN[..], &["--color", "always"]].concat();
    assert!(bench.run(&always).stdout.contains("\u{1b}["));
    let mut command = bench.command(&PLAN);
    command.env("NO_COLOR", "1");
    assert!(!bench.run_with(command, b"").stdout.contains('\u{1b}'));
}

#[test]
fn redaction_leaves_no_account_id_in_any_format() {
    let bench = bench();
    for format in ["text", "json", "markdown", "html"] {
        let ran = bench.run(&[&PLAN[..], &["--redact", "--verbose", "-o", format]].concat());
        for account in ["111122223333", "444455556666"] {
            assert!(!ran.all().contains(account), "{format}: {}", ran.all());
        }
        assert!(ran.stdout.contains("‹account-02›"), "{format}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_closed_pipe_is_not() {
    use std::process::Stdio;

    let bench = bench();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = bench.command(&PLAN).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("stdout cannot be written"));

    let mut child = bench.command(&PLAN).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let bench = bench();
    let ran = bench.run(&[&PLAN[..], &["--out", "missing/plan.json"]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.all());
    insta::assert_snapshot!(ran.stderr);
}

#[test]
fn standard_output_is_no_file_to_save_to() {
    let bench = bench();
    let ran = bench.run(&[&PLAN[..], &["--out", "-"]].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.all());
    assert!(ran.stderr.contains("--output json") && !bench.path("-").exists(), "{}", ran.all());
}

/// How its metadata names the tool that keeps `aws-auth`.
fn managed_by(bench: &Bench, metadata: &str) {
    let text = bench.read("snapshot/aws-auth.yaml");
    let named = "metadata:\n";
    assert!(text.contains(named), "{text}");
    bench.write("snapshot/aws-auth.yaml", text.replacen(named, &format!("{named}{metadata}"), 1));
}

#[test]
fn whoever_else_manages_aws_auth_is_named_with_what_to_do() {
    let bench = bench();
    let before = bench.run(&[&PLAN[..], &["-o", "json"]].concat()).stdout;
    managed_by(
        &bench,
        "  annotations: {meta.helm.sh/release-name: access, aws.cdk.eks/x: ''}\n  managedFields:\n  - {manager: Terraform, operation: Apply, fieldsV1: {f:data: {f:mapRoles: {}}}}\n  - {manager: vpcLambda, operation: Update, fieldsV1: {f:data: {f:mapRoles: {}}}}\n",
    );
    let ran = bench.run(&PLAN);
    let owners: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("warning: ") || line.starts_with("hint: "))
        .collect();
    insta::assert_snapshot!(owners.join("\n"));
    // it is no part of the plan, which does not depend on how the ConfigMap was read
    let steps = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap()["notices"].clone();
    let after = bench.run(&[&PLAN[..], &["-o", "json"]].concat()).stdout;
    assert_eq!(steps(&before), steps(&after));
    let events = bench.run(&[&PLAN[..], &["--log-format", "json"]].concat()).stderr;
    let owner = events.lines().find(|line| line.contains("\"event\":\"owner\"")).unwrap();
    assert!(owner.contains("\"handOver\":\"before prune: `terraform state rm`"), "{owner}");
    // whoever keeps the ConfigMap as it is needs nothing
    let ran = bench.run(&[&PLAN[..], &["--quiet"]].concat());
    assert!(ran.stderr.contains("warning: Terraform manages"), "{}", ran.stderr);
}

#[test]
fn a_plan_replaces_no_file_that_is_not_a_plan() {
    let bench = Bench::new();
    bench.copy("quickstart", ".");
    let before = bench.read("aws-auth.yaml");
    let names = ["aws-auth.yaml", "cluster.json", "eksodus.yaml", "./rbac.yaml"];
    for name in names {
        let there = bench.read(name);
        for source in [&["--snapshot", "."][..], &["--aws-auth", "aws-auth.yaml"]] {
            let refused = bench.run(&[&["plan", "--out", name], source].concat());
            assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{}", refused.all());
            let name = name.trim_start_matches("./");
            assert!(
                refused.stderr.contains(name) && refused.stderr.contains("not a plan"),
                "{}",
                refused.all()
            );
        }
        assert_eq!(bench.read(name), there);
    }
    // what the folder's next reader would take for a part of the cluster
    std::fs::remove_file(bench.path("caller.json")).unwrap();
    assert_eq!(bench.run(&["plan", "--snapshot", ".", "--out", "caller.json"]).code, Some(2));
    assert!(!bench.path("caller.json").exists());
    // a plan may be written again, and over nothing
    bench.write("empty", "");
    for name in ["plan.json", "plan.json", "empty"] {
        assert_ne!(bench.run(&["plan", "--snapshot", ".", "--out", name]).code, Some(2));
        assert!(bench.read(name).contains("\"digest\""));
    }
    assert_eq!(bench.read("aws-auth.yaml"), before);
    let recorded = bench.run(&["assert", "--record", "--snapshot", ".", "--out", "eksodus.yaml"]);
    assert_eq!(recorded.code, Some(2), "{}", recorded.all());
    for _ in 0..2 {
        let recorded = bench.run(&["assert", "--record", "--snapshot", ".", "--out", "access.yaml"]);
        assert_eq!(recorded.code, Some(0), "{}", recorded.all());
    }
}
