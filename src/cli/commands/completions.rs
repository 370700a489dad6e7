use clap::Args;
use clap_complete::Shell;

use crate::cli::output::{CliError, Exit};
use crate::cli::{Context, args};

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(wanted: CompletionsArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(wanted.shell, &mut args::command(), "eksodus", &mut script);
    context.console.script(&script)?;
    Ok(Exit::Done)
}
