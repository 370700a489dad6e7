use std::path::PathBuf;

use clap::Args;

use crate::cli::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The folder of the run to undo, or its journal; the last run when it is left out
    journal: Option<PathBuf>,
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR")]
    simulate: Option<PathBuf>,
    /// Do it; otherwise it is only shown
    #[arg(long, short)]
    yes: bool,
}

pub fn run(_: RollbackArgs, _: Context<'_>) -> Result<Exit, CliError> {
    Err(CliError::Live { command: "rollback", instead: "pass --simulate DIR" })
}
