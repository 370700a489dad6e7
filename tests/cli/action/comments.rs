use std::process::{Command, Stdio};

use super::runner::{Runner, steps};

#[test]
fn a_second_run_patches_the_comment_in_place() {
    let runner = Runner::new();
    assert_eq!(runner.run().failed, None);
    let first = runner.comments();
    std::fs::remove_file(runner.bench.path("repository/snapshot/eksodus.yaml")).unwrap();
    assert_eq!(runner.run().failed, None);
    let second = runner.comments();
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    assert_ne!(first, second);
    // the same plan, the same comment
    assert_eq!(runner.run().failed, None);
    assert_eq!(second, runner.comments());
    assert_eq!(runner.calls().matches("--method PATCH").count(), 2, "{}", runner.calls());
}

#[test]
fn nobody_elses_comment_is_touched_whatever_it_begins_with() {
    let runner = Runner::new();
    let marker = "<!-- eksodus:arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu -->";
    let theirs = format!("{marker}\nmine now\n");
    runner.comment_by(3, "mallory", &theirs);
    runner.comment_by(4, "github-actions[bot]", &format!("> {marker}\nquoted\n"));
    runner.comment_by(
        5,
        "github-actions[bot]",
        "<!-- eksodus:arn:aws:eks:eu-west-1:111122223333:cluster/prod -->\n",
    );
    assert_eq!(runner.run().failed, None);
    let comments = runner.comments();
    assert_eq!(comments.len(), 4, "{:?}", comments.keys());
    assert_eq!(comments["3"], theirs);
    assert!(comments["4"].contains("quoted") && !comments["5"].contains("### "));
    assert!(comments["103"].starts_with(marker));
}

#[test]
fn where_comments_may_not_be_written_the_job_goes_on() {
    let runner = Runner::new();
    runner.bench.write("gh/read-only", "");
    let job = runner.run();
    assert_eq!(job.failed, None, "{}", job.log);
    assert!(job.log.contains("::warning title=eksodus::the comment could not be written"), "{}", job.log);
    assert!(runner.comments().is_empty() && job.summary.contains("prod-eu"));
    // nor does it look for one where there is no pull request
    let runner = Runner::new().with("pull-request", "");
    assert_eq!((runner.run().failed, runner.calls().as_str()), (None, ""));
    let runner = Runner::new().with("pull-request", "7/../../8");
    assert_eq!(runner.run().failed.as_deref(), Some("comment"));
    assert_eq!(runner.calls(), "");
}

/// The filter that gh applies; the `gh` of these tests has its own.
#[test]
fn the_filter_of_the_comments_gives_number_author_and_first_line() {
    let script = steps().into_iter().find(|step| step["id"] == "comment").unwrap();
    let script = script["run"].as_str().unwrap();
    let filter = script.split("--jq '").nth(1).unwrap().split('\'').next().unwrap();
    let json = serde_json::json!([
        {"id": 17_179_869_185_u64, "user": {"login": "github-actions[bot]"}, "body": "<!-- eksodus:* -->\r\n### x\ty"},
        {"id": 2, "user": {"login": "a"}, "body": ""},
        {"id": 3, "user": {"login": "b"}, "body": "tab\there\\\n"},
    ]);
    let jq = Command::new("jq").args(["-r", filter]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut jq) = jq else {
        eprintln!("skipped: jq is not on PATH");
        return;
    };
    std::io::Write::write_all(&mut jq.stdin.take().unwrap(), json.to_string().as_bytes()).unwrap();
    let said = String::from_utf8(jq.wait_with_output().unwrap().stdout).unwrap();
    let expected = "17179869185\tgithub-actions[bot]\t<!-- eksodus:* -->\n2\ta\t\n3\tb\ttab\\there\\\\\n";
    assert_eq!(said, expected);
}
