//! A migration of the quick-start cluster, from the plan to the rollback.

use std::fs;

use crate::bench::{Bench, Ran};

/// A simulated cluster in `sim`, and a plan of it in `plan.json`.
pub fn planned() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "sim");
    fs::rename(bench.path("sim/eksodus.yaml"), bench.path("eksodus.yaml")).unwrap();
    let ran = bench.run(&["plan", "--snapshot", "sim", "--out", "plan.json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    bench
}

pub fn apply(bench: &Bench, more: &[&str]) -> Ran {
    let args = ["apply", "plan.json", "--simulate", "sim", "--allow-irreversible"];
    bench.run(&[&args, more].concat())
}

pub fn entries(bench: &Bench) -> usize {
    let Ok(text) = fs::read_to_string(bench.path("sim/access-entries.json")) else { return 0 };
    serde_json::from_str::<Vec<serde_json::Value>>(&text).unwrap().len()
}

#[test]
fn a_migration_from_plan_to_verify() {
    let bench = planned();
    let applied = apply(&bench, &[]);
    insta::assert_snapshot!(applied.all());
    let verified = bench.run(&["verify", "plan.json", "--simulate", "sim"]);
    assert_eq!(verified.code, Some(0), "{}", verified.all());
    insta::assert_snapshot!(bench.run(&["status", "--simulate", "sim"]).all());
    let again = bench.run(&["plan", "--snapshot", "sim"]);
    // whom the account gave access has an entry of its own by now, which the plan leaves alone
    assert!(again.stdout.contains("  = 8 up to date\n"), "{}", again.all());
    let all = bench.run(&["plan", "--snapshot", "sim", "--verbose"]);
    assert_eq!(all.stdout.matches("\n  = ").count(), 8, "{}", all.all());
}

#[test]
fn nothing_irreversible_happens_by_itself() {
    let bench = planned();
    let ran = bench.run(&["apply", "plan.json", "--simulate", "sim"]);
    assert_eq!(ran.code, Some(5), "{}", ran.all());
    assert!(ran.stderr.contains("--allow-irreversible"), "{}", ran.all());
    assert!(
        !bench
            .path("sim/runs/111122223333/eu-west-1/prod-eu")
            .read_dir()
            .is_ok_and(|mut runs| runs.next().is_some())
    );
    assert_eq!(entries(&bench), 0);
}

#[test]
fn all_the_way_to_api_mode() {
    let bench = planned();
    let ran = apply(&bench, &["--through", "api-mode"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert!(bench.read("sim/cluster.json").contains("\"API\""));
    let verified = bench.run(&["verify", "plan.json", "--simulate", "sim"]);
    assert_eq!(verified.code, Some(0), "{}", verified.all());
    let again = bench.run(&["plan", "--snapshot", "sim", "--exit-code"]);
    assert_eq!(again.code, Some(0), "{}", again.all());
}

#[test]
fn applied_again_a_plan_is_resumed() {
    let bench = planned();
    let broken = apply(&bench, &["--fault", "deny:eks:AssociateAccessPolicy"]);
    assert_eq!(broken.code, Some(6), "{}", broken.all());
    // the same command, without what is dangerous: the mode was changed already
    let resumed = bench.run(&["apply", "plan.json", "--simulate", "sim"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.all());
    assert!(resumed.stderr.contains("resuming the run of this plan, 4 of 13 steps done; last record "));
    let again = apply(&bench, &[]);
    assert_eq!(again.code, Some(0), "{}", again.all());
    let said = "• prod-eu (111122223333, eu-west-1): nothing to change through verify; 11 of 13 steps done; left:\n  prune, api-mode\n";
    assert!(again.stdout.starts_with(said) && again.stdout.ends_with(said), "{}", again.all());
    // another run of it is of a cluster that it was not made for
    let new = apply(&bench, &["--new"]);
    assert_eq!(new.code, Some(5), "{}", new.all());
    assert!(new.stderr.contains("changed since the plan was made"), "{}", new.all());
    assert!(
        new.stderr.contains("- CONFIG_MAP\n") && new.stderr.contains("+ API_AND_CONFIG_MAP\n"),
        "{}",
        new.all()
    );
    assert!(
        new.stdout.contains("\nNEXT\n  eksodus apply plan.json --simulate sim --resume --through prune\n"),
        "{}",
        new.all()
    );
    let both = apply(&bench, &["--new", "--resume"]);
    assert_eq!(both.code, Some(2), "{}", both.all());
}

#[test]
fn what_was_rolled_back_is_begun_anew() {
    let bench = planned();
    let through = ["--through", "dual-mode"];
    assert_eq!(apply(&bench, &through).code, Some(0));
    let ran = bench.run(&["plan", "--snapshot", "sim", "--out", "plan.json"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    assert_eq!(apply(&bench, &[]).code, Some(0));
    assert_eq!(bench.run(&["rollback", "--simulate", "sim", "--yes"]).code, Some(0));
    let again = apply(&bench, &[]);
    assert_eq!(again.code, Some(0), "{}", again.all());
    assert!(!again.stderr.contains("resuming"), "{}", again.all());
    let insisted = apply(&bench, &["--resume"]);
    assert!(insisted.code == Some(0) && insisted.stderr.contains("resuming"), "{}", insisted.all());
}

#[test]
fn a_change_that_is_in_the_way_is_shown() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let refused = apply(&bench, &["--through", "prune", "--fault", "edit-aws-auth:kube:ReplaceAwsAuth:1"]);
    insta::assert_snapshot!(refused.all());
    insta::assert_snapshot!(bench.run(&["status", "--simulate", "sim", "--quiet"]).all());
}

#[test]
fn what_goes_on_can_be_had_as_events() {
    let bench = planned();
    let ran = apply(
        &bench,
        &["--log-format", "json", "--fault", "edit-aws-auth:kube:ReplaceAwsAuth:1", "--through", "prune"],
    );
    let events: Vec<serde_json::Value> =
        ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.iter().all(|it| it["format"] == 1 && it["at"].is_string() && it["event"].is_string()));
    let of = |event: &str| events.iter().filter(|it| it["event"] == event).collect::<Vec<_>>();
    let numbers: Vec<u64> = of("stepStarted").iter().map(|it| it["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    assert_eq!(of("irreversible").len(), 1);
    assert!(of("waiting").iter().all(|it| it["waited"].is_f64()));
    assert_eq!(of("updating")[0]["step"], "dual-mode/API_AND_CONFIG_MAP");
    assert_eq!(of("phaseDone").len(), 3);
    assert!(of("message").iter().any(|it| it["level"] == "error"));
    let last = events.last().unwrap();
    assert_eq!((last["event"].as_str(), last["code"].as_i64()), (Some("exit"), ran.code.map(i64::from)));
    let schema_of_docs = fs::read_to_string("docs/events.md").unwrap();
    for event in &events {
        let name = event["event"].as_str().unwrap();
        assert!(schema_of_docs.contains(&format!("`{name}`")), "docs/events.md lacks {name}");
    }
}

#[test]
fn a_run_that_broke_is_gone_on_with() {
    let bench = planned();
    let broken = apply(&bench, &["--fault", "deny:eks:AssociateAccessPolicy"]);
    assert_eq!(broken.code, Some(6), "{}", broken.all());
    insta::assert_snapshot!(broken.all());
    let resumed = apply(&bench, &["--resume"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.all());
    assert_eq!(bench.run(&["verify", "plan.json", "--simulate", "sim"]).code, Some(0));
}

#[test]
fn a_run_that_somebody_elses_change_stops_half_way_is_told_to_plan_again() {
    let bench = planned();
    let stopped = apply(&bench, &["--fault", "edit-aws-auth:eks:DescribeUpdate:2"]);
    assert_eq!(stopped.code, Some(6), "{}", stopped.all());
    assert!(stopped.stdout.contains("make a new plan"), "{}", stopped.all());
    assert!(!stopped.stdout.contains("--resume"), "{}", stopped.all());
}

#[test]
fn a_rollback_is_shown_first_and_undoes_what_was_done() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let with = entries(&bench);
    let preview = bench.run(&["rollback", "--simulate", "sim"]);
    insta::assert_snapshot!(preview.all());
    assert_eq!(entries(&bench), with);
    let undone = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert_eq!(undone.code, Some(0), "{}", undone.all());
    assert!(entries(&bench) < with);
    assert_eq!(bench.run(&["verify", "plan.json", "--simulate", "sim"]).code, Some(3));
    let nothing = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert_eq!((nothing.code, nothing.stdout.contains("nothing to roll back")), (Some(0), true));
}

#[test]
fn phases_one_after_the_other() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--through", "dual-mode"]).code, Some(0));
    for phase in ["entries", "verify", "prune", "api-mode"] {
        let ran = apply(&bench, &["--resume", "--through", phase]);
        assert_eq!(ran.code, Some(0), "{phase}: {}", ran.all());
        let verified = bench.run(&["verify", "plan.json", "--simulate", "sim", "--through", phase]);
        assert_eq!(verified.code, Some(0), "{phase}: {}", verified.all());
    }
    let preview = bench.run(&["rollback", "--simulate", "sim"]);
    assert_eq!(preview.code, Some(5), "{}", preview.all());
    assert!(preview.stderr.contains("there is no rollback from API mode"), "{}", preview.all());
    let undone = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert_eq!(undone.code, Some(5), "{}", undone.all());
}

#[test]
fn a_run_that_stopped_while_eks_changes_the_mode_to_api_is_not_rolled_back() {
    let bench = planned();
    let halted = apply(&bench, &["--through", "api-mode", "--fault", "halt-after:eks:UpdateClusterConfig:2"]);
    assert_eq!(halted.code, Some(6), "{}", halted.all());
    assert!(!halted.stdout.contains("eksodus rollback"), "{}", halted.all());
    let with = entries(&bench);
    let status = bench.run(&["status", "--simulate", "sim"]);
    assert!(!status.stdout.contains("eksodus rollback"), "{}", status.all());
    let preview = bench.run(&["rollback", "--simulate", "sim"]);
    assert_eq!(preview.code, Some(5), "{}", preview.all());
    insta::assert_snapshot!(preview.all());
    let refused = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert_eq!((refused.code, entries(&bench)), (Some(5), with), "{}", refused.all());
    assert!(refused.stderr.contains("EKS is changing the authentication mode to API"), "{}", refused.all());
    // EKS goes on with it, and so does the run
    let resumed = apply(&bench, &["--through", "api-mode", "--resume"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.all());
    assert!(bench.read("sim/cluster.json").contains("\"API\""), "{}", bench.read("sim/cluster.json"));
}

#[test]
fn a_rollback_of_a_pruned_cluster_puts_the_lines_back_first() {
    let bench = planned();
    let before = bench.read("sim/aws-auth.yaml");
    assert_eq!(apply(&bench, &["--through", "prune"]).code, Some(0));
    assert!(!bench.read("sim/aws-auth.yaml").contains("role/prod-eu-workers"));
    let undone = bench.run(&["rollback", "--simulate", "sim", "--yes"]);
    assert_eq!(undone.code, Some(0), "{}", undone.all());
    let lines =
        |text: &str| text.lines().filter(|line| line.contains("arn:")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&bench.read("sim/aws-auth.yaml")), lines(&before));
}

#[test]
fn a_journal_that_cannot_be_made_stops_everything() {
    let bench = planned();
    bench.write("sim/runs", "in the way");
    let ran = apply(&bench, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.all());
    assert!(ran.stderr.contains("cannot create sim/runs"), "{}", ran.all());
    assert_eq!(entries(&bench), 0);
}

#[test]
fn without_a_plan_it_asks_and_nobody_answers() {
    let bench = planned();
    let asked = bench.run(&["apply", "--simulate", "sim", "--allow-irreversible"]);
    assert_eq!((asked.code, asked.stdout.as_str()), (Some(2), ""), "{}", asked.all());
    assert!(
        asked.stderr.contains("  aws-auth.yaml:44\n") && asked.stderr.contains("; or pass --yes"),
        "{}",
        asked.all()
    );
    assert_eq!(entries(&bench), 0);
    let told =
        bench.run(&["apply", "--simulate", "sim", "--allow-irreversible", "--yes", "--output", "json"]);
    assert_eq!(told.code, Some(0), "{}", told.all());
    let summary: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(summary["result"], "done");
    let quiet = bench.run(&["apply", "--simulate", "sim", "--through", "prune", "--yes", "--quiet"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (Some(0), ""), "{}", quiet.all());
}

#[test]
fn a_blocked_plan_is_not_begun() {
    let bench = Bench::new();
    bench.copy("quickstart", "sim");
    fs::remove_file(bench.path("sim/eksodus.yaml")).unwrap();
    let planned = bench.run(&["plan", "--snapshot", "sim", "--out", "plan.json", "--quiet"]);
    assert_eq!(planned.code, Some(4), "{}", planned.all());
    let ran = apply(&bench, &[]);
    assert_eq!(ran.code, Some(4), "{}", ran.all());
    insta::assert_snapshot!(ran.all());
    let json = apply(&bench, &["--output", "json"]);
    let summary: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((json.code, &summary["result"]), (Some(4), &"blocked".into()));
    assert!(!bench.path("sim/runs").exists());
}

#[test]
fn a_torn_journal_loses_its_last_record_only() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--fault", "halt-after:eks:CreateAccessEntry:3"]).code, Some(6));
    let journal = run_folder(&bench).join("journal.jsonl");
    let bytes = fs::read(&journal).unwrap();
    let mut file = fs::File::create(&journal).unwrap();
    std::io::Write::write_all(&mut file, &bytes[..bytes.len() - 10]).unwrap();
    let resumed = apply(&bench, &["--resume"]);
    assert!(resumed.code == Some(0) && resumed.stderr.contains("was cut"), "{}", resumed.all());
}

#[test]
fn a_journal_of_another_plan_is_refused() {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    let run = run_folder(&bench);
    let journal = fs::read_to_string(run.join("journal.jsonl")).unwrap();
    let digest: serde_json::Value = serde_json::from_str(&bench.read("plan.json")).unwrap();
    let digest = digest["digest"].as_str().unwrap();
    let mut file = fs::File::create(run.join("journal.jsonl")).unwrap();
    std::io::Write::write_all(&mut file, journal.replace(digest, &"0".repeat(64)).as_bytes()).unwrap();
    let ran = bench.run(&["rollback", "--simulate", "sim", run.to_str().unwrap()]);
    assert!(ran.code == Some(5) && ran.stderr.contains("the journal is of plan"), "{}", ran.all());
}

pub fn run_folder(bench: &Bench) -> std::path::PathBuf {
    let mut runs = bench.path("sim/runs/111122223333/eu-west-1/prod-eu").read_dir().unwrap();
    runs.next().unwrap().unwrap().path()
}
