//! The decision `prune: delete`.

use eksodus::model::{AuthenticationMode, ConfigMap};
use eksodus::planner::{Action, Decisions, Phase, Plan, PrincipalDecision, Prune, Severity, plan};
use eksodus::reader::Manifest;
use eksodus::snapshot::Snapshot;
use serde_json::{Value, json};

use super::planned;
use crate::kit::cluster::{ACCOUNT, With, cluster, role};

fn line(name: &str) -> String {
    format!("- {{rolearn: '{}', username: {name}, groups: [devs]}}\n", role(name))
}

fn with(lines: &str, more: &[(&str, &str)]) -> Snapshot {
    let data = [&[("mapRoles", lines)], more].concat();
    cluster(AuthenticationMode::ApiAndConfigMap, &data).iam(&[&role("Dev"), &role("Left")])
}

fn deleting(snapshot: &Snapshot, decisions: Decisions) -> Plan {
    plan(snapshot, &Decisions { prune: Prune::Delete, ..decisions })
}

/// What `aws-auth` becomes: `None` is no step.
fn after(plan: &Plan) -> Option<bool> {
    plan.steps.iter().find_map(|step| match &step.action {
        Action::AwsAuth { before: Some(_), after, .. } => Some(after.is_some()),
        _ => None,
    })
}

fn blocked(plan: &Plan) -> Vec<(&str, usize)> {
    let blocks = plan.notices.iter().filter(|it| it.rule == "delete-blocked");
    blocks
        .map(|it| {
            assert_eq!(it.severity, Severity::Blocks(Phase::Prune));
            (it.subject.as_str(), it.at.as_ref().map_or(0, |at| at.place.line))
        })
        .collect()
}

#[test]
fn the_config_map_goes_when_nobody_is_let_in_by_it_alone() {
    let gone = line("Gone");
    let never = format!("- {{rolearn: '{}', username: x}}\n", role("a/Path"));
    let twice = line("Dev");
    for lines in [line("Dev"), [line("Dev"), gone, never, twice].concat(), "[]".to_owned()] {
        let snapshot = with(&lines, &[]);
        let deletes = deleting(&snapshot, Decisions::default());
        assert_eq!((blocked(&deletes), after(&deletes)), (Vec::new(), Some(false)), "{lines}");
        assert_ne!(after(&planned(&snapshot)), Some(false));
        assert_eq!(Plan::parse(&deletes.to_json()).unwrap(), deletes);
    }
}

#[test]
fn each_line_that_would_be_missed_and_each_key_of_others_blocks_it() {
    let lines = [line("Dev"), line("Left"), line("Dev")].concat();
    let skip = PrincipalDecision {
        principal: role("Left"),
        skip: Some("left".to_owned()),
        ..PrincipalDecision::default()
    };
    let decisions = Decisions { principals: vec![skip], ..Decisions::default() };
    let accounts = format!("- '{ACCOUNT}'\n");
    let snapshot = with(&lines, &[("mapAccounts", &accounts), ("team", "a")]);
    let plan = deleting(&snapshot, decisions);
    let left = role("Left");
    assert_eq!(
        blocked(&plan).iter().map(|(what, _)| *what).collect::<Vec<_>>(),
        ["team", left.as_str(), ACCOUNT]
    );
    assert_eq!(after(&plan), None);
    assert_eq!(plan.blockers(Phase::Verify).count(), 0, "what comes before is free");
}

#[test]
fn a_plan_that_keeps_the_config_map_says_nothing_of_it() {
    let plan = planned(&with(&line("Dev"), &[]));
    let json: Value = serde_json::from_str(&plan.to_json()).unwrap();
    assert!(json["decisions"].get("prune").is_none());
}

/// With something in the ConfigMap that is not `data`.
fn with_parts(change: impl FnOnce(&mut ConfigMap)) -> Snapshot {
    let mut snapshot = with(&line("Dev"), &[]);
    let mut config_map = snapshot.aws_auth.unwrap().config_map;
    change(&mut config_map);
    snapshot.aws_auth = Some(Manifest::from_config_map(config_map));
    snapshot
}

#[test]
fn each_part_that_eks_does_not_read_waits_for_a_decision() {
    let metadata = |field: &str, value: Value| {
        let field = field.to_owned();
        move |map: &mut ConfigMap| drop(map.metadata.insert(field, value))
    };
    let binary = |map: &mut ConfigMap| drop(map.binary_data.insert("k".into(), "eA==".into()));
    for (part, snapshot) in [
        ("binaryData k", with_parts(binary)),
        ("immutable: true", with_parts(|map| map.immutable = Some(true))),
        ("labels team", with_parts(metadata("labels", json!({"team": "a"})))),
        ("annotations note", with_parts(metadata("annotations", json!({"note": "a"})))),
        ("finalizers", with_parts(metadata("finalizers", json!(["a/b"])))),
        ("ownerReferences", with_parts(metadata("ownerReferences", json!([{"kind": "A"}])))),
    ] {
        let plan = deleting(&snapshot, Decisions::default());
        assert_eq!(blocked(&plan), [(part, 0)]);
        assert_eq!(after(&plan), None);
        assert_eq!(plan.blockers(Phase::Verify).count(), 0, "what comes before is free");
        // the way out that it names
        let covered = planned(&snapshot);
        assert_eq!(covered.blockers(Phase::Prune).count(), 0, "{:?}", covered.notices);
    }
}

#[test]
fn what_the_api_server_and_kubectl_note_holds_nothing_up() {
    let noted = with_parts(|map| {
        let metadata = json!({
            "name": "aws-auth", "uid": "u", "creationTimestamp": "t", "managedFields": [{}],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}, "labels": {},
        });
        map.metadata = metadata.as_object().unwrap().clone();
        map.immutable = Some(false);
    });
    let plan = deleting(&noted, Decisions::default());
    assert_eq!((blocked(&plan), after(&plan)), (Vec::new(), Some(false)));
    let parts = plan.steps.iter().find_map(|step| match &step.action {
        Action::AwsAuth { parts, .. } => Some(parts.clone()),
        _ => None,
    });
    // a rollback brings back what there was
    let parts = parts.unwrap();
    assert_eq!(parts.metadata.keys().collect::<Vec<_>>(), ["annotations"]);
    assert_eq!(Plan::parse(&plan.to_json()).unwrap(), plan);
}

#[test]
fn nothing_is_cut_out_of_what_is_immutable() {
    let plan = planned(&with_parts(|map| map.immutable = Some(true)));
    assert_eq!(after(&plan), None);
    let said: Vec<&str> =
        plan.notices.iter().filter(|it| it.rule == "not-pruned").map(|it| it.subject.as_str()).collect();
    assert_eq!(said, ["aws-auth"]);
    assert_eq!(plan.blockers(Phase::Prune).count(), 0, "{:?}", plan.notices);
    // with nothing to cut there is nothing to say
    let mut nothing = with("[]", &[]);
    let mut map = nothing.aws_auth.unwrap().config_map;
    map.immutable = Some(true);
    nothing.aws_auth = Some(Manifest::from_config_map(map));
    assert!(planned(&nothing).notices.iter().all(|it| it.rule != "not-pruned"));
}
