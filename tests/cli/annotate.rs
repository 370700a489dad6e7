//! `-o sarif`, `-o github`, several plans, and which command has which format.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::bench::Bench;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "snapshot");
    std::fs::remove_file(bench.path("snapshot/eksodus.yaml")).unwrap();
    bench
}

fn results(text: &str) -> Vec<Value> {
    let log: Value = serde_json::from_str(text).unwrap();
    log["runs"][0]["results"].as_array().unwrap().clone()
}

#[test]
fn lint_and_plan_as_workflow_commands() {
    let bench = bench();
    let lint = bench.run(&["lint", "--snapshot", "snapshot", "-o", "github"]);
    let plan = bench.run(&["plan", "--snapshot", "snapshot", "-o", "github"]);
    insta::assert_snapshot!(format!("{}\n{}", lint.all(), plan.all()));
    let all = bench.run(&["plan", "--snapshot", "snapshot", "-o", "github", "-v"]);
    assert!(all.stdout.lines().count() > plan.stdout.lines().count() && all.stdout.contains("::notice "));
}

#[test]
fn lint_and_plan_as_sarif_know_the_same_findings_by_the_same_fingerprints() {
    let bench = bench();
    let prints = |command: &str| -> BTreeSet<String> {
        let ran = bench.run(&[command, "--snapshot", "snapshot", "-o", "sarif"]);
        assert_eq!(ran.code, Some(4), "{}", ran.all());
        let found = results(&ran.stdout);
        let blocks = found.iter().filter(|it| it["level"] == "error");
        blocks.map(|it| it["partialFingerprints"]["primaryLocationLineHash"].to_string()).collect()
    };
    let (lint, plan) = (prints("lint"), prints("plan"));
    assert!(!lint.is_empty() && lint.is_subset(&plan), "{lint:?} {plan:?}");
}

#[test]
fn positions_are_in_the_file_of_the_repository() {
    let bench = bench();
    std::fs::create_dir(bench.path("clusters")).unwrap();
    std::fs::copy(bench.path("snapshot/aws-auth.yaml"), bench.path("clusters/aws auth.yaml")).unwrap();
    for command in ["lint", "plan"] {
        let args = [command, "--snapshot", "snapshot", "--aws-auth", "clusters/aws auth.yaml", "-o"];
        let sarif = bench.run(&[&args[..], &["sarif"]].concat());
        for result in results(&sarif.stdout) {
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
            assert_eq!(place["uri"], "clusters/aws%20auth.yaml");
            assert_eq!(place["uriBaseId"], "%SRCROOT%");
        }
        let github = bench.run(&[&args[..], &["github"]].concat());
        assert!(github.stdout.contains(" file=clusters/aws auth.yaml,line="), "{}", github.all());
        // what comes through a pipe is in no repository
        let mut piped =
            bench.command(&[command, "--snapshot", "snapshot", "--aws-auth", "-", "-o", "github"]);
        piped.current_dir(bench.path("."));
        let text = bench.read("snapshot/aws-auth.yaml");
        let piped = bench.run_with(piped, text.as_bytes());
        assert!(piped.stdout.contains("::error ") && !piped.stdout.contains("file="), "{}", piped.all());
    }
}

#[test]
fn a_plan_that_contradicts_itself_is_annotated_too() {
    let bench = bench();
    bench.run(&["plan", "--snapshot", "snapshot", "--out", "plan.json"]);
    let mut plan = eksodus::planner::Plan::parse(&bench.read("plan.json")).unwrap();
    plan.targets.push(plan.targets[0].clone());
    bench.write("twice.json", plan.sealed().to_json());
    let github = bench.run(&["lint", "twice.json", "-o", "github"]);
    assert!(
        github.code == Some(4) && github.stdout.starts_with("::error file=twice.json,"),
        "{}",
        github.all()
    );
    let sarif = bench.run(&["lint", "twice.json", "-o", "sarif"]);
    assert_eq!(results(&sarif.stdout)[0]["ruleId"], "principal-twice");
}

#[test]
fn redaction_leaves_no_account_and_no_way_to_find_one() {
    let bench = bench();
    // a percent sign before an account is written as digits
    let odd = "50%111122223333 444455556666,111122223333";
    std::fs::rename(bench.path("snapshot"), bench.path(odd)).unwrap();
    for command in ["lint", "plan"] {
        for format in ["sarif", "github"] {
            let args = [command, "--snapshot", odd, "-o", format];
            let ran = bench.run(&[&args[..], &["--redact"]].concat());
            for account in ["111122223333", "444455556666"] {
                assert!(!ran.all().contains(account), "{command} {format}: {}", ran.all());
            }
            if format == "sarif" {
                let prints = |text: &str| -> Vec<Value> {
                    results(text).into_iter().map(|it| it["partialFingerprints"].clone()).collect()
                };
                assert_eq!(prints(&ran.stdout), prints(&bench.run(&args).stdout));
                let uri =
                    &results(&ran.stdout)[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
                assert!(uri.as_str().unwrap().is_ascii(), "{uri}");
            }
        }
    }
}

#[test]
fn a_command_offers_only_the_formats_that_it_has() {
    let formats = ["text", "json", "markdown", "html", "sarif", "github"];
    let has: &[(&str, &[&str], &[&str])] = &[
        ("lint", &["--aws-auth", "none"], &["text", "json", "sarif", "github"]),
        ("plan", &["--aws-auth", "none"], &formats),
        ("show", &["none"], &["text", "json", "markdown", "html"]),
        ("rollback", &["--simulate", "none"], &["text", "json", "markdown", "html"]),
        ("report", &["none"], &["text", "json", "html"]),
        ("export", &["none", "--to", "manifests"], &["text"]),
        ("status", &["--simulate", "none"], &["text", "json"]),
        ("policies", &["none"], &["text", "json"]),
        ("man", &["none"], &["text"]),
    ];
    let bench = Bench::new();
    for (command, rest, has) in has {
        let help = bench.run(&[command, "--help"]).stdout;
        for format in formats {
            let names =
                |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == format);
            let offered =
                help.split_once("--output").map_or("", |(_, rest)| rest.split("--color").next().unwrap());
            // one format is no choice
            let is_offered = has.len() > 1 && has.contains(&format);
            assert_eq!(names(offered), is_offered, "{command} {format}\n{offered}");
            let before = bench.run(&[&["-o", format, command], *rest].concat());
            let after = bench.run(&[&[*command, "-o", format], *rest].concat());
            let refused = |stderr: &str| stderr.contains("in the format") || stderr.contains("invalid value");
            for ran in [before, after] {
                assert_eq!(refused(&ran.stderr), !has.contains(&format), "{command} {format}: {}", ran.all());
                assert!(ran.code == Some(2) || has.contains(&format), "{command} {format}: {}", ran.all());
            }
        }
    }
    // the last one counts, wherever it stands
    let both = bench.run(&["-o", "json", "lint", "-o", "text", "--aws-auth", "none"]);
    assert!(!both.stdout.contains('{'), "{}", both.all());
}

#[test]
fn several_plans_are_a_table_a_comment_or_a_list() {
    let bench = Bench::new();
    bench.copy("quickstart", "one");
    bench.copy("quickstart", "two");
    std::fs::remove_file(bench.path("two/eksodus.yaml")).unwrap();
    for name in ["one", "two"] {
        bench.run(&["plan", "--snapshot", name, "--out", &format!("{name}.json")]);
    }
    let text = bench.run(&["show", "one.json", "two.json"]);
    assert_eq!(text.code, Some(0));
    insta::assert_snapshot!(text.all());
    let markdown = bench.run(&["show", "one.json", "two.json", "-o", "markdown"]).stdout;
    assert!(
        markdown.starts_with("<!-- eksodus:* -->\n### ⚠ eksodus · 2 plans: 1 needs a decision, 1 ready\n")
    );
    // each fold has its own command
    assert!(markdown.contains("eksodus apply one.json"), "{markdown}");
    let json: Vec<Value> =
        serde_json::from_str(&bench.run(&["show", "one.json", "two.json", "-o", "json"]).stdout).unwrap();
    assert_eq!(json[1], serde_json::from_str::<Value>(&bench.read("two.json")).unwrap());
    for format in ["text", "json", "markdown"] {
        let redacted = bench.run(&["show", "one.json", "two.json", "-o", format, "--redact"]);
        assert!(!redacted.all().contains("111122223333") && redacted.stdout.contains("‹account-01›"));
    }
    let digest = "0".repeat(64);
    for args in
        [&["show", "-", "-"][..], &["show", "one.json", "two.json", "--plan-digest", &digest], &["show"]]
    {
        assert_eq!(bench.run(args).code, Some(2), "{args:?}");
    }
    assert_eq!(bench.run(&["show", "one.json", "none.json"]).code, Some(1));
    let html = bench.run(&["show", "one.json", "two.json", "-o", "html"]);
    assert!(
        html.code == Some(2) && html.stderr.contains("pass --output text, json or markdown"),
        "{}",
        html.all()
    );
}
