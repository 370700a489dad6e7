//! A plan, as several commands print it.

use std::path::Path;

use eksodus::planner::Plan;
use eksodus::render::annotations::Annotation;
use eksodus::render::{Next, View, plan_html, plan_markdown, plan_text, plans_markdown, plans_text, verdict};

use super::annotate;
use super::error::CliError;
use crate::cli::args::Format;
use crate::cli::{Context, next_step};

/// In the format that was asked for.
pub fn plan(mut context: Context<'_>, plan: &Plan, next: Option<Next>) -> Result<(), CliError> {
    let view = View { next, verbose: context.console.verbose, full: context.global.full };
    context.console.seed_redaction(|| plan.to_json());
    context.console.data(match context.global.output {
        Format::Text => plan_text(plan, &view),
        Format::Json => plan.to_json().into(),
        Format::Markdown => plan_markdown(plan, &view).into(),
        Format::Html => plan_html(plan, &view).into(),
        Format::Sarif | Format::Github => return annotated(&mut context, plan),
    })
}

/// What it finds, at the mappings of its `aws-auth`.
fn annotated(context: &mut Context<'_>, plan: &Plan) -> Result<(), CliError> {
    let source = plan.source.as_deref().unwrap_or("aws-auth");
    let about = plan.cluster.as_ref().map_or(source.to_owned(), ToString::to_string);
    let file = plan.source.as_deref().and_then(|source| annotate::file(context, source));
    let annotations = annotate::weighty(Annotation::of_plan(plan, file.as_deref()), context);
    annotate::print(context, "plan", &about, annotations, Some(verdict(plan)))
}

/// Several, each with its file and what to do next with it.
pub fn plans(context: Context<'_>, plans: Vec<(&Path, Plan, Option<Next>)>) -> Result<(), CliError> {
    context.only("show of several plans", &[Format::Text, Format::Json, Format::Markdown])?;
    let (verbose, full) = (context.console.verbose, context.global.full);
    let json = |plans: &[(&Plan, &View)]| {
        let each: Vec<String> = plans.iter().map(|(plan, _)| plan.to_json()).collect();
        let each: Vec<&str> = each.iter().map(|json| json.trim_end()).collect();
        format!("[\n{}\n]\n", each.join(",\n"))
    };
    let most_pressing = next_step::of_plans(plans.iter().map(|(path, plan, _)| (*path, plan)));
    let plans: Vec<(Plan, View)> =
        plans.into_iter().map(|(_, plan, next)| (plan, View { next, verbose, full })).collect();
    let views: Vec<(&Plan, &View)> = plans.iter().map(|(plan, view)| (plan, view)).collect();
    context.console.seed_redaction(|| json(&views));
    context.console.data(match context.global.output {
        Format::Json => json(&views).into(),
        Format::Markdown => plans_markdown(&views).into(),
        Format::Text | Format::Html | Format::Sarif | Format::Github => {
            plans_text(&views, most_pressing.as_ref())
        }
    })
}
