//! One small cluster for each kind of mistake that people have reported, under `fixtures/cases`, and what is right there.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use eksodus::planner::{Decisions, plan};
use eksodus::snapshot::Snapshot;
use serde_json::Value;

use crate::apply::write;
use crate::said::kind;

fn role(name: &str) -> String {
    format!("arn:aws:iam::222233334444:role/{name}")
}

fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases").join(case)
}

/// What the plan of a case says, by its typed fields.
struct Case(Value);

impl Case {
    fn of(case: &str) -> Self {
        let folder = folder(case);
        let snapshot = Snapshot::load(&folder).unwrap();
        let decisions = match std::fs::read_to_string(folder.join("eksodus.yaml")) {
            Ok(text) => Decisions::parse("eksodus.yaml", &text).unwrap(),
            Err(_) => Decisions::default(),
        };
        Self(serde_json::from_str(&plan(&snapshot, &decisions).to_json()).unwrap())
    }

    fn list(&self, key: &str) -> Vec<&Value> {
        self.0[key].as_array().into_iter().flatten().collect()
    }

    /// The rules and subjects of the findings that hold a phase up.
    fn blocks(&self, phase: &str) -> Vec<(&str, &str)> {
        let blocks = |it: &&Value| it["severity"]["phase"] == phase;
        let found = self.list("notices").into_iter().filter(blocks);
        found.map(|it| (it["rule"].as_str().unwrap(), it["subject"].as_str().unwrap())).collect()
    }

    fn is_held_up_before(&self, phases: &[&str]) -> bool {
        phases.iter().any(|phase| !self.blocks(phase).is_empty())
    }

    fn finding(&self, rule: &str, subject: &str) -> Option<&Value> {
        self.list("notices").into_iter().find(|it| it["rule"] == rule && it["subject"] == subject)
    }

    /// The outcome of the last mapping of an ARN.
    fn outcome(&self, arn: &str) -> (String, &Value) {
        let line = self.list("lines").into_iter().rfind(|it| it["arn"] == arn).unwrap();
        (kind(&line["outcome"]), &line["outcome"])
    }

    fn touches(&self, arn: &str) -> bool {
        self.list("steps").into_iter().any(|step| step["action"]["principal"] == arn)
    }

    /// The entry that a step makes.
    fn entry(&self, arn: &str) -> Option<&Value> {
        let steps = self.list("steps");
        steps.into_iter().map(|it| &it["action"]).find(|it| it["principal"] == arn).map(|it| &it["after"])
    }

    fn notes(&self, arn: &str) -> Vec<String> {
        let targets = self.list("targets");
        let target = targets.into_iter().find(|it| it["entry"]["principal"] == arn);
        target.into_iter().flat_map(|it| it["notes"].as_array().unwrap()).map(kind).collect()
    }
}

const BEFORE_THE_FIRST_CALL: [&str; 2] = ["preflight", "dual-mode"];
const BEFORE_PRUNE: [&str; 5] = ["preflight", "dual-mode", "entries", "verify", "prune"];
const BEFORE_ENTRIES: [&str; 3] = ["preflight", "dual-mode", "entries"];

#[test]
fn a_local_cluster_on_outposts_stays_in_its_mode() {
    let case = Case::of("outposts-local-cluster");
    assert!(case.is_held_up_before(&BEFORE_THE_FIRST_CALL), "{}", case.0["notices"]);
}

#[test]
fn what_api_mode_does_not_read_gives_nothing() {
    let case = Case::of("api-mode-with-an-old-configmap");
    assert_eq!(case.list("steps").len(), 0);
    assert_eq!(case.outcome(&role("trainers")).0, "not-read");
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
    let command = command.env_clear().args(["whois", &role("trainers"), "-o", "json", "--snapshot"]);
    let output = command.arg(folder("api-mode-with-an-old-configmap")).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["result"], "not-mapped", "{told}");
}

#[test]
fn the_image_of_a_node_group_decides_its_type() {
    let case = Case::of("windows-node-group-mapped-as-linux");
    let windows = role("windows");
    match case.entry(&windows) {
        Some(entry) => assert_eq!(entry["type"], "EC2_WINDOWS"),
        None => assert!(case.is_held_up_before(&BEFORE_ENTRIES)),
    }
    assert_eq!(case.entry(&role("linux")).unwrap()["type"], "EC2_LINUX");
}

#[test]
fn one_windows_entry_serves_linux_too() {
    let case = Case::of("linux-and-windows-on-one-role");
    assert_eq!(case.entry(&role("workers")).unwrap()["type"], "EC2_WINDOWS");
    assert!(case.list("nodes").iter().all(|it| it["covered"] == true), "{}", case.0["nodes"]);
    assert!(case.blocks("api-mode").is_empty(), "{:?}", case.blocks("api-mode"));
}

#[test]
fn a_services_role_holds_up_api_mode_alone() {
    let case = Case::of("service-role-of-batch");
    assert!(!case.is_held_up_before(&BEFORE_PRUNE), "{}", case.0["notices"]);
    assert!(case.blocks("api-mode").iter().any(|(rule, _)| *rule == "service-linked-role"));
    assert_eq!(case.outcome(&role("builders")).0, "migrates");
}

#[test]
fn where_nobody_is_an_administrator_the_caller_is_none_either() {
    let case = Case::of("nobody-is-an-administrator");
    let finding = case.list("notices").into_iter().find(|it| it["rule"] == "no-other-admin").unwrap();
    // what EKS makes for the creator is not there to be seen yet, so it may not block
    assert_ne!(finding["severity"], "info", "{finding}");
    assert!(!finding["message"].as_str().unwrap().contains("but the caller"), "{finding}");
}

#[test]
fn a_dead_entry_is_no_administrator() {
    let case = Case::of("administrator-recreated-after-its-entry");
    assert_eq!(case.outcome(&role("AWSReservedSSO_Root_aaaabbbbccccdddd")).0, "gone");
    assert!(
        case.blocks("api-mode").iter().any(|(rule, _)| *rule == "no-other-admin"),
        "{:?}",
        case.blocks("api-mode")
    );
}

#[test]
fn entries_that_are_effective_stay_as_they_are() {
    for (case, arn, gives_more) in [
        ("entry-gives-more-than-its-mapping", role("operator"), false),
        ("entry-has-a-group-of-its-own", role("pager"), false),
        ("person-whose-mapping-is-a-nodes", role("workers"), true),
        (
            "administrator-by-policy-mapped-with-a-group",
            "arn:aws:iam::222233334444:user/nora".to_owned(),
            true,
        ),
    ] {
        let told = Case::of(case);
        assert!(!told.touches(&arn), "{case}: {}", told.0["steps"]);
        let (kind, outcome) = told.outcome(&arn);
        assert_eq!(kind, "overridden", "{case}: {outcome}");
        assert!(!told.is_held_up_before(&BEFORE_PRUNE), "{case}: {}", told.0["notices"]);
        if !gives_more {
            assert!(outcome["givesMore"].is_null(), "{case}: {outcome}");
        }
    }
}

#[test]
fn null_is_absent() {
    let case = Case::of("null-where-a-list-may-be-absent");
    assert_eq!(case.outcome(&role("metrics")).0, "migrates");
    assert_eq!(case.outcome(&role("reader")).0, "overridden");
    assert_eq!(case.outcome("arn:aws:iam::222233334444:user/nora").0, "migrates");
    assert_eq!(case.entry(&role("metrics")).unwrap()["groups"], serde_json::json!([]));
}

#[test]
fn each_use_of_a_role_is_covered_or_not_by_itself() {
    let case = Case::of("node-group-and-fargate-profile-on-one-role");
    let of_role = || case.list("nodes").into_iter().filter(|it| it["role"] == role("shared"));
    assert!(of_role().any(|it| it["covered"] == false), "{}", case.0["nodes"]);
    let needs = of_role().map(|it| it["needs"].to_string()).collect::<Vec<_>>().join(" ");
    assert!(needs.contains("EC2_LINUX") && needs.contains("FARGATE_LINUX"), "{needs}");
    assert!(case.blocks("api-mode").iter().any(|(rule, _)| *rule == "node-uncovered"));
}

#[test]
fn another_accounts_user_is_unknown_and_not_gone() {
    let case = Case::of("user-of-another-account");
    assert_eq!(case.outcome("arn:aws:iam::555566667777:user/pia").0, "migrates");
}

#[test]
fn a_decision_about_the_username_brings_no_groups() {
    let case = Case::of("username-decided-for-an-overridden-mapping");
    if let Some(entry) = case.entry(&role("dev")) {
        assert_eq!(entry["groups"], serde_json::json!(["devs"]));
        assert_eq!(entry["policies"], serde_json::json!([]));
    }
}

#[test]
fn nothing_of_a_dead_entry_comes_alive() {
    let case = Case::of("recreated-role-with-policies-on-its-entry");
    let entry = case.entry(&role("dev")).unwrap();
    assert_eq!(entry["groups"], serde_json::json!(["devs"]));
    assert!(entry["policies"].as_array().is_none_or(Vec::is_empty), "{entry}");
    assert!(case.notes(&role("dev")).contains(&"not-revived".to_owned()), "{:?}", case.notes(&role("dev")));
}

#[test]
fn a_new_name_that_is_somebodys_needs_a_decision() {
    let case = Case::of("group-renamed-into-one-in-use");
    assert!(case.is_held_up_before(&BEFORE_ENTRIES), "{}", case.0["notices"]);
}

#[test]
fn what_eks_makes_in_the_way_is_said_before() {
    let case = Case::of("fargate-role-mapped-as-a-person");
    let pods = role("pods");
    let said =
        case.list("notices").into_iter().any(|it| it["subject"] == pods.as_str() && it["severity"] != "info");
    assert!(said, "{}", case.0["notices"]);
}

#[test]
fn a_policy_that_is_not_there_is_refused_in_the_plan() {
    let case = Case::of("policy-that-does-not-exist");
    assert!(case.is_held_up_before(&BEFORE_ENTRIES), "{}", case.0["notices"]);
    let finding = case.finding("impossible-decision", &role("dev")).or_else(|| {
        case.list("notices")
            .into_iter()
            .find(|it| it["message"].as_str().unwrap().contains("AmazonEKSViewPolcy"))
    });
    assert!(finding.unwrap().to_string().contains("AmazonEKSViewPolicy"), "{finding:?}");
}

#[test]
fn documents_of_another_cluster_are_refused_by_name() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
    let output = command
        .env_clear()
        .args(["plan", "--snapshot"])
        .arg(folder("entries-of-another-cluster"))
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_ne!(output.status.code(), Some(0), "{told}");
    for part in ["access-entries.json", "blue", "green"] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}

#[test]
fn deleting_waits_for_what_nobody_read() {
    let case = Case::of("delete-beside-binary-data");
    assert!(case.blocks("prune").iter().any(|(rule, _)| *rule == "delete-blocked"), "{}", case.0["notices"]);
}

/// A copy of a case to be played on, without what the team has decided.
fn copy(case: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder(case)).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name != "eksodus.yaml" {
            write(&copy.path().join(name), &std::fs::read_to_string(&path).unwrap());
        }
    }
    copy
}

/// The exit code and what was complained of.
fn eksodus(simulated: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
    let output = command.env_clear().args(arguments).arg("--simulate").arg(simulated).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn nothing_is_called_refused_after_the_mode_was_changed() {
    let cluster = copy("fargate-role-mapped-as-a-person");
    let (code, told) = eksodus(cluster.path(), &["apply", "--allow-irreversible", "--yes"]);
    let now = std::fs::read_to_string(cluster.path().join("cluster.json")).unwrap();
    let is_changed = !now.contains("\"CONFIG_MAP\"");
    assert_eq!(is_changed, !matches!(code, Some(1..=5)), "{code:?}: {told}");
}

#[test]
fn what_nobody_reads_of_the_config_map_is_kept() {
    let cluster = copy("delete-beside-binary-data");
    let read = || std::fs::read_to_string(cluster.path().join("aws-auth.yaml")).unwrap();
    let before = read();
    let (code, told) =
        eksodus(cluster.path(), &["apply", "--through", "prune", "--allow-irreversible", "--yes"]);
    assert_eq!(code, Some(0), "{told}");
    let pruned = read();
    assert!(!pruned.contains("role/dev"), "{pruned}");
    assert!(pruned.contains("logo: iVBORw0=") && pruned.contains("owner: platform"), "{pruned}");
    let (code, told) = eksodus(cluster.path(), &["rollback", "--yes"]);
    assert_eq!(code, Some(0), "{told}");
    let after = read();
    for part in ["role/dev", "logo: iVBORw0=", "owner: platform"] {
        assert!(after.contains(part), "{part} of\n{before}\nis not in\n{after}");
    }
}
