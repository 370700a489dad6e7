//! Several plans, a row each: what a reviewer of many clusters looks at first.

use super::page::{Page, paint};
use super::style::{FAINT, HEADING};
use super::verdict::{Mark, Verdict, accepted, blocked, verdict};
use super::{Next, View};
use crate::findings::Severity;
use crate::planner::{Action, Plan, Standing};

/// How a plan stands, in numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub state: State,
    /// The cluster's name, or the file when there is none.
    pub name: String,
    /// Empty where no cluster is known.
    pub account: String,
    pub region: String,
    pub create: usize,
    pub update: usize,
    pub delete: usize,
    pub lost: usize,
    pub gained: usize,
    /// Principals of whom it is not known.
    pub unknown: usize,
    pub open: usize,
    pub warnings: usize,
    /// `None`: the plan does not say, as those that undo another one, and those of formats before 2.2.
    pub admins: Option<usize>,
}

/// The most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    NeedsDecision,
    /// Permissions are lost or gained, and no decision accepts that.
    PermissionsChange,
    Ready,
    /// Of a file alone.
    Preview,
    NothingToDo,
}

impl State {
    pub const ALL: [Self; 5] =
        [Self::NeedsDecision, Self::PermissionsChange, Self::Ready, Self::Preview, Self::NothingToDo];

    fn of(plan: &Plan) -> Self {
        if blocked(plan) > 0 {
            return Self::NeedsDecision;
        }
        match plan.steps.is_empty() {
            true => Self::NothingToDo,
            false if !accepted(plan) => Self::PermissionsChange,
            false if plan.cluster.is_none() => Self::Preview,
            false => Self::Ready,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsDecision => "needs a decision",
            Self::PermissionsChange => "permissions change",
            Self::Ready => "ready",
            Self::Preview => "preview",
            Self::NothingToDo => "nothing to do",
        }
    }

    /// Of several.
    fn plural(self) -> &'static str {
        match self {
            Self::NeedsDecision => "need a decision",
            other => other.as_str(),
        }
    }

    pub fn mark(self) -> Mark {
        match self {
            Self::NeedsDecision | Self::PermissionsChange => Mark::Care,
            Self::Ready => Mark::Good,
            Self::Preview | Self::NothingToDo => Mark::Idle,
        }
    }
}

impl Row {
    pub fn of(plan: &Plan) -> Self {
        let standing = |is_it: fn(&Standing) -> bool| {
            plan.targets.iter().filter(|target| is_it(&target.standing)).count()
        };
        let is_deleted = |action: &Action| matches!(action, Action::Entry { after: None, .. });
        let summary = plan.parity.as_ref().map(|parity| parity.summary.clone()).unwrap_or_default();
        let cluster = plan.cluster.as_ref();
        Self {
            state: State::of(plan),
            name: match (cluster, &plan.source) {
                (Some(cluster), _) => cluster.name.clone(),
                (None, source) => source.clone().unwrap_or_else(|| "aws-auth".to_owned()),
            },
            account: cluster.map(|cluster| cluster.account.to_string()).unwrap_or_default(),
            region: cluster.map(|cluster| cluster.region.clone()).unwrap_or_default(),
            create: standing(|it| matches!(it, Standing::Create | Standing::NotYetObservable)),
            update: standing(|it| matches!(it, Standing::Update { .. } | Standing::Replace { .. })),
            delete: plan.steps.iter().filter(|step| is_deleted(&step.action)).count(),
            lost: summary.permissions_lost,
            gained: summary.permissions_gained,
            unknown: summary.unknown,
            open: blocked(plan),
            warnings: plan.notices.iter().filter(|it| it.severity == Severity::Warning).count(),
            admins: plan
                .administrators
                .as_ref()
                .map(|all| all.iter().filter(|it| it.after.is_some()).count()),
        }
    }
}

/// What the number of administrators is of.
pub(super) const ADMINS: &str =
    "admins: principals with every right in the cluster afterwards, entries that stay included";

/// With the plans of each row, the most pressing first, and else as they came.
pub(super) fn rows<'p>(plans: &[(&'p Plan, &'p View)]) -> Vec<(Row, &'p Plan, &'p View)> {
    let mut rows: Vec<_> = plans.iter().map(|(plan, view)| (Row::of(plan), *plan, *view)).collect();
    rows.sort_by_key(|(row, _, _)| row.state);
    rows
}

/// `3 clusters: 1 needs a decision, 2 ready`.
pub(super) fn verdict_of_all<'r>(rows: impl Iterator<Item = &'r Row> + Clone) -> Verdict {
    let all = rows.clone().count();
    let mut parts = Vec::new();
    for state in State::ALL {
        let n = rows.clone().filter(|row| row.state == state).count();
        let said = if n == 1 { state.as_str() } else { state.plural() };
        parts.extend((n > 0).then(|| format!("{n} {said}")));
    }
    let worst = rows.map(|row| row.state).min().map_or(Mark::Idle, State::mark);
    Verdict::new(worst, format!("{all} plans: {}", parts.join(", ")))
}

/// The plans as a table for a terminal; each is shown by itself with `show PLAN`.
pub fn plans(plans: &[(&Plan, &View)], next: Option<&Next>) -> Page {
    let rows = rows(plans);
    let whole = verdict_of_all(rows.iter().map(|(row, _, _)| row));
    let mut body = Page::default();
    body.blank();
    let cells: Vec<[String; 11]> =
        std::iter::once(TITLES.map(str::to_owned)).chain(rows.iter().map(|(row, _, _)| cells(row))).collect();
    let widths: Vec<usize> = (0..TITLES.len())
        .map(|column| cells.iter().map(|row| width(&row[column])).max().unwrap_or_default())
        .collect();
    for (at, row) in cells.iter().enumerate() {
        let line = aligned(row, &widths);
        match at.checked_sub(1).and_then(|at| rows.get(at)) {
            None => body.verbatim(0, paint(HEADING, format!("  {line}"))),
            Some((Row { state, .. }, _, _)) => {
                let mark = paint(state.mark().style(), format!("{} ", state.mark().sign()));
                body.verbatim(0, mark.and(line));
            }
        }
    }
    body.blank();
    body.line(0, paint(FAINT, format!("+ to create, ~ to update, - to delete; {ADMINS}")));
    for (_, plan, _) in rows.iter().filter(|(row, _, _)| row.state != State::NothingToDo) {
        body.blank();
        body.line(0, verdict(plan).shown());
        body.line(1, paint(FAINT, format!("plan blake3:{}", plan.digest)));
    }
    if let Some(next) = next {
        body.heading(HEADING, "next", 0);
        body.command(1, next.what.as_str());
        body.line(1, paint(FAINT, next.note.as_str()));
    }
    whole.around(body)
}

const TITLES: [&str; 11] =
    ["CLUSTER", "ACCOUNT", "REGION", "+", "~", "-", "LOST", "GAINED", "DECIDE", "WARN", "ADMINS"];

fn cells(row: &Row) -> [String; 11] {
    let Row {
        state: _,
        name,
        account,
        region,
        create,
        update,
        delete,
        lost,
        gained,
        unknown: _,
        open,
        warnings,
        admins,
    } = row;
    let unknown = |n: &usize| if row.unknown > 0 { format!("{n}?") } else { n.to_string() };
    [
        super::escape::terminal(name).into_owned(),
        account.clone(),
        region.clone(),
        create.to_string(),
        update.to_string(),
        delete.to_string(),
        unknown(lost),
        unknown(gained),
        open.to_string(),
        warnings.to_string(),
        admins.map_or_else(|| "–".to_owned(), |n| n.to_string()),
    ]
}

fn width(cell: &str) -> usize {
    textwrap::core::display_width(cell)
}

fn aligned(row: &[String; 11], widths: &[usize]) -> String {
    let cell = |(at, (cell, column)): (usize, (&String, &usize))| {
        let room = " ".repeat(column.saturating_sub(width(cell)));
        // names to the left, numbers to the right
        if at < 3 { format!("{cell}{room}") } else { format!("{room}{cell}") }
    };
    row.iter().zip(widths).enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end().to_owned()
}
