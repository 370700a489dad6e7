//! A plan, as several commands print it.

use eksodus::planner::Plan;
use eksodus::render::{Next, View, plan_html, plan_markdown, plan_text};

use super::error::CliError;
use crate::cli::Context;
use crate::cli::args::Format;

/// In the format that was asked for.
pub fn plan(context: Context<'_>, plan: &Plan, next: Option<Next>) -> Result<(), CliError> {
    let view = View { next, verbose: context.console.verbose, full: context.global.full };
    context.console.seed_redaction(|| plan.to_json());
    context.console.data(match context.global.output {
        Format::Text => plan_text(plan, &view),
        Format::Json => plan.to_json().into(),
        Format::Markdown => plan_markdown(plan, &view).into(),
        Format::Html => plan_html(plan, &view).into(),
    })
}
