//! A replay in words: what would be denied and allowed, after what shows that the snapshot is not the log's cluster.

mod row;
mod text;
mod words;

use serde::Serialize;

use crate::access::replay::{LoginDifference, Replay, Row};
use crate::audit::{Period, Reading};
use crate::render::Verdict;
use crate::render::page::Page;

/// A replay, and the logs it was made from.
#[derive(Debug, Clone, Copy)]
pub struct Report<'r> {
    pub replay: &'r Replay,
    /// By name.
    pub logs: &'r [(String, Reading)],
    /// What replays the system too, as it is typed; `None`: it was replayed.
    pub system_by: Option<&'r str>,
}

impl Report<'_> {
    /// What all logs span.
    pub fn period(&self) -> Option<Period> {
        let mut periods = self.logs.iter().filter_map(|(_, reading)| reading.period);
        let first = periods.next()?;
        Some(
            periods.fold(first, |all, one| Period {
                first: all.first.min(one.first),
                last: all.last.max(one.last),
            }),
        )
    }

    /// The first line, and the last.
    pub fn verdict(&self) -> Verdict {
        text::verdict(self)
    }

    /// What stands between; `verbose`: every row.
    pub fn text(&self, verbose: bool) -> Page {
        text::text(self, verbose)
    }

    /// For machines: the replay as it is, each row with its question.
    pub fn view(&self) -> View<'_> {
        let Replay { summary, assumptions, logins, otherwise, denied, allowed, unjudged, left_out } =
            self.replay;
        View {
            summary,
            period: self.period(),
            logs: self.logs.iter().map(|(name, reading)| LogView::of(name, reading)).collect(),
            assumptions: assumptions.iter().collect(),
            logins,
            otherwise: RowView::all(otherwise),
            denied: RowView::all(denied),
            allowed: RowView::all(allowed),
            unjudged: RowView::all(unjudged),
            left_out: *left_out,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View<'r> {
    summary: &'r crate::access::replay::Summary,
    period: Option<Period>,
    logs: Vec<LogView<'r>>,
    assumptions: Vec<&'r crate::parity::Assumption>,
    logins: &'r [LoginDifference],
    otherwise: Vec<RowView<'r>>,
    denied: Vec<RowView<'r>>,
    allowed: Vec<RowView<'r>>,
    unjudged: Vec<RowView<'r>>,
    left_out: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RowView<'r> {
    #[serde(flatten)]
    row: &'r Row,
    can_i: Vec<String>,
}

impl<'r> RowView<'r> {
    fn all(rows: &'r [Row]) -> Vec<Self> {
        rows.iter()
            .map(|row| Self { row, can_i: row::questions(row).iter().map(ToString::to_string).collect() })
            .collect()
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogView<'r> {
    name: &'r str,
    lines: u64,
    requests: u64,
    /// Other stages of these, and events that were there twice.
    repeated: u64,
    /// Lines that are no audit events.
    others: u64,
    broken: u64,
    first_broken: Vec<BrokenView<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<CutView<'r>>,
}

#[derive(Debug, Serialize)]
struct BrokenView<'r> {
    line: u64,
    what: &'r str,
}

#[derive(Debug, Serialize)]
struct CutView<'r> {
    lines: u64,
    bytes: u64,
    what: &'r str,
}

impl<'r> LogView<'r> {
    fn of(name: &'r str, reading: &'r Reading) -> Self {
        let Reading { lines, events, repeated, others, broken, first_broken, cut, period: _ } = reading;
        let first_broken = first_broken.iter().map(|it| BrokenView { line: it.line, what: &it.what });
        let cut = cut.as_ref().map(|it| CutView { lines: it.lines, bytes: it.bytes, what: &it.what });
        Self {
            name,
            lines: *lines,
            requests: *events,
            repeated: *repeated,
            others: *others,
            broken: *broken,
            first_broken: first_broken.collect(),
            cut,
        }
    }
}
