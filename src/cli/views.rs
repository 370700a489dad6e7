//! What the commands print of the same things.

use std::path::Path;

use eksodus::planner::{Phase, Plan};
use eksodus::render::{Next, View, plan_markdown, plan_text};

use super::Context;
use super::args::Format;
use super::error::CliError;

/// A plan in the format that was asked for. `saved` is the file it is in, if it is in one.
pub fn plan(context: Context<'_>, plan: &Plan, saved: Option<&Path>) -> Result<(), CliError> {
    let view = View { next: next(plan, saved), verbose: context.console.verbose };
    let json = plan.to_json();
    context.console.seed_redaction(&json);
    context.console.data(&match context.global.output {
        Format::Text => plan_text(plan, &view),
        Format::Json => json,
        Format::Markdown => plan_markdown(plan, &view),
    })
}

/// What to do with the plan now; `None` when there is nothing to do.
fn next(plan: &Plan, saved: Option<&Path>) -> Option<Next> {
    if plan.undoes.is_some() {
        let undo = "entries can be made again by applying the plan again".to_owned();
        return Some(Next { command: "the same with --yes".to_owned(), undo });
    }
    let saved = saved.filter(|path| path.as_os_str() != "-");
    let waiting = plan.blockers(Phase::Verify).count();
    if waiting > 0 {
        let undo = "nothing is done before; eksodus plan again then".to_owned();
        return Some(Next { command: "decide what is blocked, in eksodus.yaml".to_owned(), undo });
    }
    if plan.steps.is_empty() {
        return None;
    }
    let Some(saved) = saved else {
        let undo = "saves this plan for review; it changes nothing".to_owned();
        return Some(Next { command: "eksodus plan … --out plan.json".to_owned(), undo });
    };
    let irreversible = plan.steps.iter().any(|step| step.phase == Phase::DualMode);
    let flag = if irreversible { " --allow-irreversible" } else { "" };
    let undo = if irreversible {
        "the phase dual-mode cannot be undone; the entries can, with eksodus rollback"
    } else {
        "can be undone with eksodus rollback"
    };
    let command = format!("eksodus apply {}{flag} --simulate DIR", saved.display());
    Some(Next { command, undo: undo.to_owned() })
}
