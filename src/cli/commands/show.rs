use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::audit_log::is_stdin;
use crate::cli::output::{CliError, Exit, show};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::{Context, inputs, next_step};

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Plans saved by plan --out (- is standard input); several make a table, and in Markdown one comment
    #[arg(required = true, value_name = "PLAN")]
    plans: Vec<PathBuf>,
    /// Show only the plan with this digest
    #[arg(long, value_name = "DIGEST")]
    plan_digest: Option<PlanDigest>,
}

pub fn run(args: ShowArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let ShowArgs { plans: paths, plan_digest } = args;
    if paths.iter().filter(|path| is_stdin(path)).count() > 1 {
        return Err(CliError::StdinTwice);
    }
    if let [path] = paths.as_slice() {
        let plan = PlanDigest::pinned(plan_digest.as_ref(), inputs::plan_file(path)?)?;
        let next = next_step::of_plan(&context, &plan, Some(path));
        show::plan(context, &plan, next)?;
        return Ok(Exit::Done);
    }
    if plan_digest.is_some() {
        return Err(CliError::DigestOfSeveral);
    }
    let plans = paths.iter().map(|path| Ok((path, inputs::plan_file(path)?)));
    let plans = plans.collect::<Result<Vec<_>, CliError>>()?;
    let plans = plans
        .into_iter()
        .map(|(path, plan)| {
            let next = next_step::of_plan(&context, &plan, Some(path));
            let path: &Path = path;
            (path, plan, next)
        })
        .collect();
    show::plans(context, plans)?;
    Ok(Exit::Done)
}
