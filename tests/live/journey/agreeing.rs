//! What is asked of whoever runs it, and what of that can be left out.

use std::process::{Command, Stdio};

use super::ground::{Ground, Ran};
use super::objects::{AWS_AUTH, MAP_ROLES, MAP_USERS, change};
use crate::servers::apiserver::ADMIN;
use crate::servers::skipped;

/// The program on a terminal of its own, with what is typed there; `None` where `script` of util-linux is not.
fn typing(ground: &Ground, args: &[&str], typed: &str) -> Option<Ran> {
    let inner = ground.command(args);
    let words = std::iter::once(inner.get_program()).chain(inner.get_args());
    let line: Vec<&str> = words.map(|word| word.to_str().expect("UTF-8")).collect();
    let mut script = Command::new("script");
    script.args(["-qec", &line.join(" "), "/dev/null"]).env_clear().current_dir(ground.dir.path());
    script.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    script.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("TERM", "dumb");
    let mut child = match script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(_) => {
            skipped("journey::agreeing", "no script of util-linux");
            return None;
        }
    };
    let mut stdin = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, typed.as_bytes()).expect("somebody listens");
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    Some(ground.ran(output))
}

#[test]
fn what_cannot_be_undone_is_agreed_to_by_the_name_of_the_cluster() {
    let test = "journey::what_cannot_be_undone_is_agreed_to_by_the_name_of_the_cluster";
    let Some(ground) = Ground::new(test, &[]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    let apply = ["apply", "plan.json", "--allow-irreversible"];
    insta::assert_snapshot!("nobody_to_agree", ground.run(&apply).shown());
    insta::assert_snapshot!("not_allowed", ground.run(&["apply", "plan.json"]).shown());
    let nobody = ground.ends(2, &["apply", "--quiet"]);
    assert!(nobody.stderr.contains("confirmation needed, but there is no terminal"), "{}", nobody.stderr);
    assert_eq!(ground.mode(), "CONFIG_MAP");
    for typed in ["yes\n", "prod\n", "\n"] {
        let Some(ran) = typing(&ground, &apply, typed) else { return };
        assert!(
            ran.stdout.contains("dual-mode cannot be undone. Type the cluster name (prod-eu) to continue: "),
            "{ran:?}"
        );
        assert!(ran.stdout.contains(": declined: nothing was changed"), "{ran:?}");
        assert_eq!((ran.code, ground.mode().as_str()), (Some(1), "CONFIG_MAP"));
    }
    let ran = typing(&ground, &apply, "prod-eu\n").expect("it was there before");
    assert!(ran.stdout.contains(": completed through verify: 7 changes made;"), "{ran:?}");
    assert_eq!((ran.code, ground.mode().as_str()), (Some(0), "API_AND_CONFIG_MAP"));
    // what can be rolled back needs no name, but is asked about too
    let prune = ["apply", "plan.json", "--through", "prune"];
    let ran = typing(&ground, &prune, "no\n").expect("it was there");
    assert!(ran.code == Some(1) && ran.stdout.contains("WHAT IS AT STAKE"), "{ran:?}");
    let ran = typing(&ground, &prune, "yes\n").expect("it was there");
    assert!(ran.code == Some(0) && ran.stdout.contains("Type yes to continue: "), "{ran:?}");
    assert!(!ran.stdout.contains("cannot be undone"), "{ran:?}");
}

#[test]
fn aws_auth_can_stay_as_it_is_up_to_api_mode() {
    let test = "journey::aws_auth_can_stay_as_it_is_up_to_api_mode";
    let Some(ground) = Ground::new(test, &[]) else { return };
    let before = ground.aws_auth();
    ground.ends(0, &["plan", "--out", "plan.json"]);
    let args =
        ["apply", "plan.json", "--through", "api-mode", "--prune=none", "--allow-irreversible", "--yes"];
    let ran = ground.ends(0, &args);
    assert!(ran.stdout.contains(": completed through api-mode: "), "{}", ran.shown());
    assert!(
        !ran.stderr.contains("phase prune") && !ran.stderr.contains("manages aws-auth"),
        "{}",
        ran.stderr
    );
    assert_eq!((ground.mode().as_str(), ground.aws_auth()), ("API", before));
    insta::assert_snapshot!("status_prune_none", ground.run(&["status"]).shown());
}

#[test]
fn aws_auth_is_deleted_when_the_plan_says_so() {
    let test = "journey::aws_auth_is_deleted_when_the_plan_says_so";
    let Some(ground) = Ground::new(test, &[]) else { return };
    // somebody else's key is in the way
    let blocked = ground.ends(4, &["plan", "--prune", "delete", "--out", "plan.json"]);
    assert!(blocked.stdout.contains("README  [delete-blocked] before prune\n"), "{}", blocked.stdout);
    assert!(blocked.stdout.contains("labels team  [delete-blocked] before prune\n"), "{}", blocked.stdout);
    change(ground.server, |object| {
        drop(object["data"].as_object_mut().expect("data").remove("README"));
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        metadata.retain(|key, _| !matches!(key.as_str(), "labels" | "annotations"));
    });
    let planned = ground.ends(0, &["plan", "--prune", "delete", "--out", "plan.json"]);
    assert!(
        planned.stdout.contains("\n  prune      delete aws-auth; can be rolled back\n"),
        "{}",
        planned.stdout
    );
    let other = ground.ends(2, &["apply", "plan.json", "--prune", "covered", "--yes"]);
    assert!(other.stderr.starts_with("error: the plan was made with --prune delete\n"), "{}", other.stderr);
    let args = ["apply", "plan.json", "--through", "prune", "--allow-irreversible", "--yes"];
    let ran = ground.run(&args);
    insta::assert_snapshot!("apply_delete", ran.shown());
    assert_eq!(ground.server.request(ADMIN, "GET", AWS_AUTH, None).0, 404);
    insta::assert_snapshot!("status_deleted", ground.run(&["status"]).shown());
    ground.ends(0, &["rollback", "--yes"]);
    let data = &ground.aws_auth()["data"];
    assert_eq!((&data["mapRoles"], &data["mapUsers"]), (&MAP_ROLES.into(), &MAP_USERS.into()));
}
