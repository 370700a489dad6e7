//! The decision `prune: delete`.

use eksodus::model::AuthenticationMode;
use eksodus::planner::{Action, Decisions, Phase, Plan, PrincipalDecision, Prune, Severity, plan};
use eksodus::snapshot::Snapshot;

use crate::world::{ACCOUNT, With, cluster, planned, role};

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
        Action::AwsAuth { before: Some(_), after } => Some(after.is_some()),
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
    assert!(!plan.to_json().contains("\"prune\":"));
}
