use std::path::PathBuf;

use clap::Args;
use eksodus::access::Sides;
use eksodus::access::assertions::{Assertions, Ground, Recording};
use eksodus::facts::Facts;
use eksodus::planner::plan;
use eksodus::rbac::Rbac;
use eksodus::render::{assertions, assertions_verdict};

use crate::cli::args::Global;
use crate::cli::output::{CliError, Exit, outcome};
use crate::cli::saving::{Place, Saved};
use crate::cli::{Context, inputs, next_step};

#[derive(Debug, Args)]
pub struct AssertArgs {
    /// Assertions file (- is standard input)
    #[arg(required_unless_present = "record", conflicts_with = "record")]
    file: Option<PathBuf>,
    /// Roles and bindings as kubectl prints them, alone or instead of the snapshot's
    #[arg(long, value_name = "FILE")]
    rbac: Option<PathBuf>,
    /// Write an assertions file of what holds today, as a starting point
    #[arg(long)]
    record: bool,
    /// Save the recorded assertions to this file
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    out: Option<PathBuf>,
}

pub fn run(args: AssertArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let global = context.global;
    let place = args.out.as_deref().map(|out| Saved::Assertions.place(out, global.snapshot.as_deref()));
    let place = place.transpose()?;
    let asked = match &args.file {
        Some(file) => Some(inputs::assertions(file)?),
        None => None,
    };
    let rbac = match &args.rbac {
        Some(file) => Some(inputs::rbac(file, context.console)?),
        None => None,
    };
    match (rbac, has_cluster(global)) {
        (Some(rbac), false) => with(asked, &Ground::from(&rbac), place.as_ref(), context),
        (None, false) => Err(CliError::WhichCluster {
            command: "assert",
            instead: "pass --rbac FILE, --snapshot DIR or --cluster NAME",
        }),
        (rbac, true) => of_cluster(asked, rbac, place.as_ref(), &mut context),
    }
}

fn has_cluster(global: &Global) -> bool {
    global.cluster.is_some() || global.snapshot.is_some() || global.aws_auth.is_some()
}

fn of_cluster(
    asked: Option<Assertions>,
    rbac: Option<Rbac>,
    place: Option<&Place<'_>>,
    context: &mut Context<'_>,
) -> Result<Exit, CliError> {
    let mut snapshot = inputs::snapshot("assert", context)?;
    if rbac.is_some() {
        snapshot.rbac = rbac;
    }
    let decisions = inputs::decisions(context, context.global.snapshot.as_deref())?;
    let plan = plan(&snapshot, &decisions);
    let facts = Facts::of(&snapshot);
    let both = plan.before_after(&facts);
    let sides = Sides::of(&facts, &plan, &both);
    context.console.seed_redaction(|| plan.to_json());
    with(asked, &Ground::from(&sides), place, context.reborrow())
}

fn with(
    asked: Option<Assertions>,
    ground: &Ground<'_>,
    place: Option<&Place<'_>>,
    context: Context<'_>,
) -> Result<Exit, CliError> {
    let Some(asked) = asked else { return record(&ground.record(), place, context) };
    let report = ground.check(&asked).map_err(CliError::Assertions)?;
    let verbose = context.console.verbose;
    context.console.data(match context.global.output.is_json() {
        false => {
            let failed = report.failed().next().is_some();
            let note = if failed { "shows who loses and gains what" } else { next_step::FOR_REVIEW };
            // roles and bindings alone are no cluster
            let next = has_cluster(context.global).then(|| next_step::to_plan(&context, note));
            let body = assertions(&report, &asked.name, verbose);
            outcome::around(&assertions_verdict(&report, &asked.name), body, next.as_ref())
        }
        true => inputs::json(&report)?.into(),
    })?;
    Ok(if report.failed().next().is_some() { Exit::Pending } else { Exit::Done })
}

fn record(recording: &Recording, place: Option<&Place<'_>>, context: Context<'_>) -> Result<Exit, CliError> {
    if recording.is_empty() {
        return Err(CliError::NothingToRecord);
    }
    let text = match context.global.output.is_json() {
        false => recording.yaml(),
        true => inputs::json(recording)?,
    };
    match place {
        Some(place) => place.save(&text, context.console)?,
        None => context.console.data(text)?,
    }
    Ok(Exit::Done)
}
