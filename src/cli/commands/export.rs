use std::path::PathBuf;

use clap::{Args, ValueEnum};
use eksodus::export::manifests;

use crate::cli::output::{CliError, Exit};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Saved by plan --out; - is standard input
    plan: PathBuf,
    /// The form it is written in
    #[arg(long, value_enum, value_name = "FORM")]
    to: Form,
    /// Refuse any plan but the one with this digest
    #[arg(long, value_name = "DIGEST")]
    plan_digest: Option<PlanDigest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The role bindings that carry rights over, for kubectl apply -f
    Manifests,
}

pub fn run(args: ExportArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let plan = PlanDigest::pinned(args.plan_digest.as_ref(), inputs::plan_file(&args.plan)?)?;
    context.console.seed_redaction(|| plan.to_json());
    let text = match args.to {
        Form::Manifests => manifests(&plan),
    };
    if text.is_empty() {
        context.console.note("the plan makes no role bindings");
    }
    context.console.data(&text)?;
    Ok(Exit::Done)
}
