use std::thread::available_parallelism;

use clap::Args;
use eksodus::executor::Ending;
use eksodus::planner::{Phase, Plan};
use eksodus::render::{Page, verdict};
use eksodus::session::{
    AllFaults, AllTried, Interruption, PreparedRehearsal, Rehearsal, Score, Story, Talk as _,
};
use eksodus::simulator::Fault;

use crate::cli::args::phase;
use crate::cli::next_step::{self, NextStep};
use crate::cli::output::{CliError, Exit, Terminal, all_faults, outcome, rehearsal, stop, struck};
use crate::cli::{Context, inputs};

/// Of all interruptions at most so many are tried: some ten seconds of two cores for a cluster of a hundred mappings.
const MOST: usize = 20_000;

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// Inject a fault (repeatable); one that strikes nothing is an error
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Try every fault at every call, each resumed and rolled back, and print a score
    #[arg(long, conflicts_with_all = ["fault", "rollback"])]
    all_faults: bool,
    /// With --all-faults: how many interruptions to try at most; of more, a sample that is the same in each run
    #[arg(long, value_name = "N", requires = "all_faults", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// Roll back at the end, even after a failure, and compare with the starting state
    #[arg(long)]
    rollback: bool,
    /// Stop after this phase [default: api-mode, or prune with --rollback]
    #[arg(long, value_parser = phase(), value_name = "PHASE")]
    through: Option<Phase>,
}

pub fn run(args: RehearseArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let RehearseArgs { fault, all_faults, sample, rollback, through } = args;
    let named = through;
    let through = match (through, rollback) {
        (Some(Phase::ApiMode), true) => return Err(CliError::NoWayBack),
        (Some(through), _) => through,
        (None, true) => Phase::Prune,
        (None, false) => Phase::ApiMode,
    };
    if context.global.snapshot.is_none() && context.global.cluster.is_none() {
        let instead = "pass --cluster NAME, or --snapshot DIR";
        return Err(CliError::WhichCluster { command: "rehearse", instead });
    }
    let snapshot = inputs::snapshot("rehearse", &mut context)?;
    let global = context.global;
    let decisions = inputs::decisions(&mut context, global.snapshot.as_deref())?;
    let prepared = PreparedRehearsal::of(&snapshot, &decisions)?;
    context.console.seed_redaction(|| prepared.plan.to_json());
    if !context.global.output.is_json() {
        let mut first = Page::default();
        first.line(0, verdict(&prepared.plan).shown());
        context.console.data(first)?;
    }
    match all_faults {
        true => {
            let most = sample.and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST);
            try_all(&prepared, through, named, most, context)
        }
        false => rehearse(&prepared, Rehearsal { faults: fault, undo: rollback, through }, context),
    }
}

fn rehearse(
    prepared: &PreparedRehearsal<'_>,
    rehearsal: Rehearsal,
    context: Context<'_>,
) -> Result<Exit, CliError> {
    let (plan, through) = (&prepared.plan, rehearsal.through);
    let has_faults = !rehearsal.faults.is_empty();
    let mut talk = Terminal::new(context);
    let rehearsed = prepared.rehearse(rehearsal, &mut talk)?;
    let context = talk.context;
    if let Ending::Blocked(findings) = &rehearsed.ending {
        return blocked(context, plan, through, findings);
    }
    let missed: Vec<String> = rehearsed.faults.iter().filter_map(struck::missed).collect();
    let exit = match rehearsed.conclusion.into() {
        // nobody has rehearsed what was asked for
        Exit::Done if !missed.is_empty() => Exit::Error,
        exit => exit,
    };
    let next = match exit == Exit::Done && has_faults {
        true => next_step::to_plan(&context, next_step::FOR_REVIEW),
        false => next_step::to_try_all(&context),
    };
    context.console.data(match context.global.output.is_json() {
        true => Page::from(inputs::json(&rehearsal::Report::of(plan, &rehearsed, &next))?),
        false => rehearsal::text(plan, &rehearsed, &next),
    })?;
    missed.iter().for_each(|why| context.console.complain(why));
    Ok(exit)
}

fn try_all(
    prepared: &PreparedRehearsal<'_>,
    through: Phase,
    named: Option<Phase>,
    most: usize,
    context: Context<'_>,
) -> Result<Exit, CliError> {
    let plan = &prepared.plan;
    let threads = available_parallelism().map_or(1, usize::from);
    let mut talk = Terminal::new(context);
    let interrupted = talk.begin()?;
    let tried = prepared.all_faults(AllFaults { through, threads, most }, &interrupted, &mut talk)?;
    let context = talk.context;
    let score = match tried {
        AllTried::Scored(score) => score,
        AllTried::Interrupted => {
            context.console.complain("interrupted before all were tried");
            return Ok(Exit::Interrupted);
        }
        AllTried::NotDone(Ending::Blocked(findings)) => {
            return blocked(context, plan, through, &findings);
        }
        AllTried::NotDone(ending) => {
            stop::why(&ending).iter().for_each(|why| context.console.complain(why));
            context.console.hint(&format!(
                "the migration stops without any fault, so there is nothing to break: pass --through with an earlier phase, and see {}",
                next_step::to_rehearse(&context, "")
            ));
            return Ok(if matches!(ending, Ending::Refused(_)) { Exit::Refused } else { Exit::Error });
        }
    };
    let again = |it: &Interruption| next_step::to_rehearse(&context, &options_of(it, named));
    let next = next_of(&score, &again).unwrap_or_else(|| next_step::to_plan(&context, next_step::FOR_REVIEW));
    let page = match context.global.output.is_json() {
        true => Page::from(inputs::json(&all_faults::Report::of(plan, &score, &next, &again))?),
        false => all_faults::text(plan, &score, &next, &again),
    };
    context.console.data(page)?;
    Ok(if score.is_good() { Exit::Done } else { Exit::Error })
}

/// The options that play one interruption again.
fn options_of(interruption: &Interruption, named: Option<Phase>) -> String {
    let Interruption { story, through, .. } = interruption;
    let faults: String = interruption.faults().map(|fault| format!(" --fault {fault}")).collect();
    let back = if *story == Story::RollBack { " --rollback" } else { "" };
    // without --through a rollback stops where this one did
    let through = named.map(|_| format!(" --through {through}")).unwrap_or_default();
    format!("{faults}{back}{through}")
}

/// The first that did not come out as it should.
fn next_of(score: &Score, again: &dyn Fn(&Interruption) -> String) -> Option<NextStep> {
    let locked_out = score.lock_outs.iter().map(|(interruption, _)| interruption);
    let first = locked_out.chain(score.short.iter().map(|(interruption, _)| interruption)).next()?;
    let note = "plays the first of these again; changes nothing".to_owned();
    Some(NextStep { command: Some(again(first)), then: None, note })
}

fn blocked(
    context: Context<'_>,
    plan: &Plan,
    through: Phase,
    findings: &[eksodus::findings::Finding],
) -> Result<Exit, CliError> {
    outcome::blocked(context, through, findings, plan.source.as_deref())
}
