use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Saved by plan --out
    plan: PathBuf,
}
