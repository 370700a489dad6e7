use std::io::{self, Write as _};

use clap::Args;
use clap_mangen::Man;

use crate::cli::args::help;
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
    match &wanted.command {
        None => whole(&command, &mut page),
        Some(name) => of_command(&command, name, &mut page),
    }
    .map_err(CliError::Stdout)?;
    context.console.script(&page)?;
    Ok(Exit::Done)
}

fn whole(eksodus: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    let commands = eksodus.get_subcommands().filter(|command| command.get_name() != "help");
    let man = Man::new(eksodus.clone());
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    for command in commands {
        chapter(command, page)?;
    }
    section("EXIT STATUS", &rows(&help::EXIT_CODES), page)?;
    section("ENVIRONMENT", &rows(&help::ENVIRONMENT), page)?;
    section("FILES", &rows(&FILES), page)
}

const FILES: [(&str, &str); 2] = [
    ("eksodus.yaml", "decisions, beside a snapshot or in the current directory"),
    (".eksodus/", "journals of runs: ACCOUNT/REGION/CLUSTER/RUN"),
];

fn of_command(command: &clap::Command, name: &str, page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone()).title(format!("EKSODUS-{}", name.to_uppercase()));
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    let examples = help::examples(name).iter().map(|line| format!(".nf\n.RS\n{}\n.RE\n.fi\n", roff(line)));
    section("EXAMPLES", &examples.collect::<String>(), page)?;
    let known = help::EXIT_CODES.into_iter().filter(|(code, _)| help::can_end(name, code));
    section("EXIT STATUS", &rows(&known.collect::<Vec<_>>()), page)?;
    section("ENVIRONMENT", &rows(&help::ENVIRONMENT), page)?;
    section("SEE ALSO", "eksodus(1)\n", page)
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

fn section(title: &str, text: &str, page: &mut Vec<u8>) -> io::Result<()> {
    if text.is_empty() { Ok(()) } else { write!(page, ".SH {title:?}\n{text}") }
}

fn rows(rows: &[(&str, &str)]) -> String {
    rows.iter().map(|(name, what)| format!(".TP\n\\fB{}\\fR\n{}\n", roff(name), roff(what))).collect()
}

/// A backslash, a hyphen and a first dot mean something there (groff_char(7), roff(7)).
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-").replace('…', "\\[u2026]");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}
