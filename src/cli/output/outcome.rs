//! How a run ended, in words.

use std::path::Path;

use eksodus::executor::{Ending, Failure};
use eksodus::findings::Finding;
use eksodus::parity::Permissions;
use eksodus::planner::Phase;
use eksodus::session::{Conclusion, End, MigrationResult, in_one_line, reasons};
use serde::Serialize;

use super::advice;
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use crate::cli::{Context, inputs, next_step};

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

impl<'s> Summary<'s> {
    fn of(of: &'s MigrationResult, ending: Option<&Ending>) -> Self {
        let lost = match &of.end {
            End::Lost(why) => Some(why.clone()),
            _ => None,
        };
        Self {
            result: ending.map_or("failed", result),
            through: of.through,
            applied: of.applied,
            applied_in_all: of.applied_in_all,
            why: ending.map_or_else(|| lost.into_iter().collect(), |ending| why(ending, of)),
            journal: of.journal(),
        }
    }
}

/// What is told of it. `options` name the cluster, and `saved` is the plan that was given, to be typed again.
pub fn conclude(
    context: Context<'_>,
    of: &MigrationResult,
    options: &str,
    saved: Option<&Path>,
) -> Result<Exit, CliError> {
    let exit = of.conclusion.into();
    let ending = match &of.end {
        // told, with what would give it
        End::NotPermitted => return Ok(exit),
        End::NotAccepted { found, accepted } => return not_accepted(context, of, *found, *accepted),
        End::Declined => {
            context.console.note("nothing was done");
            return Ok(exit);
        }
        End::Ended(Ending::Blocked(findings)) if of.run.is_none() => {
            return blocked(context, of.through, findings, of.source.as_deref());
        }
        End::Unsound(findings) => {
            let refused = ("refused", exit);
            return not_begun(context, refused, of.through, findings, of.source.as_deref());
        }
        End::Ended(ending) => Some(ending),
        End::Lost(_) => None,
    };
    let console = context.console;
    let summary = Summary::of(of, ending);
    match ending {
        Some(Ending::Blocked(notices)) => tell_blockers(console, None, notices),
        _ => summary.why.iter().for_each(|why| console.complain(why)),
    }
    console.data(&match context.global.output.is_json() {
        true => inputs::json(&summary)?,
        false => text(&summary),
    })?;
    if of.journal().is_none() {
        console.note("nothing was done");
    }
    if let Some(update) = &of.update {
        console.note(&format!(
            "EKS goes on changing the authentication mode (update {update}): that ends by itself, and is irreversible"
        ));
    }
    if of.journal().is_some() || matches!(exit, Exit::Refused | Exit::Error) {
        let begun = of.conclusion == Conclusion::PartlyApplied;
        let advice = ending.and_then(|ending| advice::of_ending(ending, begun));
        advice.iter().for_each(|advice| console.hint(advice));
        next_step::after_run(&of.next, options, saved).iter().for_each(|next| console.hint(next));
    }
    Ok(exit)
}

/// Permissions are lost or gained, and whoever runs this has not said that they are meant.
fn not_accepted(
    context: Context<'_>,
    of: &MigrationResult,
    found: Permissions,
    accepted: Permissions,
) -> Result<Exit, CliError> {
    let count = |n: usize, what: &str| {
        format!("{n} {} {what}", if n == 1 { "permission is" } else { "permissions are" })
    };
    let said = |found: usize, accepted: usize, what: &str, option: &str| {
        (found != accepted).then(|| match accepted {
            0 => format!("{} and nobody has accepted it", count(found, what)),
            _ => format!("{}, and {option} says {accepted}", count(found, what)),
        })
    };
    let why: Vec<String> = [
        said(found.lost, accepted.lost, "lost", "--accept-lost"),
        said(found.gained, accepted.gained, "gained", "--accept-gained"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let console = context.console;
    why.iter().for_each(|why| console.complain(why));
    console.hint(
        "read who loses and gains what: eksodus show PLAN has each permission with a question that proves it",
    );
    let flags = next_step::accepting(found);
    console.hint(&match flags.as_str() {
        "" => "leave --accept-lost and --accept-gained out: nothing is lost or gained".to_owned(),
        flags => format!("when all of it is meant, add{flags}; or accept each change by its id, under accept-differences in eksodus.yaml"),
    });
    console.note("nothing was done");
    if context.global.output.is_json() {
        let summary = Summary {
            result: "refused",
            through: of.through,
            applied: 0,
            applied_in_all: 0,
            why,
            journal: None,
        };
        console.data(&inputs::json(&summary)?)?;
    }
    Ok(Exit::Refused)
}

/// Findings that need a decision, before anything was begun. `source`: the file that the plan was made of.
pub fn blocked(
    context: Context<'_>,
    through: Phase,
    findings: &[Finding],
    source: Option<&str>,
) -> Result<Exit, CliError> {
    not_begun(context, ("blocked", Exit::Blocked), through, findings, source)
}

fn not_begun(
    context: Context<'_>,
    (result, exit): (&'static str, Exit),
    through: Phase,
    findings: &[Finding],
    source: Option<&str>,
) -> Result<Exit, CliError> {
    tell_blockers(context.console, source, findings);
    context.console.note("nothing was done");
    if context.global.output.is_json() {
        let why = findings.iter().map(|it| format!("{}: {}", it.subject, it.words().message())).collect();
        let summary = Summary { result, through, applied: 0, applied_in_all: 0, why, journal: None };
        context.console.data(&inputs::json(&summary)?)?;
    }
    Ok(exit)
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

/// With the place of a journal that is of no use.
fn why(ending: &Ending, of: &MigrationResult) -> Vec<String> {
    match (ending, &of.run) {
        (Ending::Failed(failure @ (Failure::Journal(_) | Failure::JournalAgainstPlan { .. })), Some(run)) => {
            vec![format!("{}: {}", run.journal, in_one_line(failure))]
        }
        _ => reasons(ending),
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
