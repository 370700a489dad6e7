//! What the help of each command says besides its options: examples, how it ends, what is set by the environment.

use clap::Command;

/// All of them, in their order: the code, and what it says.
pub const EXIT_CODES: [(&str, &str); 8] = [
    ("0", "done, or nothing to do"),
    ("1", "error, or declined"),
    ("2", "usage error"),
    ("3", "changes pending, or a check failed"),
    ("4", "needs a decision; nothing was done"),
    ("5", "refused by a guard; nothing was done"),
    ("6", "partially applied: resume or roll back"),
    ("130", "interrupted: as 6"),
];

/// Variables, and what each does.
pub const ENVIRONMENT: [(&str, &str); 5] = [
    ("EKSODUS_CLUSTER, EKSODUS_STATE, …", "as the option of this name; what is typed counts more"),
    ("EKSODUS_CONFIG", "as --config; several files as in PATH"),
    ("NO_COLOR, CLICOLOR=0", "no colour"),
    ("CLICOLOR_FORCE, FORCE_COLOR", "colour without a terminal"),
    ("COLUMNS", "width of the output"),
];

/// What a command is for, as it is typed. The example of the quick start is in every checkout.
pub fn examples(command: &str) -> &'static [&'static str] {
    match command {
        "lint" => &[
            "eksodus lint aws-auth.yaml",
            "kubectl -n kube-system get configmap aws-auth -o yaml | eksodus lint -",
            "eksodus lint --snapshot snapshot -o sarif",
        ],
        "whois" => &[
            "eksodus whois arn:aws:sts::111122223333:assumed-role/Dev/alice --cluster prod",
            "eksodus whois arn:aws:iam::111122223333:role/Dev --snapshot snapshot",
        ],
        "explain" => &[
            "eksodus explain arn:aws:iam::111122223333:role/Dev --snapshot snapshot",
            "eksodus explain arn:aws:iam::111122223333:role/Dev --verb get --resource secrets -n shop --cluster prod",
            "eksodus explain needs-path",
        ],
        "who-can" => &[
            "eksodus who-can get secrets -n shop --cluster prod",
            "eksodus who-can create pods/exec --snapshot snapshot",
            "eksodus who-can --dangerous --snapshot snapshot",
        ],
        "policies" => &[
            "eksodus policies",
            "eksodus policies AmazonEKSViewPolicy",
            "eksodus policies --for-group developers --snapshot snapshot",
        ],
        "assert" => &[
            "eksodus assert access.yaml --cluster prod",
            "eksodus assert --record --out access.yaml --snapshot snapshot",
        ],
        "replay" => &[
            "eksodus replay audit.jsonl --snapshot snapshot",
            "eksodus replay --audit-days 14 --cluster prod",
        ],
        "snapshot" => &["eksodus snapshot --cluster prod --region eu-west-1 --out snapshot"],
        "plan" => &[
            "eksodus plan --aws-auth aws-auth.yaml",
            "eksodus plan --cluster prod --out plan.json",
            "eksodus plan --snapshot snapshot -o markdown",
        ],
        "decide" => &["eksodus decide --snapshot snapshot", "eksodus decide --cluster prod --write"],
        "show" => &[
            "eksodus show plan.json",
            "eksodus show plan.json -o html",
            "eksodus show a.json b.json -o markdown",
        ],
        "export" => &[
            "eksodus export plan.json --to terraform --applied",
            "eksodus export plan.json --to cloudformation --cluster prod",
            "eksodus export --cluster prod --to aws-cli",
        ],
        "prove" => &["eksodus prove plan.json --snapshot snapshot"],
        "apply" => &[
            "eksodus apply plan.json --cluster prod --through entries",
            "eksodus apply plan.json --cluster prod --through dual-mode --allow-irreversible",
            "eksodus apply plan.json --simulate snapshot --yes",
        ],
        "status" => &["eksodus status --cluster prod"],
        "verify" => &["eksodus verify plan.json --cluster prod --watch 15"],
        "rollback" => &["eksodus rollback --cluster prod", "eksodus rollback --cluster prod --yes"],
        "report" => {
            &["eksodus report .eksodus/111122223333/eu-west-1/prod/0123456789ab-1 -o html --cluster prod"]
        }
        "rehearse" => &[
            "eksodus rehearse --snapshot snapshot",
            "eksodus rehearse --snapshot snapshot --fault lost-answer:eks:CreateAccessEntry:2 --rollback",
        ],
        "simulate" => &["eksodus simulate serve --snapshot snapshot --listen 127.0.0.1:8080"],
        "demo" => &["eksodus demo"],
        "completions" => &["source <(eksodus completions bash)"],
        "man" => &["eksodus man | man -l -", "eksodus man apply | man -l -"],
        _ => &[],
    }
}

/// Whether the command can end with the code.
pub fn can_end(command: &str, code: &str) -> bool {
    ["0", "1", "2"].contains(&code) || ends(command).contains(&code)
}

/// How a command can end, besides 0, 1 and 2.
fn ends(command: &str) -> &'static [&'static str] {
    match command {
        "lint" | "decide" => &["4"],
        "assert" | "replay" => &["3"],
        "verify" => &["3", "5"],
        "plan" => &["3", "4"],
        "rehearse" | "apply" | "rollback" => &["4", "5", "6", "130"],
        "report" | "status" | "snapshot" | "prove" | "show" | "export" => &["5"],
        _ => &[],
    }
}

pub(super) fn add(commands: Command) -> Command {
    let names: Vec<String> = commands.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let all = rows("Exit codes", EXIT_CODES) + "\n" + &rows("Environment", ENVIRONMENT);
    names.into_iter().fold(commands.after_help(all), |all, name| {
        let text = of_command(&name);
        all.mut_subcommand(name, |it| it.after_help(text))
    })
}

fn of_command(name: &str) -> String {
    let mut text = String::new();
    let examples = examples(name);
    if !examples.is_empty() {
        text += &format!("Examples:\n  {}\n\n", examples.join("\n  "));
    }
    let ended = EXIT_CODES.into_iter().filter(|(code, _)| can_end(name, code));
    text += &rows("Exit codes", ended);
    let page = match env!("CARGO_PKG_REPOSITORY") {
        "" => "docs/commands.md".to_owned(),
        repository => format!("{repository}/blob/v{}/docs/commands.md", env!("CARGO_PKG_VERSION")),
    };
    text + &format!("\nDocumentation: {page}#{name}")
}

fn rows<'r>(title: &str, rows: impl IntoIterator<Item = (&'r str, &'r str)>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let each = rows.iter().map(|(name, what)| format!("  {name:width$}  {what}\n"));
    format!("{title}:\n{}", each.collect::<String>())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::error::Error;

    use super::super::{command, parse};
    use super::*;

    fn typed(line: &str) -> Result<super::super::Typed, Error> {
        parse(line.split_whitespace().map(OsString::from).collect(), &|_| None)
    }

    #[test]
    fn every_example_is_a_command_line() {
        let mut commands = 0;
        for command in command().get_subcommands() {
            let name = command.get_name();
            assert!(!examples(name).is_empty() || name == "help", "{name}");
            for example in examples(name) {
                let own =
                    example.split(['|', '(', ')']).find(|part| part.trim().starts_with("eksodus")).unwrap();
                let understood = typed(own).unwrap_or_else(|told| panic!("{example}: {told}"));
                assert_eq!(understood.name, name, "{example}");
                commands += 1;
            }
        }
        assert!(commands > 30);
    }

    #[test]
    fn every_way_to_end_is_a_known_one() {
        let known = |code: &str| EXIT_CODES.iter().any(|(known, _)| *known == code);
        assert!(command().get_subcommands().all(|it| ends(it.get_name()).iter().all(|code| known(code))));
    }

    /// `docs/exit-codes.md` has a row of commands and of codes.
    #[test]
    fn the_page_says_how_each_command_can_end() {
        let page = include_str!("../../../docs/exit-codes.md");
        let rows = page.split("| command | can end with |").nth(1).unwrap().lines();
        let rows: Vec<(&str, &str)> =
            rows.filter_map(|row| row.strip_prefix("| `")?.strip_suffix(" |")?.split_once(" | ")).collect();
        for command in command().get_subcommands().filter(|it| it.get_name() != "help") {
            let name = command.get_name();
            let of_it = rows.iter().filter(|(names, _)| names.split(['`', ',', ' ']).any(|it| it == name));
            let told: Vec<&str> = of_it.map(|(_, codes)| *codes).collect();
            let can: Vec<&str> =
                EXIT_CODES.into_iter().map(|(code, _)| code).filter(|code| can_end(name, code)).collect();
            assert_eq!(told, [can.join(", ")], "{name}");
        }
    }
}
