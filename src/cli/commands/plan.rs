use std::path::PathBuf;

use clap::Args;
use eksodus::planner::{Phase, plan};
use eksodus::snapshot::Snapshot;

use crate::cli::args::{Evidence, PruneArg};
use crate::cli::output::{CliError, Exit, owners, show};
use crate::cli::saving::Saved;
use crate::cli::{Context, audit_log, inputs, next_step};

#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Save the plan to this file, for show and apply
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// What to remove from aws-auth at the end (overrides eksodus.yaml)
    #[arg(long, value_enum, value_name = "WHAT")]
    prune: Option<PruneArg>,
    /// Exit with 3 if changes are pending
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    evidence: Evidence,
}

pub fn run(args: PlanArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let snapshot_folder = context.global.snapshot.as_deref();
    let place = args.out.as_deref().map(|out| Saved::Plan.place(out, snapshot_folder)).transpose()?;
    let of_file = audit_log::read(&args.evidence, &mut context)?;
    let snapshot = inputs::snapshot("plan", &mut context)?;
    let evidence = audit_log::or_of_days(of_file, &args.evidence, &snapshot, &mut context)?;
    let snapshot = Snapshot { evidence, ..snapshot };
    let global = context.global;
    let mut decisions = inputs::decisions(&mut context, global.snapshot.as_deref())?;
    if let Some(prune) = args.prune {
        // a plan without the phase is applied with --prune none
        decisions.prune = prune.decision().ok_or(CliError::PruneNone)?;
    }
    let plan = plan(&snapshot, &decisions);
    if let Some(place) = place {
        place.save(&plan.to_json(), context.console)?;
    }
    owners::tell_planned(context.console, &snapshot, &plan);
    let exit = if plan.blockers(Phase::ApiMode).next().is_some() {
        Exit::Blocked
    } else if args.exit_code && !plan.steps.is_empty() {
        Exit::Pending
    } else {
        Exit::Done
    };
    let next = match (&args.out, args.evidence.option()) {
        (None, Some(log)) => next_step::of_plan_with_log(&context, &plan, &log),
        _ => next_step::of_plan(&context, &plan, args.out.as_deref()),
    };
    show::plan(context, &plan, next)?;
    Ok(exit)
}
