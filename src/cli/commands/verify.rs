use std::path::PathBuf;

use clap::Args;
use eksodus::executor::verify;
use eksodus::model::AuthenticationMode;
use eksodus::planner::Phase;
use serde::Serialize;

use crate::cli::args::{Format, PhaseArg};
use crate::cli::cluster::Cluster;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::inputs::Where;
#[cfg(feature = "live")]
use crate::cli::live::Live;
use crate::cli::simulated::Simulated;
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Saved by plan --out; - is standard input
    plan: PathBuf,
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// The last phase that was done; api-mode when the cluster is in it already
    #[arg(long, value_enum, value_name = "PHASE")]
    through: Option<PhaseArg>,
}

#[derive(Debug, Serialize)]
struct Verdict {
    equal: bool,
    through: Phase,
    differences: Vec<String>,
}

pub fn run(args: VerifyArgs, context: Context<'_>) -> Result<Exit, CliError> {
    context.no_markdown("verify")?;
    match inputs::place("verify", args.simulate.as_deref(), context.global)? {
        Where::Simulated(folder) => {
            let cluster = Simulated::open(folder, &[])?;
            on(&args, context, &cluster)
        }
        #[cfg(feature = "live")]
        Where::Live(name) => {
            let cluster = Live::connect(name, &context)?;
            on(&args, context, &cluster)
        }
    }
}

fn on(args: &VerifyArgs, context: Context<'_>, cluster: &impl Cluster) -> Result<Exit, CliError> {
    let plan = inputs::plan_file(&args.plan)?;
    context.console.seed_redaction(&plan.to_json());
    cluster.is_of(&plan)?;
    let now = cluster.look(context.console)?;
    let is_api = now.cluster.as_ref().is_some_and(|cluster| cluster.mode == AuthenticationMode::Api);
    let through = args.through.map_or(if is_api { Phase::ApiMode } else { Phase::Verify }, Phase::from);
    let differences = verify(&plan, &|phase| phase <= through, &now);
    let verdict = Verdict {
        equal: differences.is_empty(),
        through,
        differences: differences.iter().map(ToString::to_string).collect(),
    };
    context.console.data(&match context.global.output {
        Format::Json => inputs::json(&verdict)?,
        _ if verdict.equal => format!("the cluster is as the plan wants it through {through}\n"),
        _ => verdict
            .differences
            .iter()
            .map(|each| format!("{}\n", eksodus::render::escape::terminal(each)))
            .collect(),
    })?;
    Ok(if verdict.equal { Exit::Done } else { Exit::Pending })
}
