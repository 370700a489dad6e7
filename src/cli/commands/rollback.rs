use std::path::{Path, PathBuf};

use clap::Args;
use eksodus::executor::{Origin, Pruning, Rollback, refusals};
use eksodus::planner::{Phase, Step};
use eksodus::render::Next;
use eksodus::simulator::Fault;

use crate::cli::args::shell_word;
use crate::cli::cluster::Cluster;
use crate::cli::history::{History, KnownRun, Undo};
use crate::cli::inputs::Target;
#[cfg(feature = "live")]
use crate::cli::live::Live;
use crate::cli::output::{CliError, Exit, Interrupt, advice, outcome, show};
use crate::cli::runs::{Allowed, Run};
use crate::cli::simulated::Simulated;
use crate::cli::{Context, inputs, preflight, runs};

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
    /// Written into each record of the journal, such as a ticket
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub fn run(args: RollbackArgs, context: Context<'_>) -> Result<Exit, CliError> {
    if args.yes {
        context.no_markdown("rollback --yes")?;
    }
    let interrupt = Interrupt::catch()?;
    match inputs::target("rollback", args.simulate.as_deref(), context.global)? {
        Target::Simulated(folder) => {
            let cluster = Simulated::open(folder, &args.fault)?;
            on(&args, context, cluster, interrupt)
        }
        #[cfg(feature = "live")]
        Target::Live(name) => {
            let cluster = Live::connect(name, &context)?.locked_unless(args.no_lock);
            on(&args, context, cluster, interrupt)
        }
    }
}

fn on<C: Cluster>(
    args: &RollbackArgs,
    context: Context<'_>,
    cluster: C,
    interrupt: Interrupt,
) -> Result<Exit, CliError> {
    let cluster = if args.yes { cluster.hold(context.console)? } else { cluster };
    let cluster = &cluster;
    let now = cluster.look(context.console)?;
    let id = now.cluster.as_ref().map(|cluster| &cluster.id).ok_or(CliError::NoCluster)?;
    let kept = cluster.runs();
    // one of them holds the run
    let (named, history);
    let found = match &args.journal {
        Some(path) => {
            named = KnownRun::of(kept.open(path)?, id)?;
            match &named {
                Some(run) => Some(Undo { run, rollback: run.rollback(&now)? }),
                None => None,
            }
        }
        None => {
            history = History::of(&kept, id)?;
            history.to_undo(id, &kept, &now)?
        }
    };
    let Some(Undo { run: undone, rollback: Rollback { plan, refused } }) = found else {
        context.console.note("nothing to undo");
        return Ok(Exit::Done);
    };
    let name = undone.run.name();
    context.console.seed_redaction(&plan.to_json());
    for refusal in &refused {
        context.console.warn(&format!("stays as it is: {refusal}"));
    }
    if plan.steps.is_empty() {
        if refused.is_empty() {
            context.console.note("nothing to undo");
            return Ok(Exit::Done);
        }
        context.console.complain(&format!("nothing that is left of the run {name} can be undone"));
        context
            .console
            .hint("make a new plan from what is there now; or name an earlier run: eksodus rollback RUN");
        return Ok(Exit::Refused);
    }
    if !args.yes {
        let given = |path: &Path| format!(" {}", shell_word(&path.display().to_string()));
        let run = args.journal.as_deref().map(given).unwrap_or_default();
        let next = Next {
            what: format!("eksodus rollback {}{run} --yes", cluster.options()),
            note: "what it undoes can be applied again".to_owned(),
        };
        let steps: Vec<&Step> = plan.steps.iter().collect();
        let guarded = refusals(&plan, Phase::Entries, &steps, &now);
        guarded.iter().for_each(|refusal| context.console.complain(&refusal.to_string()));
        advice::of_refusals(&guarded, false).into_iter().for_each(|it| context.console.hint(it));
        show::plan(context, &plan, guarded.is_empty().then_some(next))?;
        return Ok(if guarded.is_empty() { Exit::Done } else { Exit::Refused });
    }
    let lock = cluster.live_name().is_some() && !args.no_lock;
    if !preflight::run(cluster, &plan, Phase::Verify, lock, context.console)? {
        return Ok(Exit::Refused);
    }
    let stamps = runs::stamps(context.host, cluster, args.note.as_deref());
    // not before: whoever waits for another operator may leave at once
    let interrupted = interrupt.flag();
    let mut run = Run::begin(cluster, &plan, Some(name), stamps)?;
    let allowed = Allowed { through: Phase::Verify, irreversible: false, pruning: Pruning::AsPlanned };
    let origin = Origin::Rollback { plan: &undone.plan, progress: &undone.reading.progress };
    let finished = run.execute(cluster, &plan, origin, allowed, &interrupted, context.console);
    let options = cluster.options();
    let again = outcome::Again { plan: None, cluster: &options, allowed };
    outcome::conclude(context, &run, &finished, &again)
}
