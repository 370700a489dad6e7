//! What the commands print of the same things.

use std::path::Path;

use eksodus::planner::{Phase, Plan};
use eksodus::render::{Next, View, plan_markdown, plan_text};

use super::error::CliError;
use crate::cli::args::{Format, shell_word};
use crate::cli::{Context, next_step};

/// A plan in the format that was asked for.
pub fn plan(context: Context<'_>, plan: &Plan, next: Option<Next>) -> Result<(), CliError> {
    let view = View { next, verbose: context.console.verbose };
    let json = plan.to_json();
    context.console.seed_redaction(&json);
    context.console.data(match context.global.output {
        Format::Text => plan_text(plan, &view),
        Format::Json => json.into(),
        Format::Markdown => plan_markdown(plan, &view).into(),
    })
}

/// What to do with a plan now; `None` when there is nothing to do. `saved` is the file it is in, if it is in one.
pub fn next(context: &Context<'_>, plan: &Plan, saved: Option<&Path>) -> Option<Next> {
    let given = given(context);
    let next = |what: String, note: &str| Some(Next { what, note: note.to_owned() });
    let first = plan.steps.iter().map(|step| step.phase).min();
    if plan.blockers(first.unwrap_or(Phase::Verify).max(Phase::Verify)).next().is_some() {
        return next("decide what is blocked".to_owned(), "in eksodus.yaml; then plan again");
    }
    if plan.steps.is_empty() {
        return None;
    }
    if plan.cluster.is_none() {
        let what = format!("eksodus plan --snapshot DIR --out plan.json{given}");
        return next(what, "a plan of aws-auth alone cannot be applied");
    }
    let live = context.global.cluster_options();
    match (saved.filter(|path| path.as_os_str() != "-"), &context.global.snapshot) {
        (Some(saved), _) => {
            let reaching = next_step::reaching(plan);
            let saved = shell_word(&saved.display().to_string());
            next(
                format!("eksodus apply {saved} {}{reaching}", on_cluster(&live, context, plan)),
                match first {
                    Some(Phase::ApiMode) => next_step::note(Phase::ApiMode),
                    Some(Phase::DualMode) => {
                        "the phase dual-mode is irreversible; the entries can be undone with eksodus rollback"
                    }
                    _ => "can be undone with eksodus rollback",
                },
            )
        }
        (None, None) if !live.is_empty() => next(
            format!("eksodus plan {live} --out plan.json{given}"),
            "saves it for review; changes nothing",
        ),
        (None, Some(snapshot)) => {
            next(format!("eksodus rehearse --snapshot {}{given}", snapshot.display()), "changes nothing")
        }
        (None, None) => {
            next(format!("eksodus plan --snapshot DIR --out plan.json{given}"), "saves it for review")
        }
    }
}

/// The options that name the cluster of a plan: as they were given, else the simulated one that its folder is, else as
/// its snapshot knows it.
fn on_cluster(given: &str, context: &Context<'_>, plan: &Plan) -> String {
    let folder = context.global.snapshot.as_deref();
    let simulated = folder.filter(|folder| folder.join("runs").is_dir() || cfg!(not(feature = "live")));
    match (&plan.cluster, simulated) {
        _ if !given.is_empty() => given.to_owned(),
        (_, Some(folder)) => format!("--simulate {}", shell_word(&folder.display().to_string())),
        (Some(id), None) if cfg!(feature = "live") => format!("--cluster {} --region {}", id.name, id.region),
        _ => "--simulate DIR".to_owned(),
    }
}

/// The options that must be given again for the same plan.
fn given(context: &Context<'_>) -> String {
    let config = context.global.config.as_deref().or(context.host.config.as_deref());
    let options = [("aws-auth", context.global.aws_auth.as_deref()), ("config", config)];
    let given = options.iter().filter_map(|(name, path)| Some(format!(" --{name} {}", (*path)?.display())));
    given.collect()
}
