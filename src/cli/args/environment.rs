//! `EKSODUS_*`: each option of all commands can be given by a variable of its name. What is typed counts more.

use std::ffi::{OsStr, OsString};

use clap::error::{Error, ErrorKind};
use clap::{Arg, ArgAction, Command};

use super::acts::{acts, is_of_cluster, was_typed};
use super::format::Format;

/// How the environment is asked for a variable.
pub type Variables<'v> = dyn Fn(&str) -> Option<OsString> + 'v;

/// A command line with what was not typed.
#[derive(Debug)]
pub(super) struct Completed {
    pub args: Vec<OsString>,
    /// Those that were used, for errors about them.
    pub variables: Vec<String>,
}

/// `EKSODUS_AWS_AUTH` of `--aws-auth`.
pub fn variable(long: &str) -> String {
    format!("EKSODUS_{}", long.to_uppercase().replace('-', "_"))
}

/// Adds what the variables say. A variable that does nothing for the command, or that contradicts what
/// was typed, is not used: it is there for other commands.
///
/// # Errors
/// When a variable for a flag is neither true nor false.
pub(super) fn complete(
    commands: &Command,
    typed: Vec<OsString>,
    variables: &Variables<'_>,
) -> Result<Completed, Error> {
    let mut completed = Completed { args: typed, variables: Vec::new() };
    let of_all = commands.get_arguments().filter(|arg| arg.is_global_set()).filter_map(Arg::get_long);
    // most have none, and need not be parsed twice
    if !of_all.into_iter().any(|long| variables(&variable(long)).is_some()) {
        return Ok(completed);
    }
    let mut built = commands.clone().ignore_errors(true);
    let matches = built.try_get_matches_from_mut(&completed.args).unwrap_or_default();
    let Some((name, own)) = matches.subcommand() else { return Ok(completed) };
    let Some(command) = built.find_subcommand(name) else { return Ok(completed) };
    let is_typed = |id: &str| [&matches, own].iter().any(|level| was_typed(level, id));
    let contradicts = |arg: &Arg| {
        let by = command.get_arg_conflicts_with(arg);
        by.iter().any(|it| is_typed(it.get_id().as_str()))
            || command.get_arguments().filter(|it| is_typed(it.get_id().as_str())).any(|it| {
                command.get_arg_conflicts_with(it).iter().any(|other| other.get_id() == arg.get_id())
            })
    };
    let mut has_cluster = is_typed("cluster");
    let mut added = Vec::new();
    for arg in built.get_arguments().filter(|arg| arg.is_global_set()) {
        let (id, Some(long)) = (arg.get_id().as_str(), arg.get_long()) else { continue };
        // the host reads this one, which is several files as PATH is several folders
        if id == "config"
            || is_typed(id)
            || !acts(name, id)
            || (is_of_cluster(id) && !has_cluster)
            || contradicts(arg)
        {
            continue;
        }
        let variable = variable(long);
        let Some(value) = variables(&variable).filter(|value| !value.is_empty()) else { continue };
        if id == "output" && is_of_another_command(&value, name) {
            continue;
        }
        has_cluster |= id == "cluster";
        match arg.get_action() {
            ArgAction::SetTrue => match is_on(&value) {
                Some(true) => added.push(option(long, None)),
                Some(false) => continue,
                None => {
                    let told = format!("{variable} must be true or false, not {value:?}");
                    return Err(Error::raw(ErrorKind::InvalidValue, format!("{told}\n")).with_cmd(&built));
                }
            },
            ArgAction::Append => {
                let each = value
                    .to_string_lossy()
                    .split(',')
                    .map(|it| option(long, Some(it.as_ref())))
                    .collect::<Vec<_>>();
                added.extend(each);
            }
            _ => added.push(option(long, Some(&value))),
        }
        completed.variables.push(variable);
    }
    // what follows -- is no option
    let end = completed.args.iter().position(|arg| arg == "--").unwrap_or(completed.args.len());
    completed.args.splice(end..end, added);
    Ok(completed)
}

/// A format that there is, but not for this command.
fn is_of_another_command(value: &OsStr, command: &str) -> bool {
    let format = value.to_str().and_then(|name| <Format as clap::ValueEnum>::from_str(name, false).ok());
    format.is_some_and(|format| !Format::all_of(command).contains(&format))
}

fn is_on(value: &OsStr) -> Option<bool> {
    match value.to_str()?.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn option(long: &str, value: Option<&OsStr>) -> OsString {
    let mut option = OsString::from(format!("--{long}"));
    if let Some(value) = value {
        option.push("=");
        option.push(value);
    }
    option
}

#[cfg(test)]
mod tests {
    use super::super::{Typed, command, parse};
    use super::*;

    fn typed(args: &[&str], variables: &[(&str, &str)]) -> Result<Typed, String> {
        let args = ["eksodus"].iter().chain(args).map(OsString::from).collect();
        let found = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        parse(args, &found).map_err(|told| told.to_string())
    }

    #[test]
    fn every_option_of_all_commands_has_a_variable() {
        let commands = command();
        let of_all = commands.get_arguments().filter(|arg| arg.is_global_set());
        let mut tried = 0;
        for arg in of_all.filter(|arg| arg.get_id() != "config") {
            let variable = variable(arg.get_long().unwrap());
            // no option takes this value
            let told = typed(&["plan", "--cluster", "x"], &[(&variable, "\u{1}")]);
            let is_free = matches!(
                arg.get_id().as_str(),
                "aws_auth"
                    | "region"
                    | "profile"
                    | "kubeconfig"
                    | "context"
                    | "assume_role_for"
                    | "state"
                    | "cluster"
                    | "snapshot"
            );
            assert_eq!(told.is_err(), !is_free, "{variable}");
            if let Err(told) = told {
                assert!(told.contains(&variable), "{variable}: {told}");
            }
            tried += 1;
        }
        assert!(tried > 15);
    }

    #[test]
    fn what_is_typed_counts_more_and_what_does_not_belong_is_left_out() {
        let global = |args: &[&str], variables: &[(&str, &str)]| typed(args, variables).unwrap().cli.global;
        let both = [("EKSODUS_CLUSTER", "prod"), ("EKSODUS_REGION", "eu-west-1")];
        let of_environment = global(&["plan"], &both);
        assert_eq!(of_environment.cluster.as_deref(), Some("prod"));
        assert_eq!(of_environment.region.as_deref(), Some("eu-west-1"));
        assert_eq!(global(&["plan", "--cluster", "test"], &both).cluster.as_deref(), Some("test"));
        // another cluster is meant
        for args in [&["plan", "--snapshot", "x"][..], &["status", "--simulate", "x"]] {
            let given = global(args, &both);
            assert_eq!((given.cluster, given.region), (None, None), "{args:?}");
        }
        assert_eq!(global(&["completions", "bash"], &both).cluster, None);
        assert_eq!(global(&["status"], &[("EKSODUS_OUTPUT", "markdown")]).output, Format::Text);
        assert_eq!(global(&["plan"], &[("EKSODUS_OUTPUT", "markdown")]).output, Format::Markdown);
        assert!(global(&["plan"], &[("EKSODUS_QUIET", "1")]).quiet);
        assert!(!global(&["plan", "-v"], &[("EKSODUS_QUIET", "1")]).quiet);
        assert!(!global(&["plan"], &[("EKSODUS_QUIET", "no")]).quiet);
        let accounts =
            [("EKSODUS_CLUSTER", "c"), ("EKSODUS_ASSUME_ROLE_FOR", "444455556666=a,555566667777=b")];
        assert_eq!(global(&["plan"], &accounts).assume_role_for.len(), 2);
    }

    #[test]
    fn an_error_about_a_variable_names_it() {
        let told = typed(&["plan"], &[("EKSODUS_CLUSTER", "c"), ("EKSODUS_TIMEOUT", "soon")]).unwrap_err();
        assert!(told.contains("EKSODUS_TIMEOUT"), "{told}");
    }
}
