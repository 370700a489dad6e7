use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Saved by plan --out
    plan: PathBuf,
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR")]
    simulate: Option<PathBuf>,
}
