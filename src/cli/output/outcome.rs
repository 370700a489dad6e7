//! How a run ended, in words.

use eksodus::executor::{Ending, Failure};
use eksodus::findings::Finding;
use eksodus::parity::Permissions;
use eksodus::planner::Phase;
use eksodus::render::{Names, Page, Verdict};
use eksodus::session::{End, MigrationResult, Next, PhaseCount, WhyPlan, in_one_line, reasons};
use serde::Serialize;

use super::conflicts::{self, ConflictSeen};
use super::console::Console;
use super::error::CliError;
use super::exit::Exit;
use super::terminal::Told;
use super::{advice, verdicts};
use crate::cli::next_step::{self, NextStep, Typed};
use crate::cli::{Context, inputs};

/// A run in numbers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary<'s> {
    /// `done`, `unsafe` (done, and then not safe any more), `declined`, `blocked`, `refused`, `failed` or `interrupted`.
    result: &'static str,
    cluster: Option<String>,
    through: Phase,
    /// Steps that are done, by this run and those before it.
    steps_done: usize,
    steps: usize,
    phases: &'s [PhaseCount],
    /// Calls of this run that took effect.
    applied: usize,
    applied_in_all: usize,
    /// Another call may have taken effect, and nobody looked.
    in_doubt: bool,
    why: Vec<String>,
    /// What somebody else has changed.
    conflicts: Vec<ConflictSeen>,
    /// A change of the mode that EKS goes on with by itself.
    update: Option<&'s str>,
    journal: Option<&'s str>,
    next: NextStep,
}

/// What is told of a run, or of why there was none.
pub fn conclude(told: Told<'_>, of: &MigrationResult, typed: &Typed) -> Result<Exit, CliError> {
    let Told { context, names } = told;
    let exit = Exit::from(of.conclusion);
    let console = context.console;
    let mut next = NextStep::of(&of.next, typed);
    let (result, why) = match &of.end {
        // told, with what would give it
        End::NotPermitted => {
            ("refused", vec!["the caller lacks rights, or the cluster is not ready".to_owned()])
        }
        End::NotAccepted { found, accepted } => {
            next = typed.to_accept(*found);
            ("refused", not_accepted(console, *found, *accepted))
        }
        End::Declined => ("declined", Vec::new()),
        End::Unsound(findings) => ("refused", blockers(console, &names, of, findings)),
        End::Ended(Ending::Blocked(findings)) => ("blocked", blockers(console, &names, of, findings)),
        End::Ended(ending) => (result(ending), ended(console, &names, of, ending)),
        End::Lost(why) => {
            console.complain(why);
            ("failed", vec![why.clone()])
        }
    };
    if let Next::Plan { why: WhyPlan::CannotResume(_), .. } = &of.next {
        // why it cannot is told already
        next.note = "the run cannot be resumed after that: make a new plan".to_owned();
    }
    let json = context.global.output.is_json();
    if !json {
        console.data(page(of, &names, &next))?;
        return Ok(exit);
    }
    let summary = Summary {
        result,
        cluster: of.cluster.as_ref().map(ToString::to_string),
        through: of.through,
        steps_done: of.steps[0],
        steps: of.steps[1],
        phases: &of.phases,
        applied: of.applied,
        applied_in_all: of.applied_in_all,
        in_doubt: of.in_doubt,
        why,
        conflicts: of.conflicts.iter().map(ConflictSeen::of).collect(),
        update: of.update.as_deref(),
        journal: of.journal(),
        next,
    };
    console.data(&inputs::json(&summary)?)?;
    Ok(exit)
}

/// The verdict, and below it what adds up to it.
fn page(of: &MigrationResult, names: &Names, next: &NextStep) -> Page {
    let mut body = Page::default();
    let is_begun = of.run.as_ref().is_some_and(|run| !run.is_gone);
    if is_begun {
        phases(&mut body, &of.phases, names);
    }
    if let Some(journal) = of.journal() {
        body.verbatim(1, format!("journal {journal}"));
    }
    body.append(next.page());
    verdicts::of_run(of).around(body)
}

/// Each phase with its steps, which are the sum of what was made and what existed already.
fn phases(page: &mut Page, phases: &[PhaseCount], names: &Names) {
    for PhaseCount { phase, steps, done, changes, existing, in_doubt } in phases {
        let mut said = vec![format!("{done} of {} done", verdicts::count(*steps, "step", "steps"))];
        said.extend((*changes > 0).then(|| verdicts::count(*changes, "change", "changes")));
        said.extend(in_doubt.then(|| "the outcome of a call is unknown".to_owned()));
        if !existing.is_empty() {
            let which: Vec<String> = existing.iter().map(|id| names.step(id)).collect();
            said.push(format!("{} already existed: {}", existing.len(), which.join(", ")));
        }
        page.line(1, format!("{:<10} {}", phase.as_str(), said.join("; ")));
    }
}

/// Why it ended so, with what to do about it, unless it is what is said to be next.
fn ended(console: &mut Console, names: &Names, of: &MigrationResult, ending: &Ending) -> Vec<String> {
    let why = why(ending, of);
    // the verdict says it
    if !matches!(ending, Ending::Interrupted) {
        advice::grouped(ending, &why).iter().for_each(|why| console.complain(&names.prose(why)));
    }
    conflicts::tell(console, names, &of.conflicts);
    let is_begun = of.applied > 0;
    let plans_anew = matches!(of.next, Next::Plan { .. });
    let advice = advice::of_ending(ending, is_begun).filter(|it| *it != advice::NEW_PLAN || !plans_anew);
    advice.iter().for_each(|advice| console.hint(advice));
    why
}

/// Permissions are lost or gained, and whoever runs this has not said that they are meant.
fn not_accepted(console: &mut Console, found: Permissions, accepted: Permissions) -> Vec<String> {
    let count = |n: usize, what: &str| {
        format!("{n} {} {what}", if n == 1 { "permission is" } else { "permissions are" })
    };
    let said = |found: usize, accepted: usize, what: &str, option: &str| {
        (found != accepted).then(|| match (found, accepted) {
            (0, _) => format!(
                "no permission is {what} that eksodus.yaml has not accepted already, and {option} says {accepted}"
            ),
            (_, 0) => format!("{} and nobody has accepted it", count(found, what)),
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
    why.iter().for_each(|why| console.complain(why));
    let flags = next_step::accepting(found);
    console.hint(&match flags.as_str() {
        "" => "leave --accept-lost and --accept-gained out: there is nothing left to accept".to_owned(),
        flags => format!("when all of it is meant, accept each change by its id, under accept-differences in eksodus.yaml, or add{flags}"),
    });
    why
}

fn blockers(console: &mut Console, names: &Names, of: &MigrationResult, findings: &[Finding]) -> Vec<String> {
    tell_blockers(console, names, of.source.as_deref(), findings);
    findings.iter().map(|it| format!("{}: {}", it.subject, it.words().message())).collect()
}

/// Findings of a rehearsal that need a decision, before anything was begun. `source`: the file that the plan was made of.
pub fn blocked(
    context: Context<'_>,
    through: Phase,
    findings: &[Finding],
    source: Option<&str>,
) -> Result<Exit, CliError> {
    tell_blockers(context.console, &Names::default(), source, findings);
    context.console.note("nothing was done");
    if context.global.output.is_json() {
        let why: Vec<String> =
            findings.iter().map(|it| format!("{}: {}", it.subject, it.words().message())).collect();
        let summary = serde_json::json!({"result": "blocked", "through": through, "applied": 0, "why": why});
        context.console.data(&inputs::json(&summary)?)?;
    }
    Ok(Exit::Blocked)
}

/// The first few, each with its options; a plan shows them all.
fn tell_blockers(console: &mut Console, names: &Names, source: Option<&str>, notices: &[Finding]) {
    const SHOWN: usize = 10;
    for notice in notices.iter().take(SHOWN) {
        let source = source.unwrap_or("aws-auth");
        let place = notice.at.as_ref().map(|at| format!("{source}:{}: ", at.place)).unwrap_or_default();
        let words = notice.words();
        let subject = names.prose(&notice.subject);
        let message = names.prose(&words.message());
        console.complain(&format!("{place}{subject}: {message} [{}]", notice.rule));
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

/// An answer that ends with what to do next.
pub fn around(verdict: &Verdict, mut body: Page, next: Option<&NextStep>) -> Page {
    next.into_iter().for_each(|next| body.append(next.page()));
    verdict.around(body)
}
