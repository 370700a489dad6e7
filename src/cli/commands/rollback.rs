use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use eksodus::eks::simulator::Fault;
use eksodus::executor::journal::KeptRun;
use eksodus::executor::{Pruning, Rollback, refusals, rollback_plan};
use eksodus::planner::{Phase, Step};
use eksodus::render::Next;
use eksodus::snapshot::Snapshot;

use crate::cli::cluster::Cluster;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::inputs::Where;
#[cfg(feature = "live")]
use crate::cli::live::Live;
use crate::cli::runs::{Allowed, Run};
use crate::cli::simulated::Simulated;
use crate::cli::{Context, advice, conclusion, inputs, interrupt, rights, runs, views};

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The folder of the run to undo, or its journal; without it, the newest run that left something behind
    journal: Option<PathBuf>,
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// Break a call of the simulated cluster on purpose; may be given again
    #[arg(long, value_name = "FAULT", requires = "simulate")]
    fault: Vec<Fault>,
    /// Do not keep other operators away from the live cluster by a Lease
    #[arg(long, requires = "cluster")]
    no_lock: bool,
    /// Do it; otherwise it is only shown
    #[arg(long, short)]
    yes: bool,
}

pub fn run(args: RollbackArgs, context: Context<'_>) -> Result<Exit, CliError> {
    if args.yes {
        context.no_markdown("rollback --yes")?;
    }
    match inputs::place("rollback", args.simulate.as_deref(), context.global)? {
        Where::Simulated(folder) => {
            let cluster = Simulated::open(folder, &args.fault)?;
            on(&args, context, cluster)
        }
        #[cfg(feature = "live")]
        Where::Live(name) => {
            let cluster = Live::connect(name, &context)?.locked_unless(args.no_lock);
            on(&args, context, cluster)
        }
    }
}

fn on<C: Cluster>(args: &RollbackArgs, context: Context<'_>, cluster: C) -> Result<Exit, CliError> {
    let cluster = if args.yes { cluster.hold(context.console)? } else { cluster };
    // not before: whoever waits for another operator may leave at once
    let interrupted = interrupt::flag()?;
    let cluster = &cluster;
    let now = cluster.look(context.console)?;
    let found = match &args.journal {
        Some(path) => of_run(&cluster.runs().open(path)?, cluster, &now)?,
        None => newest(cluster, &now)?,
    };
    let Some(Rollback { plan, refused }) = found else {
        context.console.note("nothing to undo");
        return Ok(Exit::Done);
    };
    for refusal in &refused {
        context.console.warn(&format!("stays as it is: {refusal}"));
    }
    if !args.yes {
        let run = args.journal.as_ref().map(|path| format!(" {}", path.display())).unwrap_or_default();
        let next = Next {
            what: format!("eksodus rollback {}{run} --yes", cluster.options()),
            note: "what it undoes can be applied again".to_owned(),
        };
        let steps: Vec<&Step> = plan.steps.iter().collect();
        let guarded = refusals(&plan, Phase::Entries, &steps, &now);
        guarded.iter().for_each(|refusal| context.console.complain(&refusal.to_string()));
        advice::of_refusals(&guarded, false).into_iter().for_each(|it| context.console.hint(it));
        views::plan(context, &plan, guarded.is_empty().then_some(next))?;
        return Ok(if guarded.is_empty() { Exit::Done } else { Exit::Refused });
    }
    context.console.seed_redaction(&plan.to_json());
    let lock = cluster.live_name().is_some() && !args.no_lock;
    if !rights::are_there(cluster, &plan, Phase::Verify, lock, context.console)? {
        return Ok(Exit::Refused);
    }
    let undone = runs::undone_by(&plan, cluster)?;
    let mut run = Run::begin(cluster, &plan)?;
    let allowed = Allowed { through: Phase::Verify, irreversible: false, pruning: Pruning::AsPlanned };
    let origin = runs::origin(undone.as_ref());
    let finished = run.execute(cluster, &plan, origin, allowed, &interrupted, context.console);
    let options = cluster.options();
    let again = conclusion::Again { plan: None, cluster: &options, allowed };
    conclusion::conclude(context, &run, &finished, &again)
}

/// `None` of a run that did not begin.
fn of_run(run: &KeptRun, cluster: &impl Cluster, now: &Snapshot) -> Result<Option<Rollback>, CliError> {
    let Some(told) = runs::reading(run)? else { return Ok(None) };
    let plan = runs::plan_of(run, &told)?;
    cluster.is_of(&plan)?;
    Ok(Some(rollback_plan(&plan, &told.progress, now)?))
}

/// Of the newest run that left something behind, and that was not rolled back since.
fn newest(cluster: &impl Cluster, now: &Snapshot) -> Result<Option<Rollback>, CliError> {
    let Some(id) = now.cluster.as_ref().map(|cluster| &cluster.id) else { return Err(CliError::NoCluster) };
    let mut undone = BTreeSet::new();
    for run in cluster.runs().list(&id.name)?.into_iter().rev() {
        let Some(told) = runs::reading(&run)?.filter(|told| told.header.cluster == *id) else { continue };
        let plan = runs::plan_of(&run, &told)?;
        if let Some(of) = &plan.undoes {
            // one that stopped has left something
            if plan.steps.iter().all(|step| told.progress.is_done(&step.id)) {
                undone.insert(of.clone());
            }
            continue;
        }
        if undone.remove(&plan.digest) {
            continue;
        }
        let rollback = rollback_plan(&plan, &told.progress, now)?;
        if !rollback.plan.steps.is_empty() || !rollback.refused.is_empty() {
            return Ok(Some(rollback));
        }
    }
    Ok(None)
}
