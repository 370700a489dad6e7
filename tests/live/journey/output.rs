//! What scripts and screens get.

use serde_json::Value;

use super::ground::{Ground, Ran};

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}

#[test]
fn json_is_all_that_is_on_stdout_and_has_the_documented_keys() {
    let test = "journey::json_is_all_that_is_on_stdout_and_has_the_documented_keys";
    let Some(ground) = Ground::new(test, &[]) else { return };
    let json = |args: &[&str]| ground.ends(0, &[args, &["-o", "json"]].concat()).json();
    let seen = json(&["snapshot", "--out", "seen"]);
    let sources = seen.as_array().expect("a list");
    assert_eq!((sources.len(), keys(&sources[0])), (12, vec!["found", "lost", "name", "why"]));
    // the plan of stdout is the plan of the file
    let plan = json(&["plan", "--out", "plan.json"]);
    let saved = std::fs::read_to_string(ground.path("plan.json")).expect("a plan");
    assert_eq!(ground.ends(0, &["plan", "-o", "json"]).stdout.lines().count(), saved.lines().count());
    assert_eq!(plan["cluster"], "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu");

    let summary = [
        "applied",
        "appliedInAll",
        "cluster",
        "conflicts",
        "inDoubt",
        "journal",
        "next",
        "phases",
        "result",
        "steps",
        "stepsDone",
        "through",
        "update",
        "why",
    ];
    let applied = json(&["apply", "plan.json", "--allow-irreversible", "--yes"]);
    assert_eq!(keys(&applied), summary);
    assert_eq!((&applied["result"], &applied["applied"]), (&"done".into(), &7.into()));
    assert_eq!(applied["journal"], ".eksodus/111122223333/eu-west-1/prod-eu/[DIGEST]-1/journal.jsonl");

    let verified = json(&["verify", "plan.json"]);
    assert_eq!(
        keys(&verified),
        ["checks", "differences", "entries", "equal", "otherAdministrators", "others", "summary", "through"]
    );
    let checks = verified["checks"].as_array().expect("a list");
    assert_eq!(
        (&verified["equal"], keys(&checks[0])),
        (&true.into(), vec!["kind", "reason", "result", "subject", "what"])
    );

    let status = json(&["status"]);
    assert_eq!(
        keys(&status),
        [
            "administrators",
            "cluster",
            "conflicts",
            "differences",
            "entries",
            "mode",
            "next",
            "oldRuns",
            "pending",
            "phases",
            "runs",
            "update",
            "withoutAccess"
        ]
    );
    assert_eq!(keys(&status["next"]), ["command", "note", "then"]);
    assert_eq!(
        status["phases"][2],
        serde_json::json!({
            "phase": "prune",
            "journal":
                {"phase": "prune", "steps": 1, "done": 0, "changes": 0, "existing": [], "inDoubt": false},
            "left": 1,
            "unplanned": 0,
            "unrecorded": 0,
            "existing": [],
        })
    );
    let run = [
        "callsApplied",
        "callsInDoubt",
        "first",
        "journal",
        "last",
        "notBegun",
        "plan",
        "problem",
        "steps",
        "stepsDone",
        "undoes",
        "undone",
    ];
    assert_eq!(keys(&status["runs"][0]), run);
    assert_eq!(status["runs"][0]["plan"], plan["digest"]);

    let undone = json(&["rollback", "--yes"]);
    assert_eq!((keys(&undone), &undone["result"]), (summary.to_vec(), &"done".into()));
}

#[test]
fn redacted_no_command_shows_an_account() {
    let test = "journey::redacted_no_command_shows_an_account";
    let Some(ground) = Ground::new(test, &["--fault", "deny:iam:ListUsers"]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    let apply = ["apply", "plan.json", "--yes"];
    let all: &[&[&str]] = &[
        &["snapshot", "--out", "seen"],
        &["lint"],
        &["prove", "plan.json"],
        &["whois", "arn:aws:sts::111122223333:assumed-role/deployer/ci-17"],
        &["explain", "arn:aws:sts::111122223333:assumed-role/deployer/ci-17"],
        &["who-can", "get", "pods", "-n", "shop"],
        &["who-can", "--dangerous", "-v"],
        &["policies"],
        &["policies", "--for-group", "deployers"],
        &["assert", "--record"],
        &["plan"],
        &["plan", "-o", "markdown"],
        &["plan", "-o", "html"],
        &["status"],
        &["status", "-o", "json"],
        &apply,
        &[&apply[..], &["--allow-irreversible"]].concat(),
        &["verify", "plan.json"],
        &["verify", "plan.json", "-o", "json"],
        &[&apply[..], &["--resume", "--through", "prune"]].concat(),
        &["status"],
        &["rollback"],
        &["rollback", "--yes", "-v"],
        &["apply", "--allow-irreversible", "--yes", "--through", "api-mode", "-v"],
    ];
    for args in all.iter().copied() {
        let Ran { stdout, stderr, code } = ground.run(&[args, &["--redact"]].concat());
        assert!(
            !stdout.contains("111122223333") && !stderr.contains("111122223333"),
            "{args:?}\n{stdout}\n{stderr}"
        );
        // an error of the program itself would be no proof
        assert!(matches!(code, Some(0 | 4 | 5)), "{args:?}: {code:?} {stderr}");
    }
    // whose users cannot be listed has no other administrator who is known to be alive
    assert_eq!(ground.mode(), "API_AND_CONFIG_MAP");
    // also where the cluster is not found, or another one
    let other = std::fs::read_to_string(ground.path("kubeconfig")).expect("a kubeconfig");
    let other = other.replace(&ground.endpoint, "https://111122223333.example.com");
    std::fs::write(ground.path("kubeconfig"), other).expect("a kubeconfig");
    let refused = ground.ends(5, &["status", "--redact"]);
    assert!(!refused.stderr.contains("111122223333"), "{}", refused.stderr);
}

#[test]
fn quiet_says_nothing_when_all_is_well() {
    let test = "journey::quiet_says_nothing_when_all_is_well";
    let Some(ground) = Ground::new(test, &[]) else { return };
    let all: [&[&str]; 7] = [
        &["snapshot", "--out", "seen"],
        &["plan", "--out", "plan.json"],
        &["apply", "plan.json", "--allow-irreversible", "--yes"],
        &["verify", "plan.json"],
        &["status"],
        &["rollback", "--yes"],
        &["rollback", "--yes"],
    ];
    for args in all.iter().copied() {
        assert_eq!(ground.ends(0, &[args, &["-q"]].concat()).stderr, "", "{args:?}");
    }
}

#[test]
fn journals_are_found_from_anywhere() {
    let test = "journey::journals_are_found_from_anywhere";
    let Some(ground) = Ground::new(test, &[]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    let state = ground.path("state of all").display().to_string();
    let state = ["--state", state.as_str()];
    let apply = ["apply", "plan.json", "--allow-irreversible", "--yes"];
    ground.ends(0, &[&apply[..], &["--through", "dual-mode"], &state].concat());
    assert!(!ground.path(".eksodus").exists());

    let elsewhere = tempfile::tempdir().expect("a folder");
    std::fs::copy(ground.path("kubeconfig"), elsewhere.path().join("kubeconfig")).expect("a copy");
    let there = |args: &[&str]| {
        let mut command = ground.command(&[args, &state].concat());
        ground.ran(command.current_dir(elsewhere.path()).output().expect("the binary runs"))
    };
    let status = there(&["status"]);
    insta::assert_snapshot!("status_elsewhere", status.shown());
    // what it says to type, typed into a shell
    let whole = status.stdout.replace(" \\\n", " ");
    let line = whole.lines().find(|line| line.contains(" --resume ")).expect("a command").trim();
    let run = std::fs::read_dir(ground.path("state of all/111122223333/eu-west-1/prod-eu"))
        .expect("runs")
        .flatten();
    let run = run.map(|it| it.path()).find(|it| it.is_dir()).expect("a run");
    let name = run.file_name().expect("a name").to_string_lossy().into_owned();
    let digest = name.split('-').next().expect("a digest");
    let line = line.replace("[DIR]", &ground.dir.path().display().to_string()).replace("[DIGEST]", digest);
    let line = line.replace("eksodus apply", concat!(env!("CARGO_BIN_EXE_eksodus"), " apply"));
    let typed = ground.command(&[]);
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", &line]).env_clear().current_dir(elsewhere.path());
    shell.envs(typed.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let ran = ground.ran(shell.output().expect("a shell"));
    assert_eq!(ran.code, Some(0), "{line}\n{}", ran.shown());
    assert!(
        ran.stdout.contains(": completed through verify: 6 changes made, 7 in total;"),
        "{}",
        ran.shown()
    );
    // without the place there is nothing to go on with
    let lost = ground.ends(1, &["apply", "plan.json", "--resume"]);
    insta::assert_snapshot!("no_run_here", lost.shown());
}
