//! What came of one rehearsal.

use std::time::Duration;

use eksodus::executor::Ending;
use eksodus::model::AuthenticationMode;
use eksodus::planner::{Phase, Plan};
use eksodus::render::{Mark, Page, Verdict, verdict};
use eksodus::session::{FaultReport, Rehearsed};
use serde::Serialize;

use super::outcome;
use super::stop;
use super::struck::{self, FaultJson};
use crate::cli::next_step::NextStep;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'r> {
    /// The plan's digest.
    plan: &'r str,
    /// The plan in one line.
    verdict: String,
    /// `done`, `unsafe`, `refused`, `failed` or `interrupted`.
    result: &'static str,
    through: Phase,
    applied: usize,
    why: Vec<String>,
    faults: Vec<FaultJson>,
    /// What stopped the run before it was resumed.
    stopped_by: Vec<String>,
    /// What is still there after the rollback; `null` without one.
    left_behind: Option<Vec<String>>,
    /// The authentication mode, where the rehearsal changed it.
    new_mode: Option<AuthenticationMode>,
    simulated_seconds: u64,
    next: &'r NextStep,
}

impl<'r> Report<'r> {
    pub fn of(plan: &'r Plan, rehearsed: &Rehearsed, next: &'r NextStep) -> Self {
        let left = rehearsed.left_behind.as_ref();
        Self {
            plan: &plan.digest,
            verdict: verdict(plan).said,
            result: outcome::result(&rehearsed.ending),
            through: rehearsed.through,
            applied: rehearsed.applied,
            why: stop::why(&rehearsed.ending),
            faults: rehearsed.faults.iter().map(FaultJson::of).collect(),
            stopped_by: rehearsed.stopped_by.as_ref().map(stop::why).unwrap_or_default(),
            left_behind: left.map(|left| left.iter().map(ToString::to_string).collect()),
            new_mode: rehearsed.new_mode,
            simulated_seconds: rehearsed.took.as_secs(),
            next,
        }
    }
}

/// All that comes after the plan's verdict. Why it ended as it did is an error, and is told elsewhere.
pub fn text(plan: &Plan, rehearsed: &Rehearsed, next: &NextStep) -> Page {
    let Rehearsed { ending, through, applied, faults, stopped_by, left_behind, new_mode, took, .. } =
        rehearsed;
    let account = plan.cluster.as_ref().map(|cluster| cluster.account.as_str());
    let mut lines: Vec<String> = faults.iter().filter_map(|report| struck::line(report, account)).collect();
    let stops = stopped_by.iter().flat_map(stop::why);
    lines.extend(stops.map(|why| format!("  stopped: {why}")));
    let is_done = matches!(ending, Ending::Done);
    if is_done && *through >= Phase::Verify {
        let of = if *through == Phase::ApiMode { String::new() } else { format!(" up to {through}") };
        lines.push(format!("verified: every write reads back, and a new plan has nothing to do{of}"));
    }
    let rolled_back = left_behind.as_ref().map(|left| left.is_empty());
    match rolled_back {
        None => {}
        Some(true) => lines.push(match new_mode {
            Some(mode) => format!("rolled back: nothing is left; the mode stays {mode} (irreversible)"),
            None => "rolled back: nothing is left".to_owned(),
        }),
        Some(false) => {
            let left: Vec<String> = left_behind.iter().flatten().map(ToString::to_string).collect();
            lines.push(format!("not rolled back: {}", left.join("; ")));
        }
    }
    let has_missed = faults.iter().any(|report| report.missed.is_some());
    let is_good = is_done && !has_missed && rolled_back != Some(false);
    let what = match (ending, rolled_back) {
        (Ending::Done, Some(true)) => format!("there and back through {through}"),
        (Ending::Done, _) => format!("rehearsed through {through}"),
        (other, _) => format!("{} before the end of {through}", outcome::result(other)),
    };
    let name = plan.cluster.as_ref().map_or("", |cluster| cluster.name.as_str());
    let mark = if is_good { Mark::Good } else { Mark::Bad };
    let calls = if *applied == 1 { "1 change".to_owned() } else { format!("{applied} changes") };
    let said = format!("{name}: {what}, {calls} in {} simulated{}", time(*took), score(faults));
    page_of(&lines, next, &Verdict::new(mark, said))
}

/// Lines, what to do now, and the verdict.
pub fn page_of(lines: &[String], next: &NextStep, verdict: &Verdict) -> Page {
    let mut page = Page::default();
    for line in lines {
        let text = line.trim_start_matches(' ');
        let level = (line.len() - text.len()) / 2;
        match text.starts_with("eksodus ") {
            true => page.command(level, text),
            false => page.line(level, text),
        }
    }
    page.append(next.page());
    page.blank();
    page.line(0, verdict.shown());
    page
}

fn score(faults: &[FaultReport]) -> String {
    let struck = faults.iter().filter(|report| report.missed.is_none()).count();
    match faults.len() {
        0 => String::new(),
        1 => format!("; {struck} of 1 fault struck"),
        all => format!("; {struck} of {all} faults struck"),
    }
}

/// Such as `6 min 25 s`.
fn time(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}
