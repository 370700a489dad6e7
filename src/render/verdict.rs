//! How something stands, in one line: the first of what a command prints, and the last.

use std::collections::BTreeSet;

use anstyle::Style;

use super::page::{Page, Shown, paint};
use super::style::{BAD, CARE, GOOD, HEADING};
use super::words::count;
use crate::findings::Finding;
use crate::model::{AuthenticationMode, ClusterId};
use crate::planner::{Action, CallerAccess, Outcome, Phase, Plan, Standing};

/// The outcome of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub mark: Mark,
    /// Without the mark.
    pub said: String,
}

/// Whether it is well: a sign, a word and a colour, none of which is needed to understand the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Good,
    /// Somebody has to look.
    Care,
    Bad,
    /// Nothing to do.
    Idle,
}

impl Mark {
    pub fn sign(self) -> char {
        match self {
            Self::Good => '✓',
            Self::Care => '!',
            Self::Bad => '✗',
            Self::Idle => '•',
        }
    }

    pub(super) fn style(self) -> Style {
        match self {
            Self::Good => GOOD.bold(),
            Self::Care => CARE,
            Self::Bad => BAD,
            Self::Idle => HEADING,
        }
    }
}

impl Verdict {
    pub fn new(mark: Mark, said: impl Into<String>) -> Self {
        Self { mark, said: said.into() }
    }

    pub fn shown(&self) -> Shown {
        paint(self.mark.style(), format!("{} {}", self.mark.sign(), self.said))
    }

    /// Around a page: its first line and its last. Alone it is said once.
    #[must_use]
    pub fn around(&self, body: Page) -> Page {
        let mut page = Page::default();
        page.line(0, self.shown());
        if body.is_empty() {
            return page;
        }
        page.append(body);
        page.blank();
        page.line(0, self.shown());
        page
    }
}

/// How a plan stands.
pub fn verdict(plan: &Plan) -> Verdict {
    let name = name(plan);
    if let Some(undone) = &plan.undoes {
        let steps = count(plan.steps.len(), "step", "steps");
        return Verdict::new(
            Mark::Good,
            format!("{name}: {steps} to undo the run of plan {}", short(undone)),
        );
    }
    if plan.cluster.is_none() {
        return preview(plan);
    }
    let rest = rest(plan);
    match (blocked(plan), plan.steps.is_empty()) {
        (0, true) => Verdict::new(idle_mark(plan), format!("{name}: {}", idle(plan))),
        (0, false) if !accepted(plan) => Verdict::new(Mark::Care, format!("{name}: {rest}")),
        (0, false) => Verdict::new(Mark::Good, format!("{name}: ready: {rest}")),
        (n, _) => Verdict::new(Mark::Care, format!("{name}: {}; {rest}", open(n))),
    }
}

/// Of a file: IAM, nodes, RBAC and existing entries are not known, and nobody can apply it.
fn preview(plan: &Plan) -> Verdict {
    let name = name(plan);
    match (blocked(plan), plan.targets.is_empty()) {
        (0, true) => Verdict::new(idle_mark(plan), format!("{name}: {}", idle(plan))),
        (0, false) => {
            Verdict::new(Mark::Idle, format!("{name}: a preview, which cannot be applied: {}", rest(plan)))
        }
        (n, _) => {
            let said = format!("{name}: a preview, which cannot be applied: {}; {}", open(n), rest(plan));
            Verdict::new(Mark::Care, said)
        }
    }
}

/// `2 need a decision`.
fn open(n: usize) -> String {
    format!("{n} {}", if n == 1 { "needs a decision" } else { "need a decision" })
}

/// What is said whatever the outcome.
fn rest(plan: &Plan) -> String {
    let parts = [changes(plan), mappings(plan), permissions(plan), warnings(plan)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The cluster with its account and Region; or the file, when there is none.
pub(super) fn name(plan: &Plan) -> String {
    match (&plan.cluster, &plan.source) {
        (Some(cluster), _) => cluster_name(cluster),
        (None, Some(source)) => source.clone(),
        (None, None) => "aws-auth".to_owned(),
    }
}

/// `prod-eu (111122223333, eu-west-1)`.
pub fn cluster_name(id: &ClusterId) -> String {
    format!("{} ({}, {})", id.name, id.account, id.region)
}

/// `9 entries to create, 1 role binding`.
fn changes(plan: &Plan) -> Option<String> {
    let of = |is_it: fn(&Standing) -> bool| plan.targets.iter().filter(|it| is_it(&it.standing)).count();
    let mut made = [
        (of(|it| matches!(it, Standing::Create | Standing::NotYetObservable)), "create"),
        (of(|it| matches!(it, Standing::Update { .. })), "update"),
        (of(|it| matches!(it, Standing::Replace { .. })), "replace"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .enumerate()
    .map(|(at, (n, verb))| match at {
        0 => format!("{} to {verb}", count(n, "entry", "entries")),
        _ => format!("{n} to {verb}"),
    })
    .collect::<Vec<_>>();
    let deleted =
        plan.steps.iter().filter(|it| matches!(it.action, Action::Entry { after: None, .. })).count();
    made.extend((deleted > 0).then(|| format!("{deleted} to delete")));
    let equal = of(|it| matches!(it, Standing::Equal));
    made.extend((equal > 0).then(|| format!("{equal} unchanged")));
    let bindings = plan.steps.iter().filter(|it| matches!(it.action, Action::Binding { .. })).count();
    made.extend((bindings > 0).then(|| count(bindings, "role binding", "role bindings")));
    (!made.is_empty()).then(|| made.join(", "))
}

/// Mappings that entries stand in for, of all there are.
fn mappings(plan: &Plan) -> Option<String> {
    let covered = plan.lines.iter().filter(|line| is_covered(&line.outcome)).count();
    let all = count(plan.lines.len(), "mapping", "mappings");
    (!plan.lines.is_empty()).then(|| format!("{covered} of {all} covered"))
}

fn is_covered(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Migrates { .. } | Outcome::Overridden { gives_more: None, .. } => true,
        Outcome::Expanded { principals, .. } => !principals.is_empty(),
        _ => false,
    }
}

/// Whether it gives anybody access today.
fn is_effective(outcome: &Outcome) -> bool {
    !matches!(
        outcome,
        Outcome::Superseded { .. }
            | Outcome::NeverMatches { .. }
            | Outcome::Dropped { .. }
            | Outcome::Gone
            | Outcome::NotRead
            | Outcome::Overridden { .. }
    )
}

fn permissions(plan: &Plan) -> Option<String> {
    let summary = &plan.parity.as_ref()?.summary;
    let side =
        |n: usize, verb: &str| (n > 0).then(|| format!("{} {verb}", count(n, "permission", "permissions")));
    let lost = side(summary.permissions_lost, "lost");
    let gained = side(summary.permissions_gained, "gained");
    let changed: Vec<String> = lost.into_iter().chain(gained).collect();
    let unknown = (summary.unknown > 0).then(|| format!("unknown for {}", summary.unknown));
    if changed.is_empty() && unknown.is_none() {
        return Some("nobody loses or gains permissions".to_owned());
    }
    let accepted = if !changed.is_empty() && accepted(plan) { " (accepted)" } else { "" };
    let changed = (!changed.is_empty()).then(|| format!("{}{accepted}", changed.join(", ")));
    Some(
        changed
            .into_iter()
            .chain(unknown.map(|it| format!("permissions {it}")))
            .collect::<Vec<_>>()
            .join("; "),
    )
}

/// Whether a decision accepts each loss and gain.
pub(super) fn accepted(plan: &Plan) -> bool {
    plan.unaccepted(Phase::ApiMode, "") == crate::parity::Permissions::default()
}

fn warnings(plan: &Plan) -> Option<String> {
    let n = plan.notices.iter().filter(|it| it.severity == crate::findings::Severity::Warning).count();
    (n > 0).then(|| count(n, "warning", "warnings"))
}

/// Why there is nothing to do.
fn idle(plan: &Plan) -> String {
    let effective = plan.lines.iter().filter(|line| is_effective(&line.outcome)).count();
    let entries = count(plan.existing.len(), "access entry", "access entries");
    match plan.mode {
        Some(AuthenticationMode::Api) => format!("migrated: mode API, {entries}; nothing to do"),
        _ if plan.lines.is_empty() => "nothing to do: aws-auth has no mappings".to_owned(),
        _ if effective == 0 && plan.targets.is_empty() => format!(
            "nothing to migrate: 0 of {} {} access today",
            count(plan.lines.len(), "mapping", "mappings"),
            if plan.lines.len() == 1 { "gives" } else { "give" },
        ),
        _ => {
            let rest = [mappings(plan), permissions(plan), warnings(plan)];
            format!("nothing to do: {}", rest.into_iter().flatten().collect::<Vec<_>>().join("; "))
        }
    }
}

/// Mappings that give nobody access are worth a look.
fn idle_mark(plan: &Plan) -> Mark {
    let is_api = plan.mode == Some(AuthenticationMode::Api);
    let is_dead = !plan.lines.is_empty() && plan.targets.is_empty() && plan.existing.is_empty();
    if !is_api && is_dead { Mark::Care } else { Mark::Idle }
}

pub(super) fn short_digest(plan: &Plan) -> &str {
    short(&plan.digest)
}

fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Mappings that need a decision, and findings that need one and are about no mapping.
pub(super) fn blocked(plan: &Plan) -> usize {
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

/// What becomes of the access of whoever runs this.
pub(super) fn caller(plan: &Plan) -> &'static str {
    match &plan.caller {
        CallerAccess::Unknown => "caller unknown",
        CallerAccess::Elsewhere { .. } => "you have no access to this cluster",
        CallerAccess::Principal { principal, .. } => {
            let last = plan.steps.iter().rev().find_map(|step| match &step.action {
                Action::Entry { principal, .. } => Some(principal),
                Action::Mode { .. } | Action::Binding { .. } | Action::AwsAuth { .. } => None,
            });
            if last == Some(principal) { "your entry is created last" } else { "your access is unchanged" }
        }
    }
}

/// `2 of 2 node roles covered`.
pub(super) fn nodes(plan: &Plan) -> String {
    let covered = plan.nodes.iter().filter(|node| node.covered).count();
    match plan.nodes.len() {
        0 => "node roles unknown".to_owned(),
        all => format!("{covered} of {} covered", count(all, "node role", "node roles")),
    }
}
