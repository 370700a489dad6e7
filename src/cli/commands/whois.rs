use clap::Args;
use eksodus::reader::{Ec2PrivateDnsNames, Identity, lookup, read};
use eksodus::render::whois::Answer;

use crate::cli::args::Format;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct WhoisArgs {
    /// As `aws sts get-caller-identity` prints it; a role's ARN stands for a session of it
    arn: String,
    /// What {{SessionName}} stands for, when the ARN has no session
    #[arg(long, value_name = "NAME")]
    session_name: Option<String>,
    /// What {{AccessKeyID}} stands for
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// What {{EC2PrivateDNSName}} stands for, when the session is named after an instance
    #[arg(long, value_name = "NAME")]
    ec2_private_dns_name: Option<String>,
}

pub fn run(args: WhoisArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let WhoisArgs { arn, session_name, access_key_id, ec2_private_dns_name } = args;
    context.no_markdown("whois")?;
    let manifest = inputs::aws_auth("whois", &mut context)?;
    let aws_auth = read(&manifest);
    let mut identity = Identity::from_arn(&arn, session_name.as_deref().unwrap_or_default());
    if let Some(name) = session_name {
        identity.session_name = name;
    }
    identity.access_key_id = access_key_id.unwrap_or_default();
    let dns: Ec2PrivateDnsNames =
        ec2_private_dns_name.map(|name| (identity.session_name.clone(), name)).into_iter().collect();
    let answer = Answer::new(&arn, &identity, &aws_auth, &lookup(&aws_auth, &identity, &dns));
    context.console.data(match context.global.output {
        Format::Text | Format::Markdown => answer.text(&manifest.source.name),
        Format::Json => inputs::json(&answer)?.into(),
    })?;
    Ok(Exit::Done)
}
