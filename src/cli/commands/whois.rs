use clap::Args;

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
