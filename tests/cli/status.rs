//! Where a migration stands, and that what `status` says to type is what leads on.

use crate::apply::{apply, planned};
use crate::bench::{Bench, Ran};

fn status(bench: &Bench) -> Ran {
    let ran = bench.run(&["status", "--simulate", "sim", "--quiet"]);
    assert_eq!(ran.code, Some(0), "{}", ran.all());
    ran
}

/// The command that comes next, without its program.
fn next(bench: &Bench) -> Vec<String> {
    let told = bench.run(&["status", "--simulate", "sim", "-o", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    let command = told["next"]["command"].as_str().unwrap();
    command.strip_prefix("eksodus ").unwrap().split(' ').map(str::to_owned).collect()
}

fn type_it(bench: &Bench, command: &[String]) -> Ran {
    let ran = bench.run(&command.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, Some(0), "{command:?}: {}", ran.all());
    ran
}

#[test]
fn from_the_first_look_to_the_end_what_it_says_to_type_leads_on() {
    let bench = planned();
    assert_eq!(next(&bench).join(" "), "plan --snapshot sim --out plan.json");
    assert_eq!(apply(&bench, &["--fault", "deny:eks:AssociateAccessPolicy"]).code, Some(6));
    insta::assert_snapshot!("status_of_a_run_that_stopped", status(&bench).all());
    for phase in ["verify", "prune", "api-mode"] {
        let command = next(&bench);
        assert!(command.contains(&phase.to_owned()), "{command:?}");
        type_it(&bench, &command);
    }
    assert!(status(&bench).stdout.contains("\nNEXT\n  nothing is left to do\n"), "{}", status(&bench).all());
}

#[test]
fn a_rollback_that_stopped_is_gone_on_with() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--through", "prune"]).code, Some(0));
    let rollback = ["rollback", "--simulate", "sim", "--yes"];
    let broken = bench.run(&[&rollback[..], &["--fault", "halt-after:eks:DeleteAccessEntry:2"]].concat());
    assert_eq!(broken.code, Some(6), "{}", broken.all());
    insta::assert_snapshot!("status_of_a_rollback_that_stopped", status(&bench).all());
    let command = next(&bench);
    assert_eq!(command.join(" "), "rollback --simulate sim --yes");
    type_it(&bench, &command);
    // both have done their part, and nothing of the plan is left
    let told = status(&bench).stdout;
    assert!(
        told.contains(": 12 of 13 steps done, 13 changes made; rolled back\n")
            && told.contains(": 6 of 6 steps done, "),
        "{told}"
    );
    assert_eq!(next(&bench).join(" "), "plan --snapshot sim --out plan.json");
}

#[test]
fn what_needs_a_decision_comes_first() {
    let bench = planned();
    std::fs::remove_file(bench.path("eksodus.yaml")).unwrap();
    let told = status(&bench).stdout;
    assert!(
        told.contains(
            "\nNEXT\n  eksodus plan --snapshot sim --out plan.json\n  shows what needs a decision, and the lines for eksodus.yaml\n"
        ),
        "{told}"
    );
}
