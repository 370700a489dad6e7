use clap::Args;
use eksodus::executor::Ending;
use eksodus::planner::Phase;
use eksodus::render::escape::terminal;
use eksodus::session::{Rehearsal, Rehearsed, reasons, rehearse};
use eksodus::simulator::Fault;
use serde::Serialize;

use crate::cli::args::phase;
use crate::cli::output::{CliError, Exit, Terminal, outcome};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Inject a fault (repeatable)
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Roll back at the end, even after a failure, and compare with the starting state
    #[arg(long)]
    rollback: bool,
    /// Stop after this phase [default: api-mode, or prune with --rollback]
    #[arg(long, value_parser = phase(), value_name = "PHASE")]
    through: Option<Phase>,
}

/// What came of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    plan: String,
    /// `done`, `refused`, `failed` or `interrupted`.
    result: &'static str,
    through: Phase,
    applied: usize,
    why: Vec<String>,
    /// What a fault stopped before the run went on.
    stopped_by: Vec<String>,
    /// Steps that are still there after the rollback; `null` without one.
    left_behind: Option<Vec<String>>,
    simulated_seconds: u64,
}

pub fn run(args: RehearseArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let RehearseArgs { fault, rollback, through } = args;
    let through = match (through, rollback) {
        (Some(Phase::ApiMode), true) => return Err(CliError::NoWayBack),
        (Some(through), _) => through,
        (None, true) => Phase::Prune,
        (None, false) => Phase::ApiMode,
    };
    if context.global.snapshot.is_none() && context.global.cluster.is_none() {
        let instead = "pass --cluster NAME, or --snapshot DIR";
        return Err(CliError::WhichCluster { command: "rehearse", instead });
    }
    let snapshot = inputs::snapshot("rehearse", &mut context)?;
    let global = context.global;
    let decisions = inputs::decisions(&mut context, global.snapshot.as_deref())?;
    let mut terminal = Terminal::new(context);
    let rehearsal = Rehearsal { faults: fault, undo: rollback, through };
    let rehearsed = rehearse(&snapshot, &decisions, rehearsal, &mut terminal)?;
    let context = terminal.context;
    if let Ending::Blocked(findings) = &rehearsed.ending {
        return outcome::blocked(context, through, findings, rehearsed.plan.source.as_deref());
    }
    let report = Report::of(&rehearsed);
    report.left_behind.iter().flatten().for_each(|left| context.console.complain(left));
    context.console.data(&match context.global.output.is_json() {
        true => inputs::json(&report)?,
        false => text(&report),
    })?;
    Ok(rehearsed.conclusion.into())
}

impl Report {
    fn of(rehearsed: &Rehearsed) -> Self {
        Self {
            plan: rehearsed.plan.digest.clone(),
            result: outcome::result(&rehearsed.ending),
            through: rehearsed.through,
            applied: rehearsed.applied,
            why: reasons(&rehearsed.ending),
            stopped_by: rehearsed.stopped_by.clone(),
            left_behind: rehearsed.left_behind.clone(),
            simulated_seconds: rehearsed.took.as_secs(),
        }
    }
}

fn text(report: &Report) -> String {
    let Report { plan: _, result, through, applied, why: _, stopped_by, left_behind, simulated_seconds } =
        report;
    let calls = outcome::calls(*applied);
    let mut lines = match *result {
        "done" => vec![format!("done through {through}: {calls} in {simulated_seconds} simulated seconds")],
        other => vec![format!("{other}: {calls} took effect in {simulated_seconds} simulated seconds")],
    };
    if *result == "done" && *through >= Phase::Verify {
        let of = if *through == Phase::ApiMode {
            String::new()
        } else {
            format!(" of the phases up to {through}")
        };
        lines.push(format!(
            "verified: all that was written reads back, and a fresh plan has nothing left to do{of}"
        ));
    }
    if !stopped_by.is_empty() {
        lines.push(format!("stopped once, and went on: {}", stopped_by.join("; ")));
    }
    match left_behind.as_deref() {
        None => {}
        Some([]) => {
            lines.push("rolled back: nothing of it is left, but for the authentication mode".to_owned())
        }
        Some(left) => lines.push(format!("rolled back, but for {}", left.join("; "))),
    }
    lines.iter().map(|line| format!("{}\n", terminal(line))).collect()
}
