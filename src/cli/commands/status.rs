use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use eksodus::journal::Stamp;
use eksodus::model::{AuthenticationMode, ClusterId, EntryType};
use eksodus::planner::{Outcome, Plan, plan};
use eksodus::rbac::SubjectKind;
use eksodus::render::escape::terminal;
use eksodus::snapshot::{ObservedEntry, Snapshot};
use serde::Serialize;

use crate::cli::args::Format;
use crate::cli::cluster::Cluster;
use crate::cli::history::{Found, History, KnownRun, OldRun};
use crate::cli::inputs::Target;
#[cfg(feature = "live")]
use crate::cli::live::Live;
use crate::cli::next_step::{Ground, NextStep, Standing, standings};
use crate::cli::output::{CliError, Exit, outcome};
use crate::cli::simulated::Simulated;
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
    update: Option<UpdateStatus>,
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
struct UpdateStatus {
    /// `null`: nobody told it.
    id: Option<String>,
    /// A run of ours began it.
    is_ours: bool,
    /// Whether the cluster says so, too.
    is_in_progress: bool,
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
    match inputs::target("status", args.simulate.as_deref(), context.global)? {
        Target::Simulated(folder) => {
            let cluster = Simulated::open(folder, &[])?;
            on(context, &cluster)
        }
        #[cfg(feature = "live")]
        Target::Live(name) => {
            let cluster = Live::connect(name, &context)?;
            on(context, &cluster)
        }
    }
}

fn on(mut context: Context<'_>, cluster: &impl Cluster) -> Result<Exit, CliError> {
    let now = cluster.look(context.console)?;
    let plan = plan(&now, &inputs::decisions(&mut context, cluster.folder())?);
    context.console.seed_redaction(&plan.to_json());
    let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
    let runs = cluster.runs();
    let history = History::of(&runs, id)?;
    let undone = history.undone();
    let listed: Vec<RunStatus> = history.runs.iter().map(|found| RunStatus::of(found, &undone)).collect();
    let old: Vec<OldRunStatus> = history.old.iter().map(|old| OldRunStatus::of(old, id)).collect();
    let is_known = listed.iter().all(|run| run.problem.is_none()) && !old.iter().any(|old| old.is_ours);
    let ground = Ground { cluster, id, now: &now, fresh: &plan, history: &history };
    let status = Status {
        cluster: id.to_string(),
        mode: plan.mode.ok_or(CliError::NoCluster)?,
        update: update(&now, &history),
        entries: now.access_entries.as_ref().map(Vec::len),
        without_access: without_access(&now, &plan),
        runs: listed,
        old_runs: old,
        pending: plan.steps.iter().map(|step| step.id.clone()).collect(),
        phases: standings(&history, &plan),
        next: ground.next(),
    };
    context.console.data(&match context.global.output {
        Format::Json => inputs::json(&status)?,
        Format::Text | Format::Markdown => text(&status),
    })?;
    if let Err(error) = History::no_old_form(&runs, id, |_| true) {
        context.console.error(&error);
    }
    // what cannot be read is not nothing
    Ok(if is_known { Exit::Done } else { Exit::Error })
}

fn update(now: &Snapshot, history: &History) -> Option<UpdateStatus> {
    let running = now.updates.iter().flatten().find(|update| update.is_running());
    let is_updating = now.cluster.as_ref().is_some_and(|cluster| cluster.status.0 == "UPDATING");
    let is_in_progress = is_updating || running.is_some();
    let ours = history.known().next_back().and_then(|run| run.reading.progress.update());
    let running = running.map(|update| update.id.as_str());
    let is_ours = ours.is_some() && running.is_none_or(|running| Some(running) == ours);
    let id = running.or(ours).map(str::to_owned);
    (is_in_progress || id.is_some()).then_some(UpdateStatus { id, is_ours, is_in_progress })
}

/// Of mappings that EKS reads and that give something: those whose principal has an entry that is effective in their
/// place, and gives nothing. A run that stopped between a creation and its policy leaves such an entry behind.
fn without_access(now: &Snapshot, plan: &Plan) -> Vec<String> {
    let is_bound = |name: &str| {
        let bindings = now.rbac.iter().flat_map(|rbac| &rbac.bindings);
        let mut subjects = bindings.flat_map(|binding| &binding.subjects);
        subjects.any(|subject| subject.kind == SubjectKind::User && subject.name == name)
    };
    let gives_nothing = |entry: &ObservedEntry| {
        let ObservedEntry { entry_type, username, groups, policies, .. } = entry;
        // a username with a session in it may be bound by any of its sessions
        let may_be_bound = username.contains("{{") || is_bound(username);
        *entry_type == EntryType::Standard && groups.is_empty() && policies.is_empty() && !may_be_bound
    };
    let entries = now.access_entries.iter().flatten().filter(|entry| gives_nothing(entry));
    let keys: BTreeSet<(String, &str)> = entries
        .filter_map(|entry| {
            let principal = entry.principal.parse::<eksodus::model::PrincipalArn>().ok()?;
            Some((principal.match_key(), entry.principal.as_str()))
        })
        .collect();
    let is_read = |outcome: &Outcome| {
        !matches!(
            outcome,
            Outcome::Superseded { .. }
                | Outcome::NeverMatches { .. }
                | Outcome::Dropped { .. }
                | Outcome::NotRead
        )
    };
    let mapped: BTreeSet<String> = plan
        .lines
        .iter()
        .filter(|line| is_read(&line.outcome) && !line.groups.is_empty())
        .map(|line| line.arn.to_lowercase())
        .collect();
    let without = keys.into_iter().filter(|(key, _)| mapped.contains(key));
    without.map(|(_, principal)| principal.to_owned()).collect()
}

impl RunStatus {
    fn of(found: &Found, undone: &BTreeSet<String>) -> Self {
        match found {
            Found::Known(known) => Self::known(known, undone),
            Found::NotBegun(run) => Self { not_begun: true, ..Self::unknown(run.place(), None) },
            Found::Unknown { place, why } => {
                let why = why.in_one_line();
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
        let Stamp { at, caller, host, version, commit: _, note } = last;
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

impl UpdateStatus {
    fn line(&self) -> String {
        let Self { id, is_ours, is_in_progress } = self;
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
}

fn text(status: &Status) -> String {
    let Status { cluster, mode, update, entries, without_access, runs, old_runs, pending, phases, next } =
        status;
    let entries = entries.map_or("entries not observable".to_owned(), |n| format!("{n} access entries"));
    let mut lines = vec![format!("{cluster}: mode {mode}, {entries}")];
    lines.extend(update.as_ref().map(UpdateStatus::line));
    lines.extend(without_access.iter().map(|principal| {
        format!("{principal} has no access now: its access entry gives nothing, and overrides its mapping")
    }));
    lines.extend(runs.iter().flat_map(RunStatus::lines));
    lines.extend(old_runs.iter().map(OldRunStatus::line));
    if !phases.is_empty() {
        lines.extend(Standing::table(phases));
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
