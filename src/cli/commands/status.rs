use std::path::PathBuf;

use clap::Args;

use crate::cli::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR")]
    simulate: Option<PathBuf>,
}

pub fn run(_: StatusArgs, _: Context<'_>) -> Result<Exit, CliError> {
    Err(CliError::Live { command: "status", instead: "pass --simulate DIR" })
}
