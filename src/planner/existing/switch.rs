//! What EKS makes by itself when the cluster leaves CONFIG_MAP mode, and what that overrides at once.

use std::collections::BTreeMap;

use crate::facts::{EksMade, Facts, made_at_switch};
use crate::model::{AuthenticationMode, CanonicalArn, PrincipalArn};
use crate::planner::{Line, Notice, Outcome, Severity, Target};

/// The entries that are expected to appear; none where the mode has entries already.
pub(in crate::planner) fn expected(facts: &Facts<'_>) -> Vec<EksMade> {
    match facts.mode {
        Some(AuthenticationMode::ConfigMap) => made_at_switch(&facts.nodes),
        _ => Vec::new(),
    }
}

/// What is said of them before anything irreversible is done.
pub(in crate::planner) fn notices(
    facts: &Facts<'_>,
    made: &[EksMade],
    lines: &[Line],
    targets: &BTreeMap<PrincipalArn, Target>,
) -> Vec<Notice> {
    if facts.mode != Some(AuthenticationMode::ConfigMap) {
        return Vec::new();
    }
    let mut by_key: BTreeMap<CanonicalArn, &Line> = BTreeMap::new();
    for line in lines {
        let is_effective = matches!(
            line.outcome,
            Outcome::Migrates { .. } | Outcome::Skipped { .. } | Outcome::Blocked { .. }
        );
        if is_effective && !made.is_empty() {
            by_key.insert(CanonicalArn::as_mapped(&line.arn), line);
        }
    }
    let mut notices: Vec<Notice> = Vec::new();
    for EksMade { principal, entry_type, because } in made {
        let line = by_key.get(&CanonicalArn::of_principal(principal));
        let target = targets.get(principal);
        if target.is_some_and(|target| target.entry.entry_type == *entry_type) {
            continue;
        }
        let Some(line) = line else { continue };
        let then = match target {
            Some(target) => format!("the plan replaces it by {}", target.entry.entry_type),
            None => "and what the mapping gives is lost with that".to_owned(),
        };
        notices.push(Notice {
            rule: "made-by-eks".to_owned(),
            severity: Severity::Warning,
            at: Some(line.at.clone()),
            subject: principal.to_string(),
            message: format!(
                "when the mode changes, EKS is expected to make an entry of type {entry_type} for {because}, which overrides this mapping at once; {then}"
            ),
            help: vec![match target {
                Some(_) => "if the run stops there with exit 6, plan again: the next plan goes on from what EKS made".to_owned(),
                None => "give one of the two uses a role of its own before the mode changes".to_owned(),
            }],
        });
    }
    notices.push(Notice {
        rule: "made-by-eks".to_owned(),
        severity: Severity::Info,
        at: None,
        subject: "the cluster's creator".to_owned(),
        message: "when the mode changes, EKS makes a cluster administrator's entry for whoever created the cluster, and it may make entries for node groups and Fargate profiles; equal ones are adopted".to_owned(),
        help: Vec::new(),
    });
    notices
}
