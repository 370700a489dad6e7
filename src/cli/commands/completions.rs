use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Context;
use crate::cli::args::Cli;
use crate::cli::output::{CliError, Exit};

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(args: CompletionsArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "eksodus", &mut script);
    context.console.script(&script)?;
    Ok(Exit::Done)
}
