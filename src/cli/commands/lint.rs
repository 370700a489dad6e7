use clap::Args;
use eksodus::planner::lint::{Level, lint};
use eksodus::reader::read;
use eksodus::render::findings;

use crate::cli::args::Format;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct LintArgs {}

pub fn run(_: LintArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    context.no_markdown("lint")?;
    let manifest = inputs::aws_auth("lint", &mut context)?;
    let aws_auth = read(&manifest);
    let found = lint(&manifest, &aws_auth);
    context.console.data(match context.global.output {
        Format::Text | Format::Markdown => findings::text(&manifest.source, &found, context.host.width),
        Format::Json => inputs::json(&findings::report(&manifest.source, &aws_auth, &found))?.into(),
    })?;
    if found.is_empty() {
        context.console.note("nothing found");
    }
    let blocks = found.iter().any(|finding| finding.severity == Level::Blocks);
    Ok(if blocks { Exit::Blocked } else { Exit::Done })
}
