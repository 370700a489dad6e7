use std::fs;

use crate::bench::Bench;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    fs::rename(bench.path("snapshot/eksodus.yaml"), bench.path("eksodus.yaml")).unwrap();
    bench
}

#[test]
fn the_whole_migration_without_touching_the_snapshot() {
    let bench = bench();
    let before = bench.read("snapshot/cluster.json");
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot"]);
    insta::assert_snapshot!(ran.all());
    assert_eq!(bench.read("snapshot/cluster.json"), before);
    assert!(!bench.path("snapshot/runs").exists());
}

#[test]
fn a_fault_stops_it_and_it_goes_on() {
    let bench = bench();
    let ran =
        bench.run(&["rehearse", "--snapshot", "snapshot", "--fault", "halt-after:eks:CreateAccessEntry:2"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(ran.stdout.contains("stopped once, and went on"), "{}", ran.all());
}

#[test]
fn a_rollback_leaves_nothing_behind_wherever_it_stopped() {
    let bench = bench();
    let faults = [
        // the mode was changed, and stays so
        ("halt:eks:AssociateAccessPolicy:1", 6, "failed"),
        ("deny:eks:AssociateAccessPolicy", 6, "failed"),
        ("lost-answer:eks:CreateAccessEntry:4", 0, "done"),
        ("throttle-every:5", 0, "done"),
    ];
    for (fault, code, result) in faults {
        let args = [
            "rehearse",
            "--snapshot",
            "snapshot",
            "--fault",
            fault,
            "--rollback",
            "--through",
            "prune",
            "-o",
            "json",
        ];
        let ran = bench.run(&args);
        assert_eq!(ran.code, Some(code), "{fault}: {}", ran.all());
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(
            (&report["leftBehind"], &report["result"]),
            (&serde_json::json!([]), &result.into()),
            "{fault}"
        );
    }
}

#[test]
fn an_unknown_fault_is_a_usage_error_that_lists_the_faults() {
    let ran = bench().run(&["rehearse", "--snapshot", "snapshot", "--fault", "explode"]);
    assert!(ran.code == Some(2) && ran.stderr.contains("lost-answer:"), "{}", ran.all());
}

#[test]
fn what_needs_a_decision_is_blocked() {
    let bench = bench();
    fs::remove_file(bench.path("eksodus.yaml")).unwrap();
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(4), ""), "{}", ran.all());
    assert!(ran.stderr.starts_with("error: snapshot/aws-auth.yaml:24:5: "), "{}", ran.all());
}

#[test]
fn a_run_that_is_refused_half_way_is_partly_applied() {
    let bench = bench();
    let fault = "edit-aws-auth:eks:AssociateAccessPolicy:1";
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot", "--fault", fault]);
    assert_eq!(ran.code, Some(6), "{}", ran.all());
    assert!(
        ran.stdout.starts_with("refused: ") && ran.stdout.contains(" calls took effect"),
        "{}",
        ran.all()
    );
}

#[test]
fn a_shorter_rehearsal_promises_less() {
    let bench = bench();
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot", "--through", "prune"]);
    assert!(ran.stdout.contains("nothing left to do of the phases up to prune\n"), "{}", ran.all());
    let one = bench.run(&["rehearse", "--snapshot", "snapshot", "--through", "dual-mode"]);
    assert!(one.stdout.starts_with("done through dual-mode: 1 call in "), "{}", one.all());
}

#[test]
fn it_rehearses_the_plan_that_is_saved() {
    let bench = bench();
    assert_eq!(bench.run(&["plan", "--snapshot", "snapshot", "--out", "plan.json"]).code, Some(0));
    let saved: serde_json::Value = serde_json::from_str(&bench.read("plan.json")).unwrap();
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot", "-o", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["plan"], saved["digest"]);
}

#[test]
fn a_rollback_is_rehearsed_from_where_one_is_possible() {
    let bench = bench();
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot", "--rollback", "--quiet"]);
    assert!(ran.code == Some(0) && ran.stdout.starts_with("done through prune: "), "{}", ran.all());
    let ran = bench.run(&["rehearse", "--snapshot", "snapshot", "--rollback", "--through", "api-mode"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.all());
}

/// `docs/simulator.md` says of each fault what `rehearse` ends with.
#[test]
fn each_documented_fault_ends_as_the_table_says() {
    let bench = bench();
    let page = fs::read_to_string("docs/simulator.md").unwrap();
    let table = page.split("| fault | meaning |").nth(1).unwrap();
    let mut rows = 0;
    for row in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [.., example, code, _] = cells.as_slice() else { panic!("{row}") };
        let example = example.trim_matches('`');
        let ran = bench.run(&["rehearse", "--snapshot", "snapshot", "--quiet", "--fault", example]);
        assert_eq!(ran.code, Some(code.parse().unwrap()), "{row}\n{}", ran.all());
        rows += 1;
    }
    assert_eq!(rows, 19);
}
