//! How a run ended, in words and in an exit code.

use std::path::{Path, PathBuf};

use eksodus::executor::{Ending, Failure, Finished, Pruning};
use eksodus::findings::Finding;
use eksodus::planner::{Phase, Plan};
use serde::Serialize;

use super::advice;
use super::console::Console;
use super::error::{CliError, in_one_line};
use super::exit::Exit;
use crate::cli::args::{Format, shell_word};
use crate::cli::runs::{Allowed, Run};
use crate::cli::{Context, inputs};

/// What was asked for, to be asked for again.
pub struct Again<'a> {
    pub plan: Option<&'a Path>,
    /// The options that name the cluster.
    pub cluster: &'a str,
    pub allowed: Allowed,
}

/// A run in numbers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'s> {
    /// `done`, `unsafe` (done, and then not safe any more), `blocked`, `refused`, `failed` or `interrupted`.
    result: &'static str,
    through: Phase,
    /// Calls of this run that took effect.
    applied: usize,
    applied_in_all: usize,
    why: Vec<String>,
    journal: Option<&'s str>,
}

pub fn conclude(
    context: Context<'_>,
    run: &Run,
    finished: &Finished,
    again: &Again<'_>,
) -> Result<Exit, CliError> {
    let Finished { ending, applied, applied_in_all } = finished;
    let in_doubt = run.journalled().has_open();
    let exit = match exit(ending, [*applied, *applied_in_all], in_doubt) {
        Exit::Interrupted if run.lost.is_none() => Exit::Interrupted,
        Exit::Interrupted if *applied_in_all == 0 && !in_doubt => Exit::Refused,
        Exit::Interrupted => Exit::PartlyApplied,
        exit => exit,
    };
    let left = !run.is_gone;
    let journal = run.kept.journal_place();
    let summary = Summary {
        result: if run.lost.is_some() { "failed" } else { result(ending) },
        through: again.allowed.through,
        applied: *applied,
        applied_in_all: *applied_in_all,
        why: run.lost.clone().map_or_else(|| why_of(ending, &journal), |lost| vec![lost]),
        journal: left.then_some(journal.as_str()),
    };
    match ending {
        Ending::Blocked(notices) => tell_blockers(context.console, None, notices),
        _ => summary.why.iter().for_each(|why| context.console.complain(why)),
    }
    match context.global.output {
        Format::Json => context.console.data(&inputs::json(&summary)?)?,
        Format::Text | Format::Markdown => context.console.data(text(&summary))?,
    }
    if !left {
        context.console.note("nothing was done");
    }
    if let Some(update) = run.journalled().update() {
        context.console.note(&format!(
            "EKS goes on changing the authentication mode (update {update}): that ends by itself, and is irreversible"
        ));
    }
    let saved = PathBuf::from(run.kept.plan_place());
    let plan = again.plan.filter(|path| path.as_os_str() != "-").unwrap_or(&saved);
    if left || matches!(exit, Exit::Refused | Exit::Error) {
        let is_something = *applied_in_all > 0 || in_doubt;
        hints(context.console, ending, exit, again, plan, is_something);
    }
    Ok(exit)
}

/// Decided before anything was begun.
pub fn blocked(context: Context<'_>, plan: &Plan, through: Phase) -> Result<Exit, CliError> {
    let notices: Vec<Finding> = plan.blockers(through).cloned().collect();
    tell_blockers(context.console, plan.source.as_deref(), &notices);
    context.console.note("nothing was done");
    let ending = Ending::Blocked(notices);
    let (result, why) = (result(&ending), why(&ending));
    if context.global.output == Format::Json {
        let summary = Summary { result, through, applied: 0, applied_in_all: 0, why, journal: None };
        context.console.data(&inputs::json(&summary)?)?;
    }
    Ok(Exit::Blocked)
}

/// The plan is none that the planner makes: nothing is looked at, and nothing was begun.
pub fn unsound(
    context: Context<'_>,
    plan: &Plan,
    found: &[Finding],
    through: Phase,
) -> Result<Exit, CliError> {
    tell_blockers(context.console, plan.source.as_deref(), found);
    context.console.note("nothing was done");
    if context.global.output == Format::Json {
        let why = found.iter().map(|it| format!("{}: {}", it.subject, it.words().message())).collect();
        let summary =
            Summary { result: "refused", through, applied: 0, applied_in_all: 0, why, journal: None };
        context.console.data(&inputs::json(&summary)?)?;
    }
    Ok(Exit::Refused)
}

/// The first few, each with its options; a plan shows them all.
fn tell_blockers(console: &mut Console, source: Option<&str>, notices: &[Finding]) {
    const SHOWN: usize = 10;
    for notice in notices.iter().take(SHOWN) {
        let source = source.unwrap_or("aws-auth");
        let place = notice.at.as_ref().map(|at| format!("{source}:{}: ", at.place)).unwrap_or_default();
        let words = notice.words();
        console.complain(&format!("{place}{}: {} [{}]", notice.subject, words.message(), notice.rule));
        words.help.iter().for_each(|option| console.hint(option));
    }
    if notices.len() > SHOWN {
        console.note(&format!(
            "and {} more: eksodus plan and eksodus show have them all",
            notices.len() - SHOWN
        ));
    }
}

/// The calls of the run, and of all runs of its journal, that took effect. `in_doubt`: another one may have, and nobody looked.
pub fn exit(ending: &Ending, [applied, applied_in_all]: [usize; 2], in_doubt: bool) -> Exit {
    match ending {
        Ending::Done => Exit::Done,
        Ending::Blocked(_) => Exit::Blocked,
        // 5 promises that this run did nothing
        Ending::Refused(_) if applied == 0 => Exit::Refused,
        Ending::Refused(_) => Exit::PartlyApplied,
        // somebody else was faster than the first call
        Ending::Failed(Failure::Overtaken(_)) if applied == 0 && !in_doubt => Exit::Refused,
        Ending::Interrupted => Exit::Interrupted,
        // what is there is not what the plan expects, as it would have been before the call
        Ending::Failed(Failure::Overtaken(_)) if applied_in_all == 0 && !in_doubt => Exit::Refused,
        Ending::Failed(_) if applied_in_all == 0 && !in_doubt => Exit::Error,
        Ending::Failed(_) => Exit::PartlyApplied,
    }
}

pub fn result(ending: &Ending) -> &'static str {
    match ending {
        Ending::Done => "done",
        Ending::Blocked(_) => "blocked",
        Ending::Refused(_) => "refused",
        Ending::Failed(Failure::Unsafe { .. }) => "unsafe",
        Ending::Failed(_) => "failed",
        Ending::Interrupted => "interrupted",
    }
}

/// The same, with the place of a journal that is of no use.
fn why_of(ending: &Ending, journal: &str) -> Vec<String> {
    match ending {
        Ending::Failed(failure @ (Failure::Journal(_) | Failure::JournalAgainstPlan { .. })) => {
            vec![format!("{journal}: {}", in_one_line(failure))]
        }
        _ => why(ending),
    }
}

pub fn why(ending: &Ending) -> Vec<String> {
    match ending {
        Ending::Done => Vec::new(),
        Ending::Blocked(notices) => {
            notices.iter().map(|notice| format!("{}: {}", notice.subject, notice.words().message())).collect()
        }
        Ending::Refused(refusals) => refusals.iter().map(ToString::to_string).collect(),
        Ending::Failed(Failure::Verify { after: _, differences }) => {
            differences.iter().map(ToString::to_string).collect()
        }
        Ending::Failed(Failure::Unsafe { after: _, refusals }) => {
            refusals.iter().map(ToString::to_string).collect()
        }
        Ending::Failed(failure) => vec![in_one_line(failure)],
        Ending::Interrupted => vec!["interrupted between two calls".to_owned()],
    }
}

fn text(summary: &Summary<'_>) -> String {
    let Summary { result, through, applied, applied_in_all, why, journal } = summary;
    let mut text = match *result {
        "done" => format!("done through {through}: {}", calls(*applied)),
        "unsafe" => format!(
            "unsafe: {} to put right now, which came up while it was done; {} took effect",
            if why.len() == 1 { "1 thing".to_owned() } else { format!("{} things", why.len()) },
            calls(*applied)
        ),
        other => format!("{other}: {} took effect", calls(*applied)),
    };
    if applied_in_all != applied {
        text.push_str(&format!(", {applied_in_all} with the runs before"));
    }
    if let Some(journal) = journal {
        text.push_str(&format!("\njournal {journal}"));
    }
    text.push('\n');
    text
}

pub fn calls(n: usize) -> String {
    format!("{n} {}", if n == 1 { "call" } else { "calls" })
}

/// What to do now. `is_something`: a call took effect, or may have.
fn hints(
    console: &mut Console,
    ending: &Ending,
    exit: Exit,
    again: &Again<'_>,
    plan: &Path,
    is_something: bool,
) {
    let cluster = again.cluster;
    match ending {
        Ending::Refused(refusals) => advice::of_refusals(refusals, exit == Exit::PartlyApplied)
            .into_iter()
            .for_each(|it| console.hint(it)),
        Ending::Failed(failure) => advice::of_failure(failure).into_iter().for_each(|it| console.hint(it)),
        Ending::Done | Ending::Blocked(_) | Ending::Interrupted => {}
    }
    let allow = if again.allowed.irreversible { " --allow-irreversible" } else { "" };
    let prune = if again.allowed.pruning == Pruning::None { " --prune none" } else { "" };
    match exit {
        Exit::PartlyApplied | Exit::Interrupted => {
            let (plan, through) = (shell_word(&plan.display().to_string()), again.allowed.through);
            if !advice::is_over(ending) {
                console.hint(&format!(
                    "resume with eksodus apply {plan} {cluster} --resume --through {through}{allow}{prune}"
                ));
            }
            if is_something {
                console.hint(&format!("or undo it with eksodus rollback {cluster}"));
            }
        }
        Exit::Done | Exit::Error | Exit::Usage | Exit::Pending | Exit::Blocked | Exit::Refused => {}
    }
}
