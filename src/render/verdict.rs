use std::collections::BTreeSet;

use super::words::count;
use crate::findings::Finding;
use crate::planner::{Action, CallerAccess, Outcome, Phase, Plan, Step};

/// A plan in one line.
///
/// `prod-eu: 14 lines → 12 entries; 2 blocked; nodes covered 3/3; caller last; plan blake3:ab12cd34ef56`
pub fn verdict(plan: &Plan) -> String {
    if let Some(undone) = &plan.undoes {
        let steps = count(plan.steps.len(), "step", "steps");
        return format!(
            "{}: {steps} to undo plan blake3:{}; plan blake3:{}",
            name(plan),
            short(undone),
            short_digest(plan)
        );
    }
    let covered = plan.nodes.iter().filter(|node| node.covered).count();
    let nodes = match plan.nodes.len() {
        0 => "no nodes known".to_owned(),
        all => format!("nodes covered {covered}/{all}"),
    };
    format!(
        "{}: {} → {}; {}; {nodes}; {}; plan blake3:{}",
        name(plan),
        count(plan.lines.len(), "line", "lines"),
        count(plan.targets.len(), "entry", "entries"),
        match blocked(plan) {
            0 => "nothing blocked".to_owned(),
            n => format!("{n} blocked"),
        },
        caller(plan),
        short_digest(plan),
    )
}

/// The cluster, or the file when there is none.
pub(super) fn name(plan: &Plan) -> &str {
    match (&plan.cluster, &plan.source) {
        (Some(cluster), _) => &cluster.name,
        (None, Some(source)) => source,
        (None, None) => "aws-auth",
    }
}

pub(super) fn short_digest(plan: &Plan) -> &str {
    short(&plan.digest)
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Lines that need a decision, and blockers that are about no line.
fn blocked(plan: &Plan) -> usize {
    let lines = plan.lines.iter().filter(|line| matches!(line.outcome, Outcome::Blocked { .. })).count();
    let blocked_places: BTreeSet<_> = plan
        .lines
        .iter()
        .filter(|line| matches!(line.outcome, Outcome::Blocked { .. }))
        .map(|line| &line.at)
        .collect();
    let elsewhere = blockers(plan).filter(|notice| match &notice.at {
        None => true,
        Some(at) => !blocked_places.contains(at),
    });
    lines + elsewhere.count()
}

pub(super) fn blockers(plan: &Plan) -> impl Iterator<Item = &Finding> {
    plan.notices.iter().filter(|notice| notice.severity.is_blocking())
}

fn caller(plan: &Plan) -> &'static str {
    match &plan.caller {
        CallerAccess::Unknown => "caller not known",
        CallerAccess::Elsewhere { .. } => "caller in no line or entry",
        CallerAccess::Principal { principal, .. } => {
            let last = plan.steps.iter().rev().find_map(|step| match &step.action {
                Action::Entry { principal, .. } => Some(principal),
                Action::Mode { .. } | Action::Binding { .. } | Action::AwsAuth { .. } => None,
            });
            if last == Some(principal) { "caller last" } else { "caller's access stays as it is" }
        }
    }
}

/// A phase with its steps, and whether they can be undone.
pub(super) struct PhaseSummary<'p> {
    pub phase: Phase,
    pub steps: Vec<&'p Step>,
}

impl PhaseSummary<'_> {
    pub(super) fn undo(&self) -> &'static str {
        match self.phase {
            Phase::DualMode | Phase::ApiMode => "none",
            Phase::Entries | Phase::Prune => "full",
            Phase::Preflight | Phase::Verify => "changes nothing",
        }
    }

    pub(super) fn what(&self) -> String {
        match self.phase {
            Phase::Preflight => "the cluster is still what this plan saw".to_owned(),
            Phase::Verify => "entries read back, nodes covered, the caller still let in".to_owned(),
            Phase::DualMode | Phase::ApiMode | Phase::Entries | Phase::Prune => {
                let mut kinds: Vec<(&'static str, usize)> = Vec::new();
                for kind in self.steps.iter().map(|step| kind(&step.action)) {
                    match kinds.iter_mut().find(|(known, _)| *known == kind) {
                        Some((_, n)) => *n += 1,
                        None => kinds.push((kind, 1)),
                    }
                }
                let each = kinds
                    .iter()
                    .map(|(kind, n)| if *n == 1 { (*kind).to_owned() } else { format!("{kind} ×{n}") });
                each.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

pub(super) fn kind(action: &Action) -> &'static str {
    use crate::planner::Expected;
    match action {
        Action::Mode { to: crate::model::AuthenticationMode::Api, .. } => "authentication mode to API",
        Action::Mode { .. } => "authentication mode to API_AND_CONFIG_MAP",
        Action::Binding { before: None, .. } => "create binding",
        Action::Binding { after: None, .. } => "delete binding",
        Action::Binding { .. } => "replace binding",
        Action::Entry { after: None, .. } => "delete entry",
        Action::Entry { recreate: true, .. } => "replace entry",
        Action::Entry { before: Expected::Entry(before), after: Some(after), .. }
            if before.entry_type != after.entry_type =>
        {
            "replace entry"
        }
        Action::Entry { before: Expected::Entry(_), .. } => "update entry",
        Action::Entry { before: Expected::Absent, .. } => "create entry",
        Action::Entry { before: Expected::Unobserved, .. } => "create or adopt entry",
        Action::AwsAuth { after: None, .. } => "delete aws-auth",
        Action::AwsAuth { .. } => "rewrite aws-auth",
    }
}

/// The phases that do something, and the checks around them; empty when there is nothing to do.
pub(super) fn phases(plan: &Plan) -> Vec<PhaseSummary<'_>> {
    if plan.steps.is_empty() {
        return Vec::new();
    }
    Phase::ALL
        .into_iter()
        .map(|phase| PhaseSummary {
            phase,
            steps: plan.steps.iter().filter(|step| step.phase == phase).collect(),
        })
        .filter(|summary| {
            !summary.steps.is_empty() || matches!(summary.phase, Phase::Preflight | Phase::Verify)
        })
        .collect()
}
