use clap::Args;
use eksodus::access::{Reading, Request, Sides, read_request};
use eksodus::facts::Facts;
use eksodus::findings::RuleId;
use eksodus::model::{IamArn, LoginValues, PrincipalKind};
use eksodus::nearest::nearest;
use eksodus::planner::plan;
use eksodus::reader::{Identity, IdentityRejection};
use eksodus::render::access::{Explanation, Question};
use eksodus::render::rule;
use eksodus::render::whois::{Answer, Asked};

use crate::cli::output::{CliError, Exit};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// ARN as printed by `aws sts get-caller-identity` (a role's ARN covers all its sessions); or the id of a rule, such as needs-path
    #[arg(value_name = "ARN|RULE")]
    arn: String,
    /// Session name, if the ARN has none
    #[arg(long, alias = "session-name", value_name = "NAME")]
    session: Option<String>,
    /// Answer a single request with this verb
    #[arg(long, value_name = "VERB", requires = "asked")]
    verb: Option<String>,
    /// RESOURCE[.GROUP][/SUBRESOURCE], such as deployments.apps/scale
    #[arg(long, value_name = "RESOURCE", group = "asked", requires = "verb")]
    resource: Option<String>,
    /// Subresource, such as exec
    #[arg(long, value_name = "NAME", requires = "resource")]
    subresource: Option<String>,
    /// Name of the object [default: any]
    #[arg(long, value_name = "NAME", requires = "resource")]
    name: Option<String>,
    /// Namespace [default: the whole cluster]
    #[arg(long, short, value_name = "NAME", requires = "resource")]
    namespace: Option<String>,
    /// Path of the API server, such as /metrics, instead of a resource
    #[arg(long, value_name = "PATH", group = "asked", requires = "verb")]
    path: Option<String>,
}

pub fn run(args: ExplainArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    if let Some(id) = RuleId::ALL.iter().find(|id| id.as_str() == args.arn) {
        return rule_page(*id, context);
    }
    let request = request(&args)?;
    let ExplainArgs { arn, session, .. } = args;
    let identity = Identity::from_arn(&arn, session.as_deref().unwrap_or_default());
    if identity.canonical_arn() == Err(IdentityRejection::NotAnArn) {
        let rule = nearest(&arn, RuleId::ALL.iter().map(|id| id.as_str()));
        return Err(CliError::NeitherArnNorRule { text: arn, rule });
    }
    let session = match arn.parse() {
        Ok(IamArn::Principal(role)) if role.kind() == PrincipalKind::Role => session,
        Ok(IamArn::AssumedRole { session: own, .. }) => session.or(Some(own)),
        _ => {
            if session.is_some() {
                context.console.warn("only roles have sessions: --session is not used");
            }
            Some(String::new())
        }
    };

    let snapshot = inputs::snapshot("explain", &mut context)?;
    let folder = context.global.snapshot.as_deref();
    let plan = plan(&snapshot, &inputs::decisions(&mut context, folder)?);
    let facts = Facts::of(&snapshot);
    let both = plan.before_after(&facts);
    let sides = Sides::of(&facts, &plan, &both);
    let values = LoginValues {
        account: &identity.account,
        session_name: session.as_deref(),
        access_key_id: None,
        dns: None,
    };
    let asked = Asked { text: &arn, identity: &identity, values };
    let who = Answer::new(&asked, &facts, Some(&plan));
    let logins = sides.logins_of(&identity, session.as_deref());

    let file = snapshot.aws_auth.as_ref().map_or("aws-auth", |manifest| &manifest.source.name);
    let (is_json, verbose) = (context.global.output.is_json(), context.console.verbose);
    let page = match request {
        None => {
            let explanation = Explanation::new(who, &sides, &logins);
            if is_json { inputs::json(&explanation)?.into() } else { explanation.text(file, verbose) }
        }
        Some(request) => {
            let question = Question::new(who, &sides, &logins, &request);
            if is_json { inputs::json(&question)?.into() } else { question.text(file) }
        }
    };
    context.console.data(page)?;
    Ok(Exit::Done)
}

fn rule_page(id: RuleId, context: Context<'_>) -> Result<Exit, CliError> {
    let view = rule(id);
    context.console.data(match context.global.output.is_json() {
        true => inputs::json(&view)?.into(),
        false => view.page(),
    })?;
    Ok(Exit::Done)
}

fn request(args: &ExplainArgs) -> Result<Option<Reading>, CliError> {
    let Some(verb) = &args.verb else { return Ok(None) };
    if let Some(path) = args.path.as_ref().filter(|path| !path.starts_with('/')) {
        return Err(CliError::NotAPath { text: path.clone() });
    }
    let request = Request {
        verb,
        resource: args.resource.as_ref().or(args.path.as_ref()).map(String::as_str).unwrap_or_default(),
        subresource: args.subresource.as_deref(),
        name: args.name.as_deref(),
        namespace: args.namespace.as_deref(),
    };
    read_request(request).map(Some).map_err(CliError::Request)
}
