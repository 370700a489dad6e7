use std::path::PathBuf;

use clap::Args;

use crate::cli::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

/// The cluster comes from --snapshot DIR, its aws-auth also, or alone, from --aws-auth FILE.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// Save the plan, for show and apply
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 3 when there is something to change
    #[arg(long)]
    exit_code: bool,
}

pub fn run(_: PlanArgs, _: Context<'_>) -> Result<Exit, CliError> {
    Err(CliError::Live { command: "plan", instead: "pass --snapshot DIR or --aws-auth FILE" })
}
