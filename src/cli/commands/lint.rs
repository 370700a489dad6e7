use clap::Args;

/// aws-auth comes from --aws-auth FILE or from --snapshot DIR.
#[derive(Debug, Args)]
pub struct LintArgs {}
