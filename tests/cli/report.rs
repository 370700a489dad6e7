//! The record of a run: in each format, of each kind of end, and with a look at the cluster.

use std::fs;

use serde_json::Value;

use crate::apply::{apply, planned, run_folder};
use crate::bench::{Bench, Ran, without_times};

/// Who would be at work, with nothing else around.
fn in_ci(bench: &Bench, variables: &[(&str, &str)], args: &[&str]) -> Ran {
    let mut command = bench.command(args);
    command.envs(variables.iter().copied());
    bench.run_with(command, b"")
}

const GITHUB: [(&str, &str); 4] = [
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_REPOSITORY", "acme/clusters"),
    ("GITHUB_RUN_ID", "4711"),
    ("GITHUB_RUN_ATTEMPT", "2"),
];

/// A migration through `verify`, by CI and on a ticket.
fn done() -> (Bench, String) {
    let bench = planned();
    let args = ["apply", "plan.json", "--simulate", "sim", "--allow-irreversible", "--note", "CHG-7"];
    let applied = in_ci(&bench, &GITHUB, &args);
    assert_eq!(applied.code, Some(0), "{}", applied.all());
    let run = run_folder(&bench).display().to_string();
    (bench, run)
}

/// Without how long each call took, which is another time each time.
fn scrubbed(ran: &Ran) -> String {
    let shown = without_times(&ran.all());
    let without = |line: &str| line.split(" after ").next().unwrap().to_owned();
    shown
        .lines()
        .map(|line| if line.contains("took effect") { without(line) } else { line.to_owned() } + "\n")
        .collect()
}

#[test]
fn a_run_is_told_with_who_when_and_on_whose_word() {
    let (bench, run) = done();
    // in lines that are not wrapped
    insta::assert_snapshot!(scrubbed(&in_ci(&bench, &[("COLUMNS", "1000")], &["report", &run])));
}

#[test]
fn json_has_every_call_with_its_time_and_the_cluster_when_it_is_named() {
    let (bench, run) = done();
    let json = |args: &[&str]| -> Value {
        let ran = bench.run(&[&["report", &run, "-o", "json"], args].concat());
        assert_eq!(ran.code, Some(0), "{}", ran.all());
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let alone = json(&[]);
    assert_eq!(alone["summary"]["result"], "done");
    assert_eq!(alone.get("verification"), None);
    let attempt = &alone["attempts"][0];
    assert_eq!(attempt["note"], "CHG-7");
    assert_eq!(attempt["ci"], "https://github.com/acme/clusters/actions/runs/4711/attempts/2");
    let calls = alone["calls"].as_array().unwrap();
    assert_eq!(calls.len() as u64, alone["summary"]["applied"].as_u64().unwrap());
    for call in calls {
        assert!(
            call["at"].is_string() && call["milliseconds"].is_i64() && call["outcome"] == "applied",
            "{call}"
        );
    }
    let journal = fs::read_to_string(bench.path(&run).join("journal.jsonl")).unwrap();
    assert_eq!(journal.matches("\"intended\"").count(), calls.len());
    let is_done = |step: &&Value| step["state"] == "read-back" || step["state"] == "adopted";
    let done = alone["steps"].as_array().unwrap().iter().filter(is_done);
    assert_eq!(done.count() as u64, alone["summary"]["stepsDone"].as_u64().unwrap());

    let looked = json(&["--simulate", "sim"]);
    assert_eq!(looked["verification"]["equal"], true);
    assert_eq!(looked["calls"], alone["calls"]);
    // somebody deletes an entry
    bench.write("sim/access-entries.json", "[]");
    let changed = json(&["--simulate", "sim"]);
    assert_eq!(changed["verification"]["equal"], false);
    assert!(!changed["verification"]["differences"].as_array().unwrap().is_empty());
}

#[test]
fn a_page_has_the_record_before_the_plan() {
    let (bench, run) = done();
    let ran = bench.run(&["report", &run, "--simulate", "sim", "-o", "html", "--redact"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    let place = |text: &str| ran.stdout.find(text).unwrap_or_else(|| panic!("{text}"));
    let link =
        "<a href=\"https://github.com/acme/clusters/actions/runs/4711/attempts/2\" rel=\"noreferrer\">";
    let order = [place("Done through verify"), place(link), place("id=\"calls\""), place("id=\"mappings\"")];
    assert!(order.is_sorted(), "{order:?}");
    assert!(!ran.stdout.contains("111122223333"));
}

#[test]
fn a_run_that_stopped_and_its_rollback_say_so() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--fault", "deny:eks:AssociateAccessPolicy"]).code, Some(6));
    let run = run_folder(&bench);
    let report = |run: &std::path::Path| {
        let ran = bench.run(&["report", run.to_str().unwrap(), "-o", "json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.all());
        serde_json::from_str::<Value>(&ran.stdout).unwrap()
    };
    let stopped = report(&run);
    assert_eq!(stopped["summary"]["result"], "stopped");
    let calls = stopped["calls"].as_array().unwrap();
    let failed: Vec<&Value> = calls.iter().filter(|call| call["outcome"] == "failed").collect();
    assert!(failed.len() == 1 && failed[0]["why"].is_string(), "{failed:?}");
    let text = bench.run(&["report", run.to_str().unwrap()]);
    assert!(text.stdout.starts_with("Stopped on the way to verify: "), "{}", text.all());

    assert_eq!(bench.run(&["rollback", "--simulate", "sim", "--yes"]).code, Some(0));
    let runs = run.parent().unwrap().read_dir().unwrap().map(|run| run.unwrap().path());
    let rollback = runs.filter(|path| path.is_dir() && *path != run).last().unwrap();
    let undone = report(&rollback);
    assert_eq!((&undone["summary"]["result"], &undone["undoes"]), (&"done".into(), &stopped["run"]));
    assert_eq!(undone.get("proof"), None);
}

#[test]
fn what_is_no_run_is_an_error() {
    let (bench, run) = done();
    assert_eq!(bench.run(&["report", "sim"]).code, Some(1));
    assert_eq!(bench.run(&["report", &run, "-o", "markdown"]).code, Some(2));
    // a plan that is not the one of the journal
    let folder = bench.path(&run);
    fs::rename(folder.join("journal.jsonl"), folder.join("kept")).unwrap();
    assert_eq!(bench.run(&["report", &run]).code, Some(1));
    let journal = fs::read_to_string(folder.join("kept")).unwrap();
    let digest = journal.split_once("\"plan\":\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    let other = journal.replace(&digest, &"0".repeat(digest.len()));
    eksodus::files::write_atomic(&folder.join("journal.jsonl"), other.as_bytes()).unwrap();
    let ran = bench.run(&["report", &run]);
    assert!(ran.code != Some(0) && ran.stderr.contains("is of plan"), "{}", ran.all());
}

#[test]
fn gitlab_names_its_job_itself() {
    let bench = planned();
    let url = "https://gitlab.example.com/acme/clusters/-/jobs/7";
    let args = ["apply", "plan.json", "--simulate", "sim", "--allow-irreversible"];
    assert_eq!(in_ci(&bench, &[("CI_JOB_URL", url)], &args).code, Some(0));
    let text = bench.run(&["report", run_folder(&bench).to_str().unwrap()]).stdout;
    assert!(text.contains(&format!("CI job: {url}\n")), "{text}");
}
