use std::path::PathBuf;

use clap::Args;

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
