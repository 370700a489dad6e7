use clap::{Args, ValueEnum};
use clap_complete::env::Shells;

use crate::cli::Context;
use crate::cli::completing::VARIABLE;
use crate::cli::output::{CliError, Exit};

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

/// The script asks this program for what can follow, so that it completes values too.
pub fn run(wanted: CompletionsArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let name = match wanted.shell {
        Shell::Bash => "bash",
        Shell::Elvish => "elvish",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
        Shell::Zsh => "zsh",
    };
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(name) {
        shell
            .write_registration(VARIABLE, "eksodus", "eksodus", "eksodus", &mut script)
            .map_err(CliError::Stdout)?;
    }
    context.console.script(&script)?;
    Ok(Exit::Done)
}
