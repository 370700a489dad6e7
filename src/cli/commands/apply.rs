use std::path::PathBuf;

use clap::Args;

use crate::cli::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

use crate::cli::args::PhaseArg;

/// Without PLAN it plans first, from what it finds.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// Saved by plan --out
    plan: Option<PathBuf>,
    /// Apply to a simulated cluster: this snapshot folder, which is changed in place
    #[arg(long, value_name = "DIR")]
    simulate: Option<PathBuf>,
    /// Stop after this phase
    #[arg(long, value_enum, value_name = "PHASE", default_value = "verify")]
    through: PhaseArg,
    /// Also do what AWS has no way back from: the phases dual-mode and api-mode
    #[arg(long)]
    allow_irreversible: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Go on with the last run of this plan
    #[arg(long, requires = "plan")]
    resume: bool,
}

pub fn run(_: ApplyArgs, _: Context<'_>) -> Result<Exit, CliError> {
    Err(CliError::Live { command: "apply", instead: "pass --simulate DIR" })
}
