//! What is said of a wrong command line: what other tools call it, and what it is called here.

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

/// What other tools have, and what is typed here in its place.
fn instead_of(typed: &str) -> Option<&'static str> {
    Some(match typed.split('=').next().unwrap_or(typed) {
        "--auto-approve" | "-auto-approve" | "--approve" | "--assume-yes" | "--no-input" => {
            "--yes answers the questions"
        }
        "--force" | "-f" => {
            "no option overrides a guard; --allow-irreversible allows what AWS cannot undo, and a file is named without an option"
        }
        "--dry-run" | "--check" | "--diff" => {
            "plan changes nothing and shows everything; rehearse executes it on a simulated cluster"
        }
        "--no-color" | "--no-colour" => "--color never",
        "--json" => "-o json",
        "--name" | "--cluster-name" => "--cluster NAME",
        "--debug" | "--log-level" => "--verbose shows all findings, --log-format json all events",
        "--out-file" | "--plan-out" => "--out FILE",
        "--role" | "--assume-role" => "--role-arn ROLE_ARN",
        "--kube-context" => "--context NAME",
        "--namespace" => "-n belongs to explain, who-can and policies",
        "--profile-name" | "--aws-profile" => "--profile PROFILE",
        "version" => "eksodus --version",
        "migrate" | "run" | "start" | "execute" => "eksodus plan, then eksodus apply",
        "diff" | "preview" => "eksodus plan",
        "check" | "validate" | "test" => "eksodus lint, or eksodus verify after a migration",
        "undo" | "revert" | "destroy" => "eksodus rollback",
        "get" | "list" | "describe" => "eksodus status, whois or policies",
        "resume" | "continue" => "eksodus apply PLAN resumes the last run",
        "import" | "terraform" => "eksodus export PLAN --to FORM",
        "init" | "configure" | "login" => {
            "nothing is set up: eksodus plan --cluster NAME uses your AWS credentials"
        }
        "can-i" | "auth" => "eksodus explain ARN --verb VERB --resource RESOURCE",
        #[cfg(not(feature = "live"))]
        "snapshot" | "simulate" => "this build works on files alone: install it with the feature `live`",
        "simulator" | "serve" => "eksodus simulate serve",
        _ => return None,
    })
}

/// A file where the command takes none.
fn instead_of_file(command: &str, typed: &str) -> Option<&'static str> {
    match command {
        _ if typed.starts_with('-') => None,
        "plan" => Some(
            "pass it with --aws-auth FILE, or a folder with --snapshot DIR; eksodus show shows a saved plan",
        ),
        "rehearse" => Some("a plan is made of --snapshot DIR or --cluster NAME, and rehearsed"),
        "lint" => Some("one file at a time"),
        "export" => Some("one plan; --module=NAME and --applied=RUN take their values behind ="),
        "explain" => Some("one request: eksodus explain ARN --verb VERB --resource RESOURCE -n NAMESPACE"),
        "status" | "decide" | "snapshot" => Some("the cluster is given with --cluster NAME"),
        _ => None,
    }
}

/// What stands behind the ARN of `explain` is a request, and no other command.
fn tip(command: Option<&str>, wrong: &str) -> Option<&'static str> {
    let of_file = command.and_then(|command| instead_of_file(command, wrong));
    match command {
        Some("explain") => of_file.or_else(|| instead_of(wrong)),
        _ => instead_of(wrong).or(of_file),
    }
}

/// An error of the command line with the thing to do that fits, and the variables that took part.
pub(super) fn corrected(mut told: Error, command: Option<&str>, variables: &[String]) -> Error {
    let wrong = match told.kind() {
        ErrorKind::UnknownArgument => told.get(ContextKind::InvalidArg),
        ErrorKind::InvalidSubcommand => told.get(ContextKind::InvalidSubcommand),
        _ => None,
    };
    let mut tips: Vec<StyledStr> = Vec::new();
    if let Some(ContextValue::String(wrong)) = wrong
        && let Some(instead) = tip(command, wrong)
    {
        told.remove(ContextKind::SuggestedArg);
        told.remove(ContextKind::SuggestedSubcommand);
        told.remove(ContextKind::Suggested);
        tips.push(instead.into());
    }
    if !variables.is_empty() && told.use_stderr() {
        tips.push(format!("from the environment: {}", variables.join(", ")).into());
    }
    if !tips.is_empty() {
        if let Some(ContextValue::StyledStrs(more)) = told.get(ContextKind::Suggested) {
            tips.extend(more.iter().cloned());
        }
        told.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
    told
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::parse;
    use super::*;

    fn typed(line: &str) -> Result<super::super::Typed, Error> {
        parse(line.split_whitespace().map(OsString::from).collect(), &|_| None)
    }

    #[test]
    fn what_other_tools_have_is_answered_by_what_is_here() {
        for (line, instead) in [
            ("eksodus apply --auto-approve", "--yes answers"),
            ("eksodus apply --force", "no option overrides a guard"),
            ("eksodus apply plan.json --dry-run", "plan changes nothing"),
            ("eksodus version", "eksodus --version"),
            ("eksodus migrate", "eksodus plan, then"),
            ("eksodus plan --no-color", "--color never"),
        ] {
            let told = typed(line).unwrap_err().to_string();
            assert!(told.contains(instead) && !told.contains("as a value"), "{line}: {told}");
        }
        // what is only misspelt
        let told = typed("eksodus aply").unwrap_err().to_string();
        assert!(told.contains("apply"), "{told}");
    }
}
