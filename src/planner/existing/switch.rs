//! What EKS makes by itself when the cluster leaves CONFIG_MAP mode, and what that overrides at once.

use std::collections::BTreeMap;

use crate::facts::{EksMade, Facts, made_at_switch};
use crate::findings::{Finding, Reason};
use crate::model::{AuthenticationMode, CanonicalArn, PrincipalArn};
use crate::planner::{Line, Outcome, Target};

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
) -> Vec<Finding> {
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
    let mut notices: Vec<Finding> = Vec::new();
    for EksMade { principal, entry_type, because } in made {
        let line = by_key.get(&CanonicalArn::of_principal(principal));
        let target = targets.get(principal);
        if target.is_some_and(|target| target.entry.entry_type == *entry_type) {
            continue;
        }
        let Some(line) = line else { continue };
        let reason = Reason::MadeByEks {
            entry_type: entry_type.clone(),
            because: because.to_string(),
            becomes: target.map(|target| target.entry.entry_type.clone()),
        };
        notices.push(Finding::new(Some(line.at.clone()), principal.as_str(), reason));
    }
    notices.push(Finding::new(None, "the cluster's creator", Reason::CreatorsEntry));
    notices
}
