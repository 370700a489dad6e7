use clap::Args;
use eksodus::access::{Request, Sides, read_request};
use eksodus::facts::Facts;
use eksodus::planner::plan;
use eksodus::render::Page;
use eksodus::render::access::{Dangers, WhoMay};

use crate::cli::output::{CliError, Exit};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct WhoCanArgs {
    /// Verb, such as get, create or impersonate
    #[arg(required_unless_present = "dangerous", requires = "resource")]
    verb: Option<String>,
    /// RESOURCE[.GROUP][/SUBRESOURCE], such as deployments.apps/scale; or a path, such as /metrics
    resource: Option<String>,
    /// Name of the object [default: any]
    name: Option<String>,
    /// Namespace [default: the whole cluster]
    #[arg(long, short, value_name = "NAME")]
    namespace: Option<String>,
    /// All namespaces, as without --namespace
    #[arg(long, short = 'A', conflicts_with = "namespace")]
    all_namespaces: bool,
    /// Show a table of the most dangerous requests instead
    #[arg(long, conflicts_with_all = ["verb", "resource", "name", "namespace", "all_namespaces"])]
    dangerous: bool,
}

pub fn run(args: WhoCanArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let WhoCanArgs { verb, resource, name, namespace, all_namespaces: _, dangerous } = args;
    let request = match dangerous {
        true => None,
        false => {
            let request = Request {
                verb: verb.as_deref().unwrap_or_default(),
                resource: resource.as_deref().unwrap_or_default(),
                subresource: None,
                name: name.as_deref(),
                namespace: namespace.as_deref(),
            };
            Some(read_request(request).map_err(CliError::Request)?)
        }
    };
    let snapshot = inputs::snapshot("who-can", &mut context)?;
    let folder = context.global.snapshot.as_deref();
    let plan = plan(&snapshot, &inputs::decisions(&mut context, folder)?);
    context.console.seed_redaction(|| plan.to_json());
    let facts = Facts::of(&snapshot);
    let both = plan.before_after(&facts);
    let sides = Sides::of(&facts, &plan, &both);

    let (is_json, verbose) = (context.global.output.is_json(), context.console.verbose);
    let page: Page = match request {
        None => {
            let dangers = Dangers::new(&sides);
            if is_json { inputs::json(&dangers)?.into() } else { dangers.text(verbose) }
        }
        Some(request) => {
            let answer = WhoMay::new(&sides, &request);
            if is_json { inputs::json(&answer)?.into() } else { answer.text(verbose) }
        }
    };
    context.console.data(page)?;
    Ok(Exit::Done)
}
