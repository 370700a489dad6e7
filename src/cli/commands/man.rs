use std::io::{self, Write as _};

use clap::Args;
use clap_mangen::Man;

use crate::cli::output::{CliError, Exit};
use crate::cli::{Context, args};

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Page of this command [default: all commands in one page]
    command: Option<String>,
}

pub fn run(wanted: ManArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let mut eksodus = args::command();
    // fills in the global options and the whole names of the commands
    eksodus.build();
    let command = match &wanted.command {
        None => eksodus,
        Some(name) => {
            let found = eksodus.find_subcommand(name).cloned();
            found.ok_or_else(|| CliError::NoSuchCommand { name: name.clone() })?
        }
    };
    let mut page = Vec::new();
    let is_whole = wanted.command.is_none();
    Man::new(command.clone()).render(&mut page).map_err(CliError::Stdout)?;
    if is_whole {
        for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
            chapter(command, &mut page).map_err(CliError::Stdout)?;
        }
    }
    context.console.script(&page)?;
    Ok(Exit::Done)
}

/// What a command takes besides the options of every command, as a part of the whole page.
fn chapter(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let own = command.clone().mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    let man = Man::new(own);
    let mut chapter = Vec::new();
    man.render_synopsis_section(&mut chapter)?;
    man.render_description_section(&mut chapter)?;
    man.render_options_section(&mut chapter)?;
    let chapter = String::from_utf8_lossy(&chapter).replace(".SH ", ".SS ");
    write!(page, ".SH {}\n{chapter}", command.get_name().to_uppercase())
}
