//! The plan that is applied is the one that was reviewed, and the planner's own.

use std::fs;

use eksodus::model::{AccessScope, Partition, PolicyArn};
use eksodus::planner::{Action, Plan};

use crate::apply::{apply, entries, planned};
use crate::bench::Bench;

fn plan(bench: &Bench) -> Plan {
    Plan::parse(&fs::read_to_string(bench.path("plan.json")).unwrap()).unwrap()
}

#[test]
fn a_digest_pins_the_plan_that_was_reviewed() {
    let bench = planned();
    let digest = plan(&bench).digest;
    let [pinned, other] = [format!("blake3:{digest}"), "0".repeat(64)];
    for command in [
        &["show", "plan.json"][..],
        &["apply", "plan.json", "--simulate", "sim", "--through", "preflight"],
        &["verify", "plan.json", "--simulate", "sim", "--through", "preflight"],
    ] {
        let with = |digest: &str| bench.run(&[command, &["--plan-digest", digest]].concat());
        assert_eq!(with(&pinned).code, Some(0), "{}", with(&pinned).all());
        assert_eq!(with(&digest).code, Some(0));
        let refused = with(&other);
        assert_eq!(refused.code, Some(5), "{}", refused.all());
        assert!(refused.stderr.contains("which was reviewed"), "{}", refused.all());
        // as the plan's own page prints it
        assert_eq!(with(&format!("blake3:{}", &digest[..12])).code, Some(0));
        assert_eq!(with(&other[..12]).code, if digest.starts_with(&other[..12]) { Some(0) } else { Some(5) });
        assert_eq!(with(&digest[..11]).code, Some(2));
    }
    // the comment of the pull request has it
    let comment = bench.run(&["show", "plan.json", "-o", "markdown"]).stdout;
    assert!(comment.contains(&pinned), "{comment}");
}

#[test]
fn a_forged_plan_with_a_right_digest_is_refused_and_nothing_is_done() {
    let bench = planned();
    let mut forged = plan(&bench);
    let everything = PolicyArn::cluster_admin(Partition::Aws);
    let entry = forged.steps.iter_mut().find_map(|step| match &mut step.action {
        Action::Entry { after: Some(after), .. } if after.principal.name() == "monitoring" => Some(after),
        _ => None,
    });
    entry.unwrap().policies.insert(everything, AccessScope::Cluster);
    fs::rename(bench.path("plan.json"), bench.path("true.json")).unwrap();
    fs::copy(bench.path("true.json"), bench.path("plan.json")).unwrap();
    let shown = bench.run(&["show", "true.json"]).stdout;
    fs::remove_file(bench.path("plan.json")).unwrap();
    bench.write("plan.json", forged.sealed().to_json());
    let alike = bench.run(&["show", "plan.json"]).stdout;
    let targets = |text: &str| {
        text.lines().filter(|line| line.contains("monitoring")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(targets(&shown), targets(&alike), "show does not tell them apart");

    let ran = apply(&bench, &[]);
    assert_eq!(ran.code, Some(5), "{}", ran.all());
    assert!(ran.stderr.contains("the planner makes another plan"), "{}", ran.all());
    assert!(ran.stderr.contains("role/monitoring"), "{}", ran.all());
    assert_eq!(entries(&bench), 0);
}

#[test]
fn a_refusal_after_a_call_of_this_run_ends_with_6() {
    let bench = planned();
    // the mode is changed by then
    let ran = apply(&bench, &["--fault", "edit-aws-auth:eks:DescribeUpdate:2"]);
    assert_eq!(ran.code, Some(6), "{}", ran.all());
    assert!(
        ran.stdout.contains(": stopped in ") && ran.stdout.contains(": 1 change made; "),
        "{}",
        ran.all()
    );
}

#[test]
fn what_comes_up_during_the_switch_is_the_first_thing_that_is_said() {
    let bench = planned();
    let ran = apply(&bench, &["--through", "api-mode", "--fault", "edit-aws-auth:eks:UpdateClusterConfig:2"]);
    assert_eq!(ran.code, Some(6), "{}", ran.all());
    assert!(ran.stdout.contains(": unsafe after api-mode: 1 thing to fix now; "), "{}", ran.all());
    assert!(ran.stderr.contains("role/someone-else has an effective mapping"), "{}", ran.all());
    assert!(ran.stderr.contains("an access entry is the only access"), "{}", ran.all());
    let verified = bench.run(&["verify", "plan.json", "--simulate", "sim"]);
    assert_eq!(verified.code, Some(3), "{}", verified.all());
    assert!(verified.stdout.contains("someone-else"), "{}", verified.all());
}
