use clap::CommandFactory as _;

use crate::cli::Context;
use crate::cli::args::Cli;
use crate::cli::error::CliError;
use crate::cli::exit::Exit;

pub fn run(context: Context<'_>) -> Result<Exit, CliError> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(CliError::Stdout)?;
    context.console.data(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}
