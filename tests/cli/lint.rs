use crate::bench::{Bench, Ran, fixture_path};

fn lint(args: &[&str]) -> Ran {
    let bench = Bench::new();
    bench.write("aws-auth.yaml", std::fs::read(fixture_path("quickstart/aws-auth.yaml")).unwrap());
    bench.run(&[&["lint", "--aws-auth", "aws-auth.yaml"], args].concat())
}

#[test]
fn findings_stand_under_the_lines_they_are_about() {
    insta::assert_snapshot!(lint(&[]).all());
}

#[test]
fn json_has_every_entry_with_its_status() {
    let ran = lint(&["--output", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let statuses = |section: &str| -> Vec<String> {
        let entries = report["sections"][section]["entries"].as_array().unwrap();
        entries.iter().map(|entry| entry["status"].as_str().unwrap().to_owned()).collect()
    };
    let force = "in-force";
    assert_eq!(statuses("mapRoles"), [force, force, force, force, "never-matches", force, force, force]);
    assert_eq!(statuses("mapUsers"), [force, "superseded", force]);
    assert_eq!(statuses("mapAccounts"), [force]);
    assert_eq!(report["sections"]["mapRoles"]["status"], "read");
    assert!(report["findings"].as_array().unwrap().iter().all(|finding| finding["line"].is_u64()));
}

#[test]
fn a_cluster_without_aws_auth_has_no_findings() {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    std::fs::remove_file(bench.path("snapshot/aws-auth.yaml")).unwrap();
    let ran = bench.run(&["lint", "--snapshot", "snapshot", "-o", "json"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), "nothing found\n"));
    assert!(ran.stdout.contains("\"absent\""), "{}", ran.stdout);
}
