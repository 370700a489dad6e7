use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use eksodus::executor::{Ending, Finished, Options, Origin, Rollback, execute, rollback_plan};
use eksodus::journal::{Header, Journal, JournalError, MemoryStore, Stamps};
use eksodus::planner::{Phase, Plan, plan};
use eksodus::render::escape::terminal;
use eksodus::simulator::{Behaviour, Fault, Simulator};
use eksodus::world::Clock as _;
use pollster::block_on;
use serde::Serialize;

use crate::cli::args::{Format, PhaseArg};
use crate::cli::output::{CliError, Console, Exit, Progress, interrupt, outcome};
use crate::cli::simulated::look;
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Break a call on purpose; may be given again
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Undo everything at the end, also when a fault stopped the run, and compare with the beginning
    #[arg(long)]
    rollback: bool,
    /// Stop after this phase [default: api-mode; with --rollback prune, for in API mode nothing can be undone]
    #[arg(long, value_enum, value_name = "PHASE")]
    through: Option<PhaseArg>,
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

/// One migration on one simulated cluster.
struct Rehearsal<'r> {
    world: Simulator,
    plan: Plan,
    store: MemoryStore,
    through: Phase,
    interrupted: &'r AtomicBool,
}

pub fn run(args: RehearseArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let RehearseArgs { fault, rollback, through } = args;
    context.no_markdown("rehearse")?;
    let through = match (through.map(Phase::from), rollback) {
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
    let world = Simulator::from_snapshot(&snapshot, Behaviour::default())?;
    let plan = plan(&look(&world, &world)?, &decisions);
    context.console.seed_redaction(&plan.to_json());
    if plan.blockers(through).next().is_some() {
        return outcome::blocked(context, &plan, through);
    }
    let interrupted = interrupt::flag()?;
    let rehearsal =
        Rehearsal { world, plan, store: MemoryStore::default(), through, interrupted: &interrupted };
    let (report, exit) = rehearsal.play(fault, rollback, context.console)?;
    context.console.data(&match context.global.output {
        Format::Json => inputs::json(&report)?,
        Format::Text | Format::Markdown => text(&report),
    })?;
    Ok(exit)
}

impl Rehearsal<'_> {
    fn play(
        &self,
        faults: Vec<Fault>,
        undo: bool,
        console: &mut Console,
    ) -> Result<(Report, Exit), CliError> {
        self.world.set_faults(faults);
        let id = self.plan.cluster.clone().ok_or(CliError::NoCluster)?;
        let header = Header::new(&self.plan.digest, id, "rehearsal");
        let mut journal =
            Journal::create(Box::new(self.store.clone()), header, Stamps::default()).map_err(in_memory)?;
        let mut finished = self.execute(&self.plan, Origin::Planner, &mut journal, console)?;
        // what was broken on purpose is mended, as it would be before anybody goes on
        self.world.set_faults([]);
        let mut stopped_by = Vec::new();
        if !undo && matches!(finished.ending, Ending::Failed(_)) {
            stopped_by = outcome::why(&finished.ending);
            stopped_by.iter().for_each(|why| console.warn(why));
            console.note("going on, as apply --resume does");
            drop(journal);
            journal = Journal::open(Box::new(self.store.clone()), Stamps::default()).map_err(in_memory)?;
            finished = self.execute(&self.plan, Origin::Planner, &mut journal, console)?;
        }
        // what went on after a fault is the same run to whoever rehearses
        let all = finished.applied_in_all;
        let mut exit = outcome::exit(&finished.ending, [all, all], journal.progress().has_open());
        let why = outcome::why(&finished.ending);
        why.iter().for_each(|why| console.complain(why));
        let left_behind = match undo {
            false => None,
            true => Some(self.undo(&journal, console)?),
        };
        match &left_behind {
            Some(left) if !left.is_empty() => exit = Exit::PartlyApplied,
            // a mode that was changed stays so: what was begun was not undone
            Some(_) if exit != Exit::Done && self.has_changed_mode() => exit = Exit::PartlyApplied,
            // nothing of it lasts, whatever stopped it
            Some(_) => exit = outcome::exit(&finished.ending, [0, 0], false),
            None => {}
        }
        let report = Report {
            plan: self.plan.digest.clone(),
            result: outcome::result(&finished.ending),
            through: self.through,
            applied: finished.applied_in_all,
            why,
            stopped_by,
            left_behind,
            simulated_seconds: self.world.elapsed().as_secs(),
        };
        Ok((report, exit))
    }

    fn has_changed_mode(&self) -> bool {
        let now = self.world.to_snapshot().cluster.map(|cluster| cluster.mode);
        now != self.plan.mode
    }

    fn execute(
        &self,
        plan: &Plan,
        origin: Origin<'_>,
        journal: &mut Journal,
        console: &mut Console,
    ) -> Result<Finished, CliError> {
        let options = Options {
            allow_irreversible: true,
            origin,
            interrupted: &|| self.interrupted.load(Ordering::Relaxed),
            ..Options::through(self.through)
        };
        let mut progress = Progress::new(console);
        let finished = block_on(execute(&self.world, plan, journal, options, &mut progress));
        progress.end();
        Ok(finished)
    }

    /// Undoes what the journal tells, and says what is left of it.
    fn undo(&self, journal: &Journal, console: &mut Console) -> Result<Vec<String>, CliError> {
        console.note("rolling back");
        let Rollback { plan, refused: _ } = self.rollback(journal)?;
        let id = plan.cluster.clone().ok_or(CliError::NoCluster)?;
        let header = Header::new(&plan.digest, id, "rehearsal-rollback");
        let mut second = Journal::create(Box::new(MemoryStore::default()), header, Stamps::default())
            .map_err(in_memory)?;
        let origin = Origin::Rollback { plan: &self.plan, progress: journal.progress() };
        let finished = self.execute(&plan, origin, &mut second, console)?;
        let mut left = outcome::why(&finished.ending);
        let Rollback { plan, refused } = self.rollback(journal)?;
        left.extend(plan.steps.into_iter().map(|step| step.id));
        left.extend(refused.iter().map(ToString::to_string));
        left.iter().for_each(|left| console.complain(left));
        Ok(left)
    }

    fn rollback(&self, journal: &Journal) -> Result<Rollback, CliError> {
        let now = look(&self.world, &self.world)?;
        Ok(rollback_plan(&self.plan, journal.progress(), &now)?)
    }
}

fn in_memory(source: JournalError) -> CliError {
    CliError::Journal { place: "the rehearsal's journal".into(), source }
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
