use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use eksodus::journal::Stamp;
use eksodus::model::{AuthenticationMode, ClusterId};
use eksodus::planner::Phase;
use eksodus::render::{Mark, Names, Page, Verdict};
use eksodus::session::{
    self, Found, KnownRun, OldRun, PhaseCount, Position, Standing, UpdateSeen, in_one_line,
};
use serde::Serialize;

use crate::cli::next_step::NextStep;
use crate::cli::next_step::Typed;
use crate::cli::output::conflicts::{self, ConflictSeen};
use crate::cli::output::verified::Differs;
use crate::cli::output::{CliError, Exit, Terminal, outcome, standings, verdicts};
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Simulated cluster: the folder given to apply --simulate
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
    /// Who can do everything by an access entry, in API mode; `null` in another one.
    administrators: Option<Vec<String>>,
    runs: Vec<RunStatus>,
    /// Runs that an earlier version kept under the cluster's name alone.
    old_runs: Vec<OldRunStatus>,
    /// What a plan made now would still do.
    pending: Vec<String>,
    phases: Vec<Standing>,
    /// What is not as the last run left it, as `verify` of its plan says.
    differences: Vec<Differs>,
    /// What somebody else has changed, where that is in the way of the last run.
    conflicts: Vec<ConflictSeen>,
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
    let simulate = args.simulate.as_deref();
    Choice { command: "status", simulate, faults: &[], no_lock: true, asks_rights: false }.work(context, Look)
}

struct Look;

impl Work for Look {
    fn on<T: Target>(self, target: T, context: Context<'_>) -> Result<Exit, CliError> {
        let mut terminal = Terminal::new(context).beside(target.folder().map(ToOwned::to_owned));
        let seen = session::status(&target, &mut terminal)?;
        let told = terminal.told();
        let (context, names) = (told.context, told.names);
        let status = Status::of(&seen, NextStep::of(&seen.next, &Typed::of(&target, None)));
        context.console.data(match context.global.output.is_json() {
            true => inputs::json(&status)?.into(),
            false => {
                let changed = conflicts::page(&names, &seen.conflicts);
                page(&status, changed, &names, &verdict(&seen, &status))
            }
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
            administrators: seen.administrators.clone(),
            runs: history.runs.iter().map(|found| RunStatus::of(found, &undone)).collect(),
            old_runs: history.old.iter().map(|old| OldRunStatus::of(old, id)).collect(),
            pending: seen.fresh.steps.iter().map(|step| step.id.clone()).collect(),
            phases: seen.phases.clone(),
            differences: Differs::all(&seen.differences, &seen.refusals),
            conflicts: seen.conflicts.iter().map(ConflictSeen::of).collect(),
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

    fn show(&self, page: &mut Page) {
        let Self { journal, problem, plan, undoes, undone, .. } = self;
        let Some(plan) = plan else {
            match problem {
                Some(problem) => page.verbatim(1, problem.as_str()),
                None => page.verbatim(1, format!("{journal}: the run ended before its first change")),
            }
            return;
        };
        let short = plan.get(..12).unwrap_or(plan);
        let what = if undoes.is_some() { "rollback" } else { "plan" };
        let undone = if *undone { "; rolled back" } else { "" };
        page.line(1, format!("{what} {short}: {}{undone}", self.counts()));
        page.verbatim(2, journal.as_str());
        self.who().into_iter().for_each(|who| page.aside(2, who));
    }

    /// `11 of 13 steps done, 12 changes made`.
    fn counts(&self) -> String {
        let Self { steps_done, steps, calls_applied, calls_in_doubt, .. } = self;
        let changes = verdicts::count(*calls_applied, "change", "changes");
        let doubt = match calls_in_doubt {
            0 => String::new(),
            1 => "; the outcome of 1 call is unknown".to_owned(),
            n => format!("; the outcome of {n} calls is unknown"),
        };
        format!("{}, {changes} made{doubt}", verdicts::steps([*steps_done, *steps]))
    }

    /// When, and by whom.
    fn who(&self) -> Option<String> {
        let (first, last) = (self.first.as_ref()?, self.last.as_ref()?);
        let Stamp { at, caller, host, version, commit: _, built: _, note, ci: _ } = last;
        let caller = caller.as_deref().unwrap_or("an unknown caller");
        let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
        Some(format!("from {} to {at}, last by {caller} on {host}, eksodus {version}{note}", first.at))
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

/// How it stands, in one line.
fn verdict(seen: &session::Status, status: &Status) -> Verdict {
    let (mark, said) = standing(seen, status);
    let (mark, said) = match (seen.without_access.len(), &seen.update) {
        (0, Some(update)) if update.is_in_progress => {
            let id = update.id.as_ref().map(|id| format!(" (update {id})")).unwrap_or_default();
            (Mark::Care, format!("EKS is changing the cluster{id}; {said}"))
        }
        (0, _) => (mark, said),
        (1, _) => (Mark::Bad, format!("1 principal has no access now; {said}")),
        (n, _) => (Mark::Bad, format!("{n} principals have no access now; {said}")),
    };
    let (mark, said) = match seen.administrators.as_deref() {
        Some([]) => (Mark::Bad, format!("nobody is administrator; {said}")),
        Some(_) | None => (mark, said),
    };
    verdicts::of(Some(&seen.cluster), mark, &said)
}

fn standing(seen: &session::Status, status: &Status) -> (Mark, String) {
    let newest = status.runs.iter().rev().find(|run| run.plan.is_some());
    let counts = newest.map(RunStatus::counts).unwrap_or_default();
    let counted: Vec<PhaseCount> = seen.phases.iter().filter_map(|it| it.journal.clone()).collect();
    let left = verdicts::left(&counted);
    let pending = verdicts::count(status.pending.len(), "step", "steps");
    let (mark, said) = match seen.position {
        Position::NotBegun => (Mark::Idle, format!("no migration has begun; a plan made now has {pending}")),
        Position::Stopped { at } => (Mark::Care, format!("stopped in {at}: {counts}")),
        Position::Paused { next } => {
            let before = Phase::ALL.into_iter().take_while(|phase| *phase < next).last();
            let through = before.unwrap_or(Phase::Preflight);
            (Mark::Good, format!("completed through {through}: {counts}{left}"))
        }
        Position::RollbackStopped => (Mark::Care, format!("a rollback stopped: {counts}")),
        Position::RolledBack => (Mark::Idle, format!("rolled back: {counts}")),
        Position::Changed => {
            (Mark::Care, format!("changed since the last run: a plan made now has {pending}"))
        }
        Position::Unknown => (Mark::Bad, "what the last run did is not known".to_owned()),
        Position::Complete if seen.mode == AuthenticationMode::Api => {
            (Mark::Good, "migrated: nothing is left to do".to_owned())
        }
        Position::Complete => (Mark::Good, "nothing is left to do".to_owned()),
    };
    match status.differences.len() {
        0 => (mark, said),
        // the position says so already
        _ if matches!(seen.position, Position::Changed | Position::Unknown) => (Mark::Bad, said),
        n => {
            let n = verdicts::count(n, "difference", "differences");
            (Mark::Bad, format!("not as the last run left it, {n}; {said}"))
        }
    }
}

/// `changed`: by somebody else, each with its difference.
fn page(status: &Status, changed: Page, names: &Names, verdict: &Verdict) -> Page {
    let Status {
        cluster: _,
        mode,
        update,
        entries,
        without_access,
        administrators,
        runs,
        old_runs,
        pending,
        phases,
        differences,
        conflicts,
        next,
    } = status;
    let mut page = Page::default();
    let entries = entries.map_or("access entries cannot be listed".to_owned(), |n| {
        verdicts::count(n, "access entry", "access entries")
    });
    page.aside(0, format!("mode {mode}; {entries}"));
    administrators.iter().for_each(|all| page.line(0, standings::administrators_line(all, names)));
    update.iter().for_each(|update| page.line(0, standings::update_line(update)));
    for principal in without_access {
        let principal = names.principal(principal);
        page.line(
            0,
            format!(
                "{principal} has no access now: its access entry gives nothing, and overrides its mapping"
            ),
        );
    }
    if !(runs.is_empty() && old_runs.is_empty()) {
        page.section("runs", runs.len() + old_runs.len());
        runs.iter().for_each(|run| run.show(&mut page));
        old_runs.iter().for_each(|run| page.verbatim(1, run.line()));
    }
    if !phases.is_empty() {
        standings::table(&mut page, phases, names);
    }
    if !pending.is_empty() {
        page.section("remaining", pending.len());
        for id in pending {
            let phase = id.split_once('/').map_or("", |(phase, _)| phase);
            page.line(1, format!("{phase:<10} {}", names.step(id)));
        }
    }
    // of what is in the way both sides are shown
    let is_shown = |it: &&Differs| {
        let subject = it.subject.as_deref();
        subject.is_some_and(|subject| conflicts.iter().any(|conflict| conflict.is_about(subject)))
    };
    let not_shown: Vec<&Differs> = differences.iter().filter(|it| !is_shown(it)).collect();
    if !not_shown.is_empty() {
        page.section("not as the last run left it", not_shown.len());
        not_shown.iter().for_each(|it| page.line(1, names.prose(&it.what)));
    }
    if !conflicts.is_empty() {
        page.section("changed by somebody else", conflicts.len());
        page.append(changed);
    }
    outcome::around(verdict, page, Some(next))
}
