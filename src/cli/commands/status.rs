use std::path::PathBuf;

use clap::Args;
use eksodus::executor::journal::KeptRun;
use eksodus::model::AuthenticationMode;
use eksodus::planner::plan;
use eksodus::render::escape::terminal;
use serde::Serialize;

use crate::cli::args::Format;
use crate::cli::cluster::Cluster;
use crate::cli::error::{CliError, in_one_line};
use crate::cli::exit::Exit;
use crate::cli::inputs::Where;
#[cfg(feature = "live")]
use crate::cli::live::Live;
use crate::cli::simulated::Simulated;
use crate::cli::standing::{NextStep, Standing, Told, next, standings};
use crate::cli::{Context, conclusion, inputs, runs};

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
}

/// Where a migration stands: from the cluster and from the journals.
#[derive(Debug, Serialize)]
struct Status {
    cluster: String,
    mode: AuthenticationMode,
    /// `null`: not observable.
    entries: Option<usize>,
    runs: Vec<RunStatus>,
    /// What a plan made now would still do.
    pending: Vec<String>,
    phases: Vec<Standing>,
    next: NextStep,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RunStatus {
    journal: String,
    /// Why nothing is known of it; `null`: all of what follows is.
    problem: Option<String>,
    plan: Option<String>,
    /// The plan it undoes, when it is a rollback.
    undoes: Option<String>,
    steps_done: usize,
    steps: usize,
    calls_applied: usize,
    /// Rolled back since, to the end.
    undone: bool,
    /// A call may have taken effect, and nobody looked.
    in_doubt: bool,
}

pub fn run(args: StatusArgs, context: Context<'_>) -> Result<Exit, CliError> {
    context.no_markdown("status")?;
    match inputs::place("status", args.simulate.as_deref(), context.global)? {
        Where::Simulated(folder) => {
            let cluster = Simulated::open(folder, &[])?;
            on(context, &cluster)
        }
        #[cfg(feature = "live")]
        Where::Live(name) => {
            let cluster = Live::connect(name, &context)?;
            on(context, &cluster)
        }
    }
}

fn on(mut context: Context<'_>, cluster: &impl Cluster) -> Result<Exit, CliError> {
    let now = cluster.look(context.console)?;
    let plan = plan(&now, &inputs::decisions(&mut context, cluster.folder())?);
    context.console.seed_redaction(&plan.to_json());
    let id = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
    let runs = cluster.runs().list(&id.name)?;
    let (mut told, mut listed) = (Vec::new(), Vec::new());
    for run in runs {
        match tell(run) {
            Ok(run) => {
                listed.push(RunStatus::of(&run));
                told.push(run);
            }
            Err(unknown) => listed.push(*unknown),
        }
    }
    for rollback in told.iter().filter(|run| run.is_done()) {
        let undoes = |run: &&mut RunStatus| run.plan == rollback.plan.undoes && run.plan.is_some();
        listed.iter_mut().filter(undoes).for_each(|run| run.undone = true);
    }
    let status = Status {
        cluster: id.to_string(),
        mode: plan.mode.ok_or(CliError::NoCluster)?,
        entries: now.access_entries.as_ref().map(Vec::len),
        runs: listed,
        pending: plan.steps.iter().map(|step| step.id.clone()).collect(),
        phases: standings(&told, &plan),
        next: next(&told, &plan, cluster),
    };
    context.console.data(&match context.global.output {
        Format::Json => inputs::json(&status)?,
        Format::Text | Format::Markdown => text(&status),
    })?;
    Ok(Exit::Done)
}

/// The run, or what is listed of one that nothing is known of.
fn tell(run: KeptRun) -> Result<Told, Box<RunStatus>> {
    let told = runs::reading(&run)
        .and_then(|reading| reading.map(|it| Ok((runs::plan_of(&run, &it)?, it))).transpose());
    let problem = match told {
        Ok(Some((plan, reading))) => return Ok(Told { run, plan, reading }),
        Ok(None) => format!("{}: the run did not begin", run.place()),
        Err(error) => in_one_line(&error),
    };
    Err(Box::new(RunStatus {
        journal: run.journal_place(),
        problem: Some(problem),
        plan: None,
        undoes: None,
        steps_done: 0,
        steps: 0,
        calls_applied: 0,
        undone: false,
        in_doubt: false,
    }))
}

impl RunStatus {
    fn of(told: &Told) -> Self {
        let Told { run, plan, reading } = told;
        Self {
            journal: run.journal_place(),
            problem: None,
            plan: Some(plan.digest.clone()),
            undoes: plan.undoes.clone(),
            steps_done: plan.steps.iter().filter(|step| reading.progress.is_done(&step.id)).count(),
            steps: plan.steps.len(),
            calls_applied: reading.progress.applied(),
            undone: false,
            in_doubt: told.is_in_doubt(),
        }
    }
}

fn text(status: &Status) -> String {
    let Status { cluster, mode, entries, runs, pending, phases, next } = status;
    let entries = entries.map_or("entries not observable".to_owned(), |n| format!("{n} access entries"));
    let mut lines = vec![format!("{cluster}: mode {mode}, {entries}")];
    for run in runs {
        let RunStatus { journal, problem, plan, undoes, steps_done, steps, calls_applied, undone, in_doubt } =
            run;
        let Some(plan) = plan else {
            lines.extend(problem.clone());
            continue;
        };
        let short = plan.get(..12).unwrap_or(plan);
        let what = if undoes.is_some() { "rollback" } else { "plan" };
        let calls = conclusion::calls(*calls_applied);
        let undone = if *undone { "; undone" } else { "" };
        let doubt = if *in_doubt { "; one call is in doubt" } else { "" };
        lines.push(format!(
            "{what} {short}: {steps_done} of {steps} steps, {calls} took effect{undone}{doubt}; {}",
            journal
        ));
    }
    if !phases.is_empty() {
        lines.extend(Standing::table(phases));
    }
    match pending.len() {
        0 => lines.push("a plan made now has nothing to do".to_owned()),
        1 => lines.push("a plan made now has one step:".to_owned()),
        n => lines.push(format!("a plan made now has {n} steps:")),
    }
    lines.extend(pending.iter().map(|step| format!("  {step}")));
    let NextStep { command, note } = next;
    lines.extend(["NEXT".to_owned(), format!("  {}", command.as_ref().unwrap_or(note))]);
    if command.is_some() {
        lines.push(format!("  {note}"));
    }
    lines.iter().map(|line| format!("{}\n", terminal(line))).collect()
}
