use std::path::PathBuf;

use clap::Args;

use crate::cli::output::{CliError, Exit, show};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::{Context, inputs, next_step};

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Saved by plan --out; - is standard input
    plan: PathBuf,
    /// Refuse any plan but the one with this digest
    #[arg(long, value_name = "DIGEST")]
    plan_digest: Option<PlanDigest>,
}

pub fn run(args: ShowArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let plan = PlanDigest::pinned(args.plan_digest.as_ref(), inputs::plan_file(&args.plan)?)?;
    let next = next_step::of_plan(&context, &plan, Some(&args.plan));
    show::plan(context, &plan, next)?;
    Ok(Exit::Done)
}
