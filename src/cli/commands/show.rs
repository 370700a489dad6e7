use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::plan_digest::PlanDigest;
use crate::cli::{Context, inputs, views};

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
    let next = views::next(&context, &plan, Some(&args.plan));
    views::plan(context, &plan, next)?;
    Ok(Exit::Done)
}
