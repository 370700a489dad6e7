use clap::{Args, CommandFactory as _};

use crate::cli::Context;
use crate::cli::args::Cli;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

#[derive(Debug, Args)]
pub struct ManArgs {
    /// The page of this command; without it, the one of eksodus
    command: Option<String>,
}

pub fn run(args: ManArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let mut eksodus = Cli::command();
    // fills in the global options and the whole names of the commands
    eksodus.build();
    let command = match &args.command {
        None => eksodus,
        Some(name) => {
            let found = eksodus.find_subcommand(name).cloned();
            found.ok_or_else(|| CliError::NoSuchCommand { name: name.clone() })?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(CliError::Stdout)?;
    context.console.data(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}
