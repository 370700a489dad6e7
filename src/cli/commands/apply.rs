use std::path::PathBuf;

use clap::Args;
use eksodus::eks::EksApi as _;
use eksodus::executor::Pruning;
use eksodus::lint::lint_plan;
use eksodus::planner::{Action, Phase, Plan, Prune, Step, plan};
use eksodus::render::{View, plan_text};
use eksodus::simulator::Fault;

use crate::cli::args::{PhaseArg, PruneArg};
use crate::cli::cluster::Cluster;
use crate::cli::inputs::Target;
#[cfg(feature = "live")]
use crate::cli::live::Live;
use crate::cli::output::{CliError, Console, Exit, Interrupt, outcome};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::runs::{Allowed, Run};
use crate::cli::simulated::Simulated;
use crate::cli::{Context, inputs, owners, preflight, runs};

#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// Saved by plan --out; - is standard input. Without it, apply plans first, and asks
    plan: Option<PathBuf>,
    /// Apply to a simulated cluster: this snapshot folder, which is changed in place
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// Break a call of the simulated cluster on purpose; may be given again
    #[arg(long, value_name = "FAULT", requires = "simulate")]
    fault: Vec<Fault>,
    /// Stop after this phase
    #[arg(long, value_enum, value_name = "PHASE", default_value = "verify")]
    through: PhaseArg,
    /// Also do what AWS has no way back from: the phases dual-mode and api-mode
    #[arg(long)]
    allow_irreversible: bool,
    /// What to take out of aws-auth in phase prune [default: what the plan says]
    #[arg(long, value_enum, value_name = "WHAT")]
    prune: Option<PruneArg>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do not keep other operators away from the live cluster by a Lease
    #[arg(long, requires = "cluster")]
    no_lock: bool,
    /// Resume the last run of this plan
    #[arg(long, requires = "plan")]
    resume: bool,
    /// Refuse any plan but the one with this digest, as it was reviewed
    #[arg(long, value_name = "DIGEST", requires = "plan")]
    plan_digest: Option<PlanDigest>,
    /// Written into each record of the journal, such as a ticket
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub fn run(args: ApplyArgs, context: Context<'_>) -> Result<Exit, CliError> {
    context.no_markdown("apply")?;
    let interrupt = Interrupt::catch()?;
    match inputs::target("apply", args.simulate.as_deref(), context.global)? {
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
    args: &ApplyArgs,
    mut context: Context<'_>,
    cluster: C,
    interrupt: Interrupt,
) -> Result<Exit, CliError> {
    let through = args.through.into();
    let plan = match &args.plan {
        Some(path) => {
            PlanDigest::pinned(args.plan_digest.as_ref(), runs::saved_plan(path, || Ok(cluster.runs()))?)?
        }
        None => made_now(args, &cluster, &mut context)?,
    };
    context.console.seed_redaction(&plan.to_json());
    cluster.is_of(&plan)?;
    let unsound = lint_plan(&plan);
    if !unsound.is_empty() {
        return outcome::unsound(context, &plan, &unsound, through);
    }
    if plan.blockers(through).next().is_some() {
        return outcome::blocked(context, &plan, through);
    }
    let allowed = Allowed { through, irreversible: args.allow_irreversible, pruning: pruning(args, &plan)? };
    if plan.steps.iter().any(|step| step.phase == Phase::Prune && allowed.includes(step.phase)) {
        owners::tell(&cluster, context.console);
    }
    let lock = cluster.live_name().is_some() && !args.no_lock;
    if !preflight::run(&cluster, &plan, through, lock, context.console)? {
        return Ok(Exit::Refused);
    }
    if !args.yes && !is_agreed(args, &plan, &cluster, context.console)? {
        context.console.note("nothing was done");
        return Ok(Exit::Done);
    }
    let cluster = cluster.hold(context.console)?;
    let stamps = runs::stamps(context.host, &cluster, args.note.as_deref());
    // not before: whoever waits for another operator may leave at once
    let interrupted = interrupt.flag();
    // before a run of its own is begun
    let undone = runs::undone_by(&plan, &cluster)?;
    let mut run = match args.resume {
        true => Run::resume(&cluster, &plan, stamps, context.console)?,
        false => Run::begin(&cluster, &plan, None, stamps)?,
    };
    let origin = runs::origin(undone.as_ref());
    let finished = run.execute(&cluster, &plan, origin, allowed, &interrupted, context.console);
    let again = outcome::Again { plan: args.plan.as_deref(), cluster: &cluster.options(), allowed };
    outcome::conclude(context, &run, &finished, &again)
}

/// A plan from what is there, shown to be read before it is agreed to.
fn made_now(args: &ApplyArgs, cluster: &impl Cluster, context: &mut Context<'_>) -> Result<Plan, CliError> {
    let observed = cluster.look(context.console)?;
    let mut decisions = inputs::decisions(context, cluster.folder())?;
    decisions.prune = args.prune.and_then(PruneArg::decision).unwrap_or(decisions.prune);
    let plan = plan(&observed, &decisions);
    context.console.seed_redaction(&plan.to_json());
    if !(args.yes && context.global.quiet) {
        context.console.page(plan_text(&plan, &View { next: None, verbose: context.console.verbose }));
    }
    Ok(plan)
}

/// A saved plan says what goes; it can only be left out.
fn pruning(args: &ApplyArgs, plan: &Plan) -> Result<Pruning, CliError> {
    match args.prune.map(PruneArg::decision) {
        Some(None) => Ok(Pruning::None),
        Some(Some(wanted)) if wanted != plan.decisions.prune => Err(CliError::OtherPrune {
            planned: match plan.decisions.prune {
                Prune::Covered => "covered",
                Prune::Delete => "delete",
            },
        }),
        _ => Ok(Pruning::AsPlanned),
    }
}

/// Whoever runs this agrees: to a plan that was only now made, and to what cannot be undone on a cluster that is no toy.
fn is_agreed(
    args: &ApplyArgs,
    plan: &Plan,
    cluster: &impl Cluster,
    console: &mut Console,
) -> Result<bool, CliError> {
    let through = Phase::from(args.through);
    let live = cluster.live_name().filter(|_| args.allow_irreversible);
    // what an earlier run did needs no word any more; what cannot be looked at is asked about
    let mode = live.and_then(|_| cluster.wait(cluster.eks().describe_cluster()).ok()).map(|it| it.mode);
    let is_ahead = |step: &&Step| matches!(step.action, Action::Mode { to, .. } if step.phase <= through && mode.is_none_or(|mode| mode < to));
    let one_way: Vec<&str> = plan.steps.iter().filter(is_ahead).map(|step| step.phase.as_str()).collect();
    let name = live.filter(|_| !one_way.is_empty());
    let (question, word) = match (name, &args.plan) {
        (Some(name), _) => (format!("AWS has no way back from {}.", one_way.join(" and ")), name),
        (None, None) => ("Apply this plan?".to_owned(), "yes"),
        (None, Some(_)) => return Ok(true),
    };
    if !console.can_ask() {
        return Err(match name {
            Some(_) => CliError::NobodyToAgree { phases: one_way.join(" and ") },
            None => CliError::NobodyToAsk,
        });
    }
    Ok(console.confirm(&question, word))
}
