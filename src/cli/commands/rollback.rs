use std::path::PathBuf;

use clap::Args;

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
