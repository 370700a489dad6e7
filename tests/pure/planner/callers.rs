//! Whoever runs the migration.

use eksodus::model::AuthenticationMode;
use eksodus::planner::{AccountDecision, CallerAccess, Decisions, Phase, Plan, PrincipalDecision, plan};
use eksodus::snapshot::Snapshot;

use super::planned;
use crate::kit::cluster::{ACCOUNT, With, cluster, role};

fn of_callers(plan: &Plan) -> Vec<&str> {
    let rules = plan.notices.iter().map(|notice| notice.rule.as_str());
    rules.filter(|rule| rule.starts_with("caller-")).collect()
}

fn dual(key: &str, text: &str) -> Snapshot {
    cluster(AuthenticationMode::ApiAndConfigMap, &[(key, text)]).iam(&[&role("Caller")])
}

#[test]
fn a_caller_in_no_line_and_no_entry_is_told_so() {
    assert_eq!(of_callers(&planned(&dual("mapRoles", "[]"))), ["caller-unmapped"]);
}

#[test]
fn a_caller_whose_line_is_skipped_would_be_locked_out() {
    let snapshot = dual("mapRoles", &format!("- rolearn: {}\n  username: me\n", role("caller")));
    let skip = PrincipalDecision {
        principal: role("*"),
        skip: Some("not needed".into()),
        ..PrincipalDecision::default()
    };
    let plan = plan(&snapshot, &Decisions { principals: vec![skip], ..Decisions::default() });
    assert!(matches!(plan.caller, CallerAccess::Elsewhere { .. }));
    assert_eq!(of_callers(&plan), ["caller-skipped"]);
    assert!(plan.blockers(Phase::Prune).all(|notice| notice.rule != "caller-skipped"));
    assert!(plan.blockers(Phase::ApiMode).any(|notice| notice.rule == "caller-skipped"));
}

#[test]
fn a_caller_let_in_by_an_account_alone_would_be_locked_out_too() {
    let snapshot = dual("mapAccounts", &format!("- '{ACCOUNT}'\n"));
    let with = |principals: Vec<&str>| {
        let decision = AccountDecision {
            principals: principals.into_iter().map(|arn| arn.parse().unwrap()).collect(),
            skip_others: Some("nobody".into()),
            line: 1,
            ..Default::default()
        };
        let accounts = [(ACCOUNT.parse().unwrap(), decision)].into();
        plan(&snapshot, &Decisions { accounts, ..Decisions::default() })
    };
    assert_eq!(of_callers(&with(Vec::new())), ["caller-skipped"]);
    assert!(of_callers(&with(vec![&role("Caller")])).is_empty());
}

#[test]
fn a_caller_whose_line_is_blocked_is_not_said_to_have_none() {
    let text = format!("- rolearn: {}\n  username: system:me\n", role("Caller"));
    assert!(of_callers(&planned(&dual("mapRoles", &text))).is_empty());
}
