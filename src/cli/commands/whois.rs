use clap::Args;

use crate::cli::Context;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

/// aws-auth comes from --aws-auth FILE or from --snapshot DIR.
#[derive(Debug, Args)]
pub struct WhoisArgs {
    /// As sts get-caller-identity prints it; a role's ARN stands for any of its sessions
    arn: String,
    /// What {{SessionName}} stands for, when the ARN is a role's
    #[arg(long, value_name = "NAME")]
    session_name: Option<String>,
    /// What {{AccessKeyID}} stands for
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// What {{EC2PrivateDNSName}} stands for
    #[arg(long, value_name = "NAME")]
    ec2_private_dns_name: Option<String>,
}

pub fn run(_: WhoisArgs, _: Context<'_>) -> Result<Exit, CliError> {
    Err(CliError::Live { command: "whois", instead: "pass --aws-auth FILE or --snapshot DIR" })
}
