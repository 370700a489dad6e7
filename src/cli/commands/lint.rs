use clap::Args;

use crate::cli::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

/// aws-auth comes from --aws-auth FILE or from --snapshot DIR.
#[derive(Debug, Args)]
pub struct LintArgs {}

pub fn run(_: LintArgs, _: Context<'_>) -> Result<Exit, CliError> {
    Err(CliError::Live { command: "lint", instead: "pass --aws-auth FILE or --snapshot DIR" })
}
