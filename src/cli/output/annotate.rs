//! Findings for those who review code.

use std::path::Path;

use eksodus::findings::Severity;
use eksodus::render::Verdict;
use eksodus::render::annotations::{Annotation, WorkflowCommand, sarif, workflow_commands};

use super::error::CliError;
use crate::cli::args::Format;
use crate::cli::audit_log::is_stdin;
use crate::cli::{Context, inputs};

/// The file that a source was read from; `None`: it came from standard input or from a live cluster, and is in no repository.
pub fn file(context: &Context<'_>, source: &str) -> Option<String> {
    let is_live = context.global.cluster.is_some() && context.global.aws_auth.is_none();
    (!is_live && !is_stdin(Path::new(source))).then(|| source.to_owned())
}

/// As SARIF or as workflow commands, whichever was asked for. `verdict` is said by commands alone.
pub fn print(
    context: &mut Context<'_>,
    command: &str,
    about: &str,
    annotations: Vec<Annotation>,
    verdict: Option<Verdict>,
) -> Result<(), CliError> {
    let console = &mut *context.console;
    let annotations: Vec<Annotation> =
        annotations.into_iter().map(|it| it.redacted(&mut |text| console.redacted(text))).collect();
    if context.global.output == Format::Sarif {
        let about = console.redacted(about);
        return console.data(inputs::json(&sarif(command, &about, &annotations))?);
    }
    let verdict = verdict.map(|it| Verdict::new(it.mark, console.redacted(&it.said)));
    let mut commands = workflow_commands(annotations);
    commands.extend(verdict.map(WorkflowCommand::of_verdict));
    let lines: String = commands.iter().map(|command| format!("{command}\n")).collect();
    console.data(lines)
}

/// Without what only informs, unless everything is asked for: GitHub shows ten of a kind.
pub fn weighty(annotations: Vec<Annotation>, context: &Context<'_>) -> Vec<Annotation> {
    let is_all = context.console.verbose || context.global.output == Format::Sarif;
    annotations.into_iter().filter(|it| is_all || it.severity != Severity::Info).collect()
}
