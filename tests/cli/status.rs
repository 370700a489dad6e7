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

#[test]
fn in_api_mode_it_says_who_is_administrator() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--through", "api-mode"]).code, Some(0));
    let told = status(&bench).stdout;
    assert!(told.starts_with("✓ "), "{told}");
    assert!(
        told.contains(
            "\n2 administrators: role/…/AWSReservedSSO_PlatformAdmin_0123456789abcdef, user/break-glass\n"
        ),
        "{told}"
    );
    let entries: serde_json::Value = serde_json::from_str(&bench.read("sim/access-entries.json")).unwrap();
    let is_admin = |entry: &serde_json::Value| entry.to_string().contains("AmazonEKSClusterAdminPolicy");
    let rest: Vec<_> = entries.as_array().unwrap().iter().filter(|it| !is_admin(it)).collect();
    bench.write("sim/access-entries.json", serde_json::to_string(&rest).unwrap());
    let told = status(&bench).stdout;
    assert!(told.starts_with("✗ prod-eu (111122223333, eu-west-1): nobody is administrator; "), "{told}");
    assert!(told.contains("\nno access entry but EKS's own makes anybody administrator\n"), "{told}");
}

#[test]
fn an_update_of_our_own_is_not_somebody_elses() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--through", "prune"]).code, Some(0));
    let halted = ["--through", "api-mode", "--resume", "--fault", "halt-after:eks:UpdateClusterConfig:1"];
    let stopped = apply(&bench, &halted);
    assert_eq!(stopped.code, Some(6), "{}", stopped.all());
    let of = |told: &str| told.lines().find(|line| line.starts_with("EKS is changing")).map(str::to_owned);
    let told = of(&status(&bench).stdout).unwrap();
    assert!(told.contains(" of the last run: "), "{told}");
}

#[test]
fn what_is_accepted_already_needs_no_number() {
    let bench = planned();
    let ran = apply(&bench, &["--accept-lost", "99"]);
    assert_eq!(ran.code, Some(5), "{}", ran.all());
    let said = "error: no permission is lost that eksodus.yaml has not accepted already, and --accept-lost says 99\n";
    assert!(ran.stderr.contains(said), "{}", ran.all());
}
