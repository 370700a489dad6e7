//! Which options of all commands a command does something with. The others are not in its help, and refused.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::error::{Error, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, ValueEnum as _};

use super::format::Format;

const INPUT: [&str; 3] = ["aws_auth", "snapshot", "config"];
/// Of a live cluster, beside its name.
const OF_CLUSTER: [&str; 8] =
    ["region", "profile", "role_arn", "kubeconfig", "context", "assume_role_for", "state", "timeout"];
/// What single commands have for a live cluster alone.
const OWN_OF_CLUSTER: [&str; 4] = ["no_lock", "watch", "login_as", "audit_days"];

pub(super) fn is_of_cluster(option: &str) -> bool {
    OF_CLUSTER.contains(&option)
}

/// Whether the command does something with the option of all commands that has this id.
pub(super) fn acts(command: &str, option: &str) -> bool {
    let is_input = INPUT.contains(&option);
    let is_cluster = option == "cluster" || is_of_cluster(option);
    if option == "output" {
        return Format::all_of(command).len() > 1;
    }
    match command {
        "lint" | "whois" | "explain" | "who-can" | "assert" | "replay" | "plan" | "decide" | "prove"
        | "rehearse" => true,
        // a tool takes the accounts of its principals as they are
        "export" => option == "snapshot" || (!is_input && option != "redact"),
        "policies" => option == "snapshot" || !is_input,
        // their cluster is chosen by --simulate, and these two plan
        "apply" | "status" => option == "config" || !is_input,
        "snapshot" | "verify" | "rollback" | "report" => !is_input,
        "show" => !is_input && !is_cluster,
        "demo" => option == "color",
        "simulate" => option != "config" && !is_cluster,
        _ => false,
    }
}

pub(super) fn only_where_they_act(commands: Command) -> Command {
    let of_all: Vec<Arg> = commands.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    let names: Vec<String> = commands.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    names.into_iter().fold(commands, |all, name| {
        let idle =
            of_all.iter().filter(|arg| !acts(&name, arg.get_id().as_str()) && arg.get_id() != "output");
        let idle: Vec<Arg> = idle.map(|arg| arg.clone().hide(true)).collect();
        let output = output(&name);
        all.mut_subcommand(name, |it| it.args(idle).arg(output))
    })
}

/// In place of the option of all commands, which takes every format.
fn output(command: &str) -> Arg {
    let formats = Format::all_of(command);
    let values = formats.iter().filter_map(Format::to_possible_value).collect::<Vec<_>>();
    let parser = PossibleValuesParser::new(values).try_map(|name| Format::from_str(&name, false));
    let output = Arg::new("output").long("output").short('o').value_name("FORMAT").value_parser(parser);
    output
        .default_value(Format::Text.name())
        .help("Output format")
        .help_heading("Output")
        .hide(formats.len() < 2)
}

/// On this level: before the name of a command, or after it.
pub(super) fn was_typed(level: &ArgMatches, id: &str) -> bool {
    level.try_contains_id(id).is_ok() && level.value_source(id) == Some(ValueSource::CommandLine)
}

/// # Errors
/// When an option was typed that does nothing here.
pub(super) fn refuse(commands: &mut Command, matches: &ArgMatches) -> Result<(), Error> {
    let Some((name, own)) = matches.subcommand() else { return Ok(()) };
    let levels: Vec<&ArgMatches> =
        [matches, own].into_iter().chain(own.subcommand().map(|it| it.1)).collect();
    let typed = |id: &str| levels.iter().any(|level| was_typed(level, id));
    let of_all: Vec<String> = commands
        .get_arguments()
        .filter(|arg| arg.is_global_set())
        .map(|arg| arg.get_id().to_string())
        .collect();
    let option = |id: &str| format!("--{}", id.replace('_', "-"));
    if let Some(id) = of_all.iter().find(|id| !acts(name, id) && *id != "output" && typed(id)) {
        let instead = match (name, id.as_str()) {
            ("apply" | "verify" | "status" | "rollback" | "report", "snapshot") => {
                "; to work on a simulated cluster, pass --simulate DIR"
            }
            ("apply" | "verify", "config") | ("apply" | "verify", "aws_auth") => {
                "; plan with it, and pass the plan"
            }
            ("export", "aws_auth") | ("export", "config") => "; plan with it, and pass the plan",
            ("lint", _) => "",
            _ => "; leave it out",
        };
        let told = match (name, id.as_str()) {
            ("export", "redact") => {
                "--redact is not for export: no tool can run what has no account ids".to_owned()
            }
            _ => format!("{} does nothing for {name}{instead}", option(id)),
        };
        return Err(commands.error(ErrorKind::ArgumentConflict, told));
    }
    if !typed("cluster")
        && let Some(id) = OF_CLUSTER.iter().chain(&OWN_OF_CLUSTER).find(|id| typed(id))
    {
        let told = format!("{} needs a live cluster: pass --cluster NAME", option(id));
        return Err(commands.error(ErrorKind::MissingRequiredArgument, told));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_all_commands_acts_somewhere_and_every_command_is_known() {
        let commands = super::super::command();
        for arg in commands.get_arguments().filter(|arg| arg.is_global_set()) {
            let id = arg.get_id().as_str();
            assert!(commands.get_subcommands().any(|it| acts(it.get_name(), id)), "{id}");
        }
        let is_idle = |it: &&Command| !acts(it.get_name(), "color");
        let idle: Vec<&str> = commands.get_subcommands().filter(is_idle).map(Command::get_name).collect();
        assert_eq!(idle, ["completions", "man"]);
    }
}
