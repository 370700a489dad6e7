use std::path::{Path, PathBuf};

use clap::Args;
use eksodus::findings::Finding;
use eksodus::lint::{Located, lint, lint_plan, lint_planned};
use eksodus::model::{AuthenticationMode, ConfigMap};
use eksodus::planner::{Plan, plan};
use eksodus::reader::{AwsAuth, Manifest, read};
use eksodus::render::annotations::Annotation;
use eksodus::render::{findings, findings_of_plan};
use eksodus::snapshot::Snapshot;

use crate::cli::args::{Evidence, Format};
use crate::cli::audit_log::is_stdin;
use crate::cli::output::{CliError, Exit, annotate, outcome};
use crate::cli::{Context, audit_log, inputs, next_step};

#[derive(Debug, Args)]
pub struct LintArgs {
    /// An aws-auth file (- is standard input), or a saved plan
    #[arg(conflicts_with = "aws_auth")]
    file: Option<PathBuf>,
    #[command(flatten)]
    evidence: Evidence,
}

pub fn run(args: LintArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    if args.evidence.audit_log.as_deref().is_some_and(is_stdin) && args.file.as_deref().is_some_and(is_stdin)
    {
        return Err(CliError::StdinTwice);
    }
    let named = match args.file.as_deref().map(inputs::plan_or_manifest).transpose()? {
        Some(inputs::PlanOrManifest::Plan(plan)) => {
            return of_plan(&plan, args.file.as_deref().unwrap_or(Path::new("-")), context);
        }
        Some(inputs::PlanOrManifest::Manifest(manifest)) => Some(manifest),
        None => None,
    };
    let of_file = audit_log::read(&args.evidence, &mut context)?;
    let inputs::Observed { mut snapshot, is_whole } = inputs::observed("lint", named, &mut context)?;
    snapshot.evidence = audit_log::or_of_days(of_file, &args.evidence, &snapshot, &mut context)?;
    let manifest =
        snapshot.aws_auth.get_or_insert_with(|| Manifest::from_config_map(ConfigMap::default())).clone();
    let aws_auth = read(&manifest);
    let is_alone = context.global.cluster.is_none()
        && context.global.snapshot.is_none()
        // what the log shows is for a plan to tell
        && snapshot.evidence.is_none();
    if !is_whole {
        context.console.note("no plan can be made of that: aws-auth is checked by its text alone");
    }
    let found = if is_alone || !is_whole {
        lint(&manifest, &aws_auth)
    } else {
        with_plan(&snapshot, &manifest, &aws_auth, &mut context)?
    };
    let blocks = found.iter().any(|it| it.finding.severity.is_blocking());
    match context.global.output {
        Format::Json => {
            let report = findings::report(&manifest.source, &aws_auth, &found);
            context.console.data(inputs::json(&report)?)?;
        }
        Format::Sarif | Format::Github => {
            let about =
                snapshot.cluster.as_ref().map_or(manifest.source.name.clone(), |it| it.id.to_string());
            let file = annotate::file(&context, &manifest.source.name);
            let annotations = Annotation::of_text(&manifest.source, file.as_deref(), &found);
            annotate::print(&mut context, "lint", &about, annotations, None)?;
        }
        Format::Text | Format::Markdown | Format::Html => {
            let verdict = findings::verdict(&manifest.source, aws_auth.written(), &found);
            let next = next_step::after_lint(&context, args.file.as_deref(), blocks);
            let body = findings::text(&manifest.source, &found, context.host.width);
            context.console.data(outcome::around(&verdict, body, next.as_ref()))?;
        }
    }
    Ok(if blocks { Exit::Blocked } else { Exit::Done })
}

/// A saved plan, held against what every plan keeps.
fn of_plan(plan: &Plan, file: &Path, mut context: Context<'_>) -> Result<Exit, CliError> {
    let found = lint_plan(plan);
    match context.global.output {
        Format::Json => context.console.data(inputs::json(&findings::report_of_plan(&found))?)?,
        Format::Sarif | Format::Github => {
            let name = file.display().to_string();
            let file = annotate::file(&context, &name);
            let annotations = Annotation::of_plan_file(file.as_deref(), &found);
            annotate::print(&mut context, "lint", &name, annotations, None)?;
        }
        Format::Text | Format::Markdown | Format::Html => {
            context.console.data(findings_of_plan(plan, &found))?
        }
    }
    if found.is_empty() {
        context.console.note("nothing found");
    }
    Ok(if found.is_empty() { Exit::Done } else { Exit::Blocked })
}

/// With what is known of the cluster, and what the team has decided.
fn with_plan(
    snapshot: &Snapshot,
    manifest: &Manifest,
    aws_auth: &AwsAuth,
    context: &mut Context<'_>,
) -> Result<Vec<Located>, CliError> {
    let folder = context.global.snapshot.as_deref();
    let plan = plan(snapshot, &inputs::decisions(context, folder)?);
    if plan.mode == Some(AuthenticationMode::Api) {
        context.console.note("the cluster is in API mode: EKS does not read aws-auth");
    }
    let elsewhere = |it: &&Finding| it.at.is_none() && it.severity.is_blocking();
    match plan.notices.iter().filter(elsewhere).count() {
        0 => {}
        1 => context
            .console
            .note("1 more finding needs a decision, and has no place in aws-auth: eksodus plan shows it"),
        n => context.console.note(&format!(
            "{n} more findings need a decision, and have no place in aws-auth: eksodus plan shows them"
        )),
    }
    Ok(lint_planned(manifest, aws_auth, &plan))
}
