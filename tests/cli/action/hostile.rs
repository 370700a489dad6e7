use std::fs;

use super::runner::{Runner, commands};

/// What would be seen if a name were more than text.
const NAMES: [&str; 9] = [
    "$(touch pwned)",
    "`touch pwned`",
    "x\"; touch pwned; \"",
    "x'; touch pwned; '",
    "::error::pwned",
    "##[add-path]pwned",
    "-o json",
    "a b\t*",
    "%0A::set-env name=PATH::pwned",
];

fn is_harmless(runner: &Runner, log: &str, name: &str) {
    for place in ["repository/pwned", "temp/pwned", "pwned"] {
        assert!(!runner.bench.path(place).exists(), "{name}");
    }
    for line in commands(log) {
        let is_ours = ["::error ", "::warning ", "::notice "].iter().any(|command| line.starts_with(command));
        assert!(is_ours && line.contains("title="), "{name}: {line}");
    }
}

#[test]
fn a_hostile_folder_is_a_folder() {
    for name in NAMES {
        let runner = Runner::new();
        let (from, to) =
            (runner.bench.path("repository/snapshot"), runner.bench.path(&format!("repository/{name}")));
        fs::rename(from, to).unwrap();
        // decisions that do not parse are told, with the name of the file
        let runner = runner.with("snapshot", name);
        let job = runner.run();
        assert_eq!(job.failed, None, "{name}: {}", job.log);
        assert_eq!(job.outputs["plan.state"], "pending", "{name}");
        is_harmless(&runner, &job.log, name);
        let mut runner = runner;
        runner.set("lint", "false");
        runner.bench.write(&format!("repository/{name}/eksodus.yaml"), format!("version: 1\n{name:?}: 1\n"));
        let job = runner.run();
        assert_eq!(job.failed.as_deref(), Some("plan"), "{name}: {}", job.log);
        is_harmless(&runner, &job.log, name);
    }
}

#[test]
fn hostile_values_of_every_input_do_nothing() {
    for name in NAMES {
        for input in [
            "snapshot",
            "aws-auth",
            "config",
            "plans",
            "fail-on",
            "pull-request",
            "comment-author",
            "eksodus",
        ] {
            let runner = Runner::new().with(input, name);
            let job = runner.run();
            is_harmless(&runner, &job.log, &format!("{input}: {name}"));
            let is_known_author = input == "comment-author";
            assert!(job.failed.is_some() || is_known_author, "{input}: {name}: {}", job.log);
        }
    }
}

#[test]
fn hostile_names_in_aws_auth_are_text_in_the_log_and_in_the_comment() {
    for name in NAMES {
        let runner = Runner::new();
        let text = serde_json::json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "aws-auth", "namespace": "kube-system"},
            "data": {"mapRoles": serde_json::json!([
                {"rolearn": format!("arn:aws:iam::111122223333:role/{name}\n{name}"), "username": name, "groups": [name]},
                {"rolearn": "arn:aws:iam::111122223333:role/Dev", "username": format!("\n{name}"), "groups": [name]},
            ]).to_string()},
        });
        runner.bench.write("repository/aws-auth.yaml", text.to_string());
        let runner = runner.with("aws-auth", "aws-auth.yaml");
        let job = runner.run();
        assert_eq!(job.failed, None, "{name}: {}", job.log);
        is_harmless(&runner, &job.log, name);
        assert_eq!(runner.comments().len(), 1);
    }
}

#[test]
fn hostile_files_of_plans_are_files() {
    for name in NAMES.into_iter().filter(|name| !name.contains('*')) {
        let runner = Runner::new();
        fs::create_dir_all(runner.bench.path("repository/plans")).unwrap();
        for file in [name, "b"] {
            let out = format!("repository/plans/{file}.json");
            let ran = runner.bench.run(&["plan", "--snapshot", "repository/snapshot", "--out", &out]);
            assert_eq!(ran.code, Some(0), "{}", ran.all());
        }
        let runner = runner.with("plans", "plans/*.json");
        let job = runner.run();
        assert_eq!(job.failed, None, "{name}: {}", job.log);
        is_harmless(&runner, &job.log, name);
        assert!(job.summary.contains("2 plans: "), "{}", job.summary);
    }
}
