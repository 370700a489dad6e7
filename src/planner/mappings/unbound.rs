//! Groups that give nothing.

use std::collections::BTreeMap;

use super::settle::Settled;
use crate::findings::{Finding, Reason};
use crate::model::GroupName;
use crate::planner::given::Given;
use crate::rbac::SubjectKind;

/// Groups of people that no binding names: they give nothing, and are most often misspelt.
pub(in crate::planner) fn groups(given: &Given<'_>, settled: &Settled) -> Vec<Finding> {
    let Some(index) = &given.index else { return Vec::new() };
    let planned = settled.bindings.subjects();
    let mut unbound: BTreeMap<&GroupName, Vec<&crate::planner::Target>> = BTreeMap::new();
    for target in settled.targets.values() {
        for group in &target.entry.groups {
            let is_planned = planned.contains(&(SubjectKind::Group, group.as_str()));
            if index.bindings_of_group(group.as_str()).is_empty() && !is_planned {
                unbound.entry(group).or_default().push(target);
            }
        }
    }
    unbound
        .into_iter()
        .map(|(group, targets)| {
            let nearest = index.nearest_group(group.as_str()).map(str::to_owned);
            let reason = Reason::UnboundGroup { others: targets.len() - 1, nearest };
            Finding::new(targets.first().map(|target| target.from.clone()), group.as_str(), reason)
        })
        .collect()
}
