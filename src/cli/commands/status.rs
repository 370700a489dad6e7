use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use eksodus::journal::Stamp;
use eksodus::model::{AuthenticationMode, ClusterId};
use eksodus::render::escape::terminal;
use eksodus::session::{self, Found, KnownRun, OldRun, Standing, UpdateSeen, in_one_line};
use serde::Serialize;

use crate::cli::next_step::NextStep;
use crate::cli::output::{CliError, Exit, Terminal, outcome};
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
}

/// Where a migration stands: from the cluster and from the journals.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    cluster: String,
    mode: AuthenticationMode,
    /// A change of the cluster that EKS is making, or that a run has begun and nobody saw the end of.
    update: Option<UpdateSeen>,
    /// `null`: not observable.
    entries: Option<usize>,
    /// Principals that have no access now, although a mapping gives them some.
    without_access: Vec<String>,
    runs: Vec<RunStatus>,
    /// Runs that an earlier version kept under the cluster's name alone.
    old_runs: Vec<OldRunStatus>,
    /// What a plan made now would still do.
    pending: Vec<String>,
    phases: Vec<Standing>,
    next: NextStep,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RunStatus {
    journal: String,
    /// Why nothing is known of it; `null`: all of what follows is.
    problem: Option<String>,
    /// It did nothing, not even its first record.
    not_begun: bool,
    plan: Option<String>,
    /// The plan it undoes, when it is a rollback.
    undoes: Option<String>,
    steps_done: usize,
    steps: usize,
    calls_applied: usize,
    /// Rolled back since, to the end.
    undone: bool,
    /// Calls that may have taken effect, and nobody looked.
    calls_in_doubt: usize,
    /// The first record and the last: when, by whom, with what; `null` where a journal of format 1 does not tell.
    first: Option<Stamp>,
    last: Option<Stamp>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OldRunStatus {
    place: String,
    /// `null`: its journal cannot be read.
    cluster: Option<String>,
    /// It may be a run of this cluster, which is not looked at where it is.
    is_ours: bool,
}

pub fn run(args: StatusArgs, context: Context<'_>) -> Result<Exit, CliError> {
    context.no_markdown("status")?;
    let simulate = args.simulate.as_deref();
    Choice { command: "status", simulate, faults: &[], no_lock: true, asks_rights: false }.work(context, Look)
}

struct Look;

impl Work for Look {
    fn on<T: Target>(self, target: T, context: Context<'_>) -> Result<Exit, CliError> {
        let mut terminal = Terminal::new(context).beside(target.folder().map(ToOwned::to_owned));
        let seen = session::status(&target, &mut terminal)?;
        let context = terminal.context;
        let status = Status::of(&seen, NextStep::of(&seen.next, &target));
        context.console.data(&match context.global.output.is_json() {
            true => inputs::json(&status)?,
            false => text(&status),
        })?;
        // what cannot be read is not nothing
        let is_known = status.is_known();
        if let Some(error) = seen.old_form {
            context.console.error(&error.into());
        }
        Ok(if is_known { Exit::Done } else { Exit::Error })
    }
}

impl Status {
    fn of(seen: &session::Status, next: NextStep) -> Self {
        let (history, id) = (&seen.history, &seen.cluster);
        let undone = history.undone();
        Self {
            cluster: id.to_string(),
            mode: seen.mode,
            update: seen.update.clone(),
            entries: seen.entries,
            without_access: seen.without_access.clone(),
            runs: history.runs.iter().map(|found| RunStatus::of(found, &undone)).collect(),
            old_runs: history.old.iter().map(|old| OldRunStatus::of(old, id)).collect(),
            pending: seen.fresh.steps.iter().map(|step| step.id.clone()).collect(),
            phases: seen.phases.clone(),
            next,
        }
    }

    fn is_known(&self) -> bool {
        self.runs.iter().all(|run| run.problem.is_none()) && !self.old_runs.iter().any(|old| old.is_ours)
    }
}

impl RunStatus {
    fn of(found: &Found, undone: &BTreeSet<String>) -> Self {
        match found {
            Found::Known(known) => Self::known(known, undone),
            Found::NotBegun(run) => Self { not_begun: true, ..Self::unknown(run.place(), None) },
            Found::Unknown { place, why } => {
                let why = in_one_line(why);
                let why = if why.contains(place.as_str()) { why } else { format!("{place}: {why}") };
                Self::unknown(place.clone(), Some(why))
            }
        }
    }

    fn known(known: &KnownRun, undone: &BTreeSet<String>) -> Self {
        let KnownRun { run, plan, reading, bytes: _ } = known;
        Self {
            journal: run.journal_place(),
            problem: None,
            not_begun: false,
            plan: Some(plan.digest.clone()),
            undoes: plan.undoes.clone(),
            steps_done: plan.steps.iter().filter(|step| reading.progress.is_done(&step.id)).count(),
            steps: plan.steps.len(),
            calls_applied: reading.progress.applied(),
            undone: undone.contains(&run.place()),
            calls_in_doubt: known.in_doubt(),
            first: reading.began().cloned(),
            last: reading.last().cloned(),
        }
    }

    fn unknown(journal: String, problem: Option<String>) -> Self {
        Self {
            journal,
            problem,
            not_begun: false,
            plan: None,
            undoes: None,
            steps_done: 0,
            steps: 0,
            calls_applied: 0,
            undone: false,
            calls_in_doubt: 0,
            first: None,
            last: None,
        }
    }

    fn lines(&self) -> Vec<String> {
        let Self { journal, problem, plan, undoes, steps_done, steps, calls_applied, undone, .. } = self;
        let Some(plan) = plan else {
            return vec![problem.clone().unwrap_or_else(|| format!("{journal}: the run did not begin"))];
        };
        let short = plan.get(..12).unwrap_or(plan);
        let what = if undoes.is_some() { "rollback" } else { "plan" };
        let calls = outcome::calls(*calls_applied);
        let undone = if *undone { "; undone" } else { "" };
        let doubt = match self.calls_in_doubt {
            0 => String::new(),
            1 => "; 1 call is in doubt".to_owned(),
            n => format!("; {n} calls are in doubt"),
        };
        let head = format!(
            "{what} {short}: {steps_done} of {steps} steps, {calls} took effect{undone}{doubt}; {journal}"
        );
        std::iter::once(head).chain(self.who()).collect()
    }

    /// When, and by whom.
    fn who(&self) -> Option<String> {
        let (first, last) = (self.first.as_ref()?, self.last.as_ref()?);
        let Stamp { at, caller, host, version, commit: _, note, ci: _ } = last;
        let caller = caller.as_deref().unwrap_or("a caller that is not known");
        let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        Some(format!("  from {} to {at}, last by {caller} on {host}, eksodus {version}{note}", first.at))
    }
}

impl OldRunStatus {
    fn of(old: &OldRun, id: &ClusterId) -> Self {
        Self {
            place: old.run.place(),
            cluster: old.cluster.as_ref().map(ToString::to_string),
            is_ours: old.may_be_of(id),
        }
    }

    fn line(&self) -> String {
        let Self { place, cluster, is_ours } = self;
        match cluster {
            Some(cluster) if !is_ours => format!("{place}: a run of another cluster, {cluster}"),
            Some(_) => format!(
                "{place}: a run of this cluster, kept as an earlier version did; it is not looked at there"
            ),
            None => format!("{place}: kept as an earlier version did, and its journal cannot be read"),
        }
    }
}

/// The phases, of a line each, below a heading.
fn table(phases: &[Standing]) -> Vec<String> {
    let row = |phase: &str, journal: &str, cluster: &str| format!("  {phase:<10} {journal:<14} {cluster}");
    let mut lines = vec![row("", "by the journal", "by the cluster")];
    for Standing { phase, journal, in_doubt, left } in phases {
        let journal = match journal {
            None => "–".to_owned(),
            Some([done, of]) if done == of => "done".to_owned(),
            Some([0, _]) if *in_doubt => "in progress".to_owned(),
            Some([0, _]) => "not begun".to_owned(),
            Some([done, of]) => format!("{done} of {of} steps"),
        };
        let cluster = match left {
            0 => "nothing left".to_owned(),
            1 => "1 step left".to_owned(),
            left => format!("{left} steps left"),
        };
        lines.push(row(phase.as_str(), &journal, &cluster));
    }
    lines
}

fn update_line(update: &UpdateSeen) -> String {
    let UpdateSeen { id, is_ours, is_in_progress } = update;
    let id = id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    match (is_ours, is_in_progress) {
        (true, true) => format!(
            "EKS is changing the cluster, update{id} of the last run: it ends by itself, and is irreversible"
        ),
        (true, false) => format!("update{id} of the last run has ended, and the run has not seen how"),
        (false, _) => format!(
            "EKS is changing the cluster, update{id} of somebody else: it does one thing at a time, so a change of the mode waits"
        ),
    }
}

fn text(status: &Status) -> String {
    let Status { cluster, mode, update, entries, without_access, runs, old_runs, pending, phases, next } =
        status;
    let entries = entries.map_or("entries not observable".to_owned(), |n| format!("{n} access entries"));
    let mut lines = vec![format!("{cluster}: mode {mode}, {entries}")];
    lines.extend(update.as_ref().map(update_line));
    lines.extend(without_access.iter().map(|principal| {
        format!("{principal} has no access now: its access entry gives nothing, and overrides its mapping")
    }));
    lines.extend(runs.iter().flat_map(RunStatus::lines));
    lines.extend(old_runs.iter().map(OldRunStatus::line));
    if !phases.is_empty() {
        lines.extend(table(phases));
    }
    match pending.len() {
        0 => lines.push("a plan made now has nothing to do".to_owned()),
        1 => lines.push("a plan made now has one step:".to_owned()),
        n => lines.push(format!("a plan made now has {n} steps:")),
    }
    lines.extend(pending.iter().map(|step| format!("  {step}")));
    let NextStep { command, then, note } = next;
    lines.extend(["NEXT".to_owned(), format!("  {}", command.as_ref().unwrap_or(note))]);
    if command.is_some() {
        lines.push(format!("  {note}"));
    }
    lines.extend(then.as_ref().map(|then| format!("  then {then}")));
    lines.iter().map(|line| format!("{}\n", terminal(line))).collect()
}
