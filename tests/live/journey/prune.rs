//! `aws-auth` is everybody's: what others do to it between plan, read and write.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::between::Hook;
use super::ground::Ground;
use super::objects::{AWS_AUTH, MAP_ROLES, change};
use crate::servers::apiserver::ApiServer;

const ADDED: &str =
    "\n- {rolearn: arn:aws:iam::111122223333:role/monitoring, username: m, groups: [viewers]}";

fn with_a_line_more(config_map: &mut Value) {
    let more = format!("{}{ADDED}", config_map["data"]["mapRoles"].as_str().expect("a text"));
    config_map["data"]["mapRoles"] = more.into();
}

fn migrated(test: &str) -> Option<Ground> {
    let ground = Ground::new(test, &[])?;
    ground.ends(0, &["plan", "--out", "plan.json"]);
    ground.ends(0, &["apply", "plan.json", "--allow-irreversible", "--yes"]);
    Some(ground)
}

const PRUNE: [&str; 5] = ["apply", "plan.json", "--resume", "--through", "prune"];

#[test]
fn a_line_that_somebody_adds_after_the_plan_stops_it_before_anything_is_cut() {
    let test = "journey::a_line_that_somebody_adds_after_the_plan_stops_it_before_anything_is_cut";
    let Some(ground) = migrated(test) else { return };
    change(ground.server, with_a_line_more);
    let before = ground.aws_auth();
    let refused = ground.ends(5, &PRUNE);
    insta::assert_snapshot!("changed_since_the_plan", refused.shown());
    assert_eq!(ground.aws_auth(), before);
    // and so does an old plan that nobody began
    ground.ends(0, &["plan", "--out", "new.json"]);
    change(ground.server, |object| object["data"]["mapUsers"] = "[]".into());
    let stale = ground.ends(5, &["apply", "new.json"]);
    insta::assert_snapshot!("stale", stale.shown());
    // a new plan takes the line in
    ground.ends(0, &["plan", "--out", "new.json"]);
    ground.ends(0, &["apply", "new.json", "--through", "prune"]);
    assert!(ground.entries().contains(&"arn:aws:iam::111122223333:role/monitoring".to_owned()));
    assert!(!ground.aws_auth().to_string().contains("role/monitoring"));
}

#[test]
fn the_backup_of_the_run_puts_everything_back_with_the_api() {
    let test = "journey::the_backup_of_the_run_puts_everything_back_with_the_api";
    let Some(ground) = migrated(test) else { return };
    let data = ground.aws_auth()["data"].clone();
    ground.ends(0, &PRUNE);
    assert_ne!(ground.aws_auth()["data"], data);
    let runs =
        std::fs::read_dir(ground.path(".eksodus/111122223333/eu-west-1/prod-eu")).expect("runs").flatten();
    let run = runs.map(|it| it.path()).find(|it| it.is_dir()).expect("a run");
    let kept = run.join("aws-auth.backup.yaml");
    let read = std::fs::read_to_string(&kept).expect("a backup");
    // as `kubectl apply --server-side --force-conflicts -f` sends it
    let path = format!("{AWS_AUTH}?fieldManager=kubectl&force=true");
    let (status, answer) = ground.server.apply(&path, &read);
    assert_eq!(status, 200, "{answer}\n{read}");
    assert_eq!(ground.aws_auth()["data"], data);
}

#[test]
fn whoever_manages_it_is_named_before_lines_go() {
    let test = "journey::whoever_manages_it_is_named_before_lines_go";
    let Some(ground) = migrated(test) else { return };
    let manifest = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "aws-auth", "labels": {"team": "platform"}},
        "data": ground.aws_auth()["data"],
    });
    let path = format!("{AWS_AUTH}?fieldManager=Terraform&force=true");
    let (status, answer) = ground.server.apply(&path, &manifest.to_string());
    assert_eq!(status, 200, "{answer}");
    change(ground.server, |object| {
        object["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "Helm".into();
        object["metadata"]["annotations"]["meta.helm.sh/release-name"] = "access".into();
        object["metadata"]["annotations"]["argocd.argoproj.io/tracking-id"] =
            "platform:/ConfigMap:kube-system/aws-auth".into();
    });
    let told = ground.ends(0, &PRUNE).stderr;
    let warnings: Vec<&str> = told.lines().filter(|line| line.starts_with("warning: ")).collect();
    insta::assert_snapshot!("owners", warnings.join("\n"));
}

/// Between the program's last read and its write.
#[test]
fn a_change_in_the_last_moment_is_a_conflict_and_nothing_is_lost() {
    let test = "journey::a_change_in_the_last_moment_is_a_conflict_and_nothing_is_lost";
    let has_struck = AtomicBool::new(false);
    let hook = |server: &'static ApiServer| -> Hook {
        Box::new(move |method, target| {
            if method == "PUT" && target.contains("aws-auth") && !has_struck.swap(true, Ordering::SeqCst) {
                change(server, with_a_line_more);
            }
        })
    };
    let Some(ground) = Ground::with(test, hook) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    ground.ends(0, &["apply", "plan.json", "--allow-irreversible", "--yes"]);
    let refused = ground.run(&PRUNE);
    insta::assert_snapshot!("conflict", refused.shown());
    let map_roles = ground.aws_auth()["data"]["mapRoles"].as_str().expect("a text").to_owned();
    assert_eq!(map_roles, format!("{MAP_ROLES}{ADDED}"));
}
