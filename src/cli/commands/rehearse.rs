use clap::Args;

use crate::cli::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

use crate::cli::args::PhaseArg;

/// The cluster comes from --snapshot DIR, which is not changed.
#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Break a call on purpose; may be given again
    #[arg(long, value_name = "FAULT")]
    fault: Vec<String>,
    /// Undo everything at the end, and compare with the beginning
    #[arg(long)]
    rollback: bool,
    /// Stop after this phase
    #[arg(long, value_enum, value_name = "PHASE", default_value = "verify")]
    through: PhaseArg,
}

pub fn run(_: RehearseArgs, _: Context<'_>) -> Result<Exit, CliError> {
    Err(CliError::Live { command: "rehearse", instead: "pass --snapshot DIR" })
}
