use clap::Args;
use eksodus::facts::Facts;
use eksodus::model::{Ec2PrivateDnsNames, IamArn, LoginValues, PrincipalKind};
use eksodus::planner::plan;
use eksodus::reader::{Identity, IdentityRejection};
use eksodus::render::whois::{Answer, Asked};

use crate::cli::output::{CliError, Exit};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct WhoisArgs {
    /// ARN as printed by `aws sts get-caller-identity`; a role's ARN covers all its sessions
    arn: String,
    /// Session name, if the ARN has none
    #[arg(long, value_name = "NAME")]
    session_name: Option<String>,
    /// Value of {{AccessKeyID}}
    #[arg(long, value_name = "ID")]
    access_key_id: Option<String>,
    /// Value of {{EC2PrivateDNSName}}, if the session is named after an instance
    #[arg(long, value_name = "NAME")]
    ec2_private_dns_name: Option<String>,
}

pub fn run(args: WhoisArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let WhoisArgs { arn, session_name, access_key_id, ec2_private_dns_name } = args;
    let identity = Identity::from_arn(&arn, session_name.as_deref().unwrap_or_default());
    if identity.canonical_arn() == Err(IdentityRejection::NotAnArn) {
        return Err(CliError::NotAnArn { text: arn });
    }
    let session = match arn.parse() {
        Ok(IamArn::Principal(role)) if role.kind() == PrincipalKind::Role => session_name,
        Ok(IamArn::AssumedRole { session, .. }) => session_name.or(Some(session)),
        _ => {
            if session_name.is_some() {
                context.console.warn("only roles have sessions: --session-name is not used");
            }
            Some(String::new())
        }
    };
    let dns = ec2_private_dns_name
        .map(|name| Ec2PrivateDnsNames::from([(session.clone().unwrap_or_default(), name)]));
    let values = LoginValues {
        account: &identity.account,
        session_name: session.as_deref(),
        access_key_id: access_key_id.as_deref(),
        dns: dns.as_ref(),
    };

    let observed = inputs::observed("whois", None, &mut context)?;
    let plan = match observed.is_whole {
        true => {
            let folder = context.global.snapshot.as_deref();
            Some(plan(&observed.snapshot, &inputs::decisions(&mut context, folder)?))
        }
        false => None,
    };
    let snapshot = &observed.snapshot;
    let asked = Asked { text: &arn, identity: &identity, values };
    let answer = Answer::new(&asked, &Facts::of(snapshot), plan.as_ref());
    let file = snapshot.aws_auth.as_ref().map_or("aws-auth", |manifest| &manifest.source.name);
    context.console.data(match context.global.output.is_json() {
        false => answer.text(file),
        true => inputs::json(&answer)?.into(),
    })?;
    Ok(Exit::Done)
}
