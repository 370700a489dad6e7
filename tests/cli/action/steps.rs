use std::fs;

use eksodus::planner::Plan;

use super::runner::{Runner, commands};

#[test]
fn a_job_leaves_outputs_annotations_a_summary_and_a_comment() {
    let runner = Runner::new();
    let job = runner.run();
    assert_eq!(job.failed, None, "{}", job.log);
    let output = |name: &str| job.outputs[name].clone();
    assert_eq!((output("plan.state").as_str(), output("plan.exit-code").as_str()), ("pending", "3"));
    let plan = Plan::parse(&fs::read_to_string(output("plan.plan")).unwrap()).unwrap();
    assert_eq!(output("plan.digest"), plan.digest);
    let sarif: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(output("lint.sarif")).unwrap()).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    let places = results.iter().map(|it| &it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]);
    assert!(places.into_iter().all(|uri| uri == "snapshot/aws-auth.yaml"));

    let told = commands(&job.log);
    assert!(told.iter().any(|line| line.contains(" file=snapshot/aws-auth.yaml,line=")), "{told:#?}");
    assert!(told.last().unwrap().contains("title=eksodus::prod-eu (111122223333, eu-west-1)"), "{told:#?}");
    // each finding once, though both lint and plan have it
    let mut places: Vec<&String> = told.iter().filter(|line| line.contains(" file=")).collect();
    let all = places.len();
    places.sort();
    places.dedup();
    assert_eq!(places.len(), all, "{told:#?}");

    let comments = runner.comments();
    assert_eq!(comments.len(), 1);
    assert!(
        comments["100"].starts_with("<!-- eksodus:arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu -->\n")
    );
    assert_eq!(comments["100"], job.summary);
    assert!(!job.summary.contains("temp/eksodus"), "{}", job.summary);
}

#[test]
fn without_lint_the_plan_annotates_the_mappings() {
    let runner = Runner::new().with("lint", "false");
    let job = runner.run();
    assert_eq!(job.failed, None, "{}", job.log);
    assert!(!job.outputs.contains_key("lint.sarif"));
    assert!(commands(&job.log).iter().any(|line| line.contains(" file=snapshot/aws-auth.yaml,line=")));
}

#[test]
fn what_needs_a_decision_fails_the_job_only_when_asked() {
    let mut runner = Runner::new();
    fs::remove_file(runner.bench.path("repository/snapshot/eksodus.yaml")).unwrap();
    for (fail_on, fails) in [("nothing", false), ("needs-decision", true), ("pending", true)] {
        runner.set("fail-on", fail_on);
        let job = runner.run();
        assert_eq!(job.outputs["plan.state"], "needs-decision", "{}", job.log);
        assert_eq!(job.failed.as_deref(), fails.then_some("conclude"), "{fail_on}: {}", job.log);
        // the comment is there all the same
        assert!(runner.comments()["100"].contains("need a decision"));
    }
    runner.set("fail-on", "anything");
    assert_eq!(runner.run().failed.as_deref(), Some("conclude"));
}

#[test]
fn an_error_fails_the_job_and_leaves_no_comment() {
    let runner = Runner::new();
    runner.bench.write("repository/snapshot/eksodus.yaml", "version: 1\nno: such key\n");
    let job = runner.run();
    assert_eq!(job.failed.as_deref(), Some("lint"), "{}", job.log);
    assert!(job.log.contains("no such key") || job.log.contains("`no`") || job.log.contains("eksodus.yaml"));
    assert!(runner.comments().is_empty());
    let job = runner.with("lint", "false").run();
    assert_eq!(job.failed.as_deref(), Some("plan"), "{}", job.log);
}

#[test]
fn saved_plans_of_several_clusters_are_one_comment() {
    let runner = Runner::new();
    for name in ["a b", "c"] {
        fs::create_dir_all(runner.bench.path(&format!("repository/plans/{name}"))).unwrap();
        let out = format!("repository/plans/{name}/plan.json");
        let ran = runner.bench.run(&["plan", "--snapshot", "repository/snapshot", "--out", &out]);
        assert_eq!(ran.code, Some(0), "{}", ran.all());
    }
    let runner = runner.with("plans", "plans/*/plan.json\n");
    let job = runner.run();
    assert_eq!(job.failed, None, "{}", job.log);
    let comment = &runner.comments()["100"];
    assert!(comment.starts_with("<!-- eksodus:* -->\n"), "{comment}");
    assert_eq!(comment.matches("| `prod-eu` |").count(), 2, "{comment}");
    assert!(!job.outputs.contains_key("plan.plan"));
    let none = runner.with("plans", "nothing/*.json").run();
    assert_eq!(none.failed.as_deref(), Some("show"), "{}", none.log);
}

#[test]
fn redaction_reaches_all_that_is_shown() {
    let runner = Runner::new().with("redact", "true");
    let job = runner.run();
    assert_eq!(job.failed, None, "{}", job.log);
    let sarif = fs::read_to_string(&job.outputs["lint.sarif"]).unwrap();
    let comment = runner.comments()["100"].clone();
    for shown in [&job.log, &job.summary, &sarif, &comment] {
        assert!(!shown.contains("111122223333") && !shown.contains("444455556666"), "{shown}");
    }
    assert!(comment.contains("‹account-01›"), "{comment}");
}
