use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR")]
    simulate: Option<PathBuf>,
}
