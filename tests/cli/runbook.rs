//! The runbook names what there is: commands, options, exit codes, rules, and the messages that it explains.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn runbook() -> String {
    text("docs/operations.md")
}

/// Without the breaks of the terminal's width.
fn help(command: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_eksodus")).args(command).arg("--help").env_clear().output();
    let output = output.unwrap();
    assert!(output.status.success(), "there is no command {command:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words that are typed, of each line of a code block that begins with a prompt.
fn typed(runbook: &str) -> Vec<Vec<&str>> {
    let blocks = runbook.split("```console\n").skip(1).filter_map(|block| block.split("```").next());
    let lines = blocks.flat_map(str::lines).filter_map(|line| line.strip_prefix("$ "));
    let uncommented = lines.map(|line| line.split(" #").next().unwrap_or_default());
    uncommented.map(|line| line.split_whitespace().collect()).collect()
}

/// What is between backticks, outside of code blocks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|text| text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)))
}

/// `--out` of `--out`, `--out=x` and `[--out`; `None` of what is no option.
fn option(word: &str) -> Option<&str> {
    let start = word.find("--")?;
    let end = word[start + 2..].find(|char: char| !char.is_ascii_lowercase() && char != '-');
    let option = &word[start..end.map_or(word.len(), |end| start + 2 + end)];
    (option.len() > 2).then_some(option)
}

#[test]
fn every_command_line_has_a_command_and_options_that_exist() {
    let runbook = runbook();
    let mut helps: BTreeMap<Vec<&str>, String> = BTreeMap::new();
    let mut seen = 0;
    for words in typed(&runbook).iter().filter(|words| words.first() == Some(&"eksodus")) {
        let command = match words[1] {
            "simulate" => vec![words[1], words[2]],
            one => vec![one],
        };
        let help = helps.entry(command.clone()).or_insert_with(|| help(&command));
        for word in words.iter().filter_map(|word| option(word)) {
            let is_there = help.split([' ', ',', '[']).any(|it| it == word);
            assert!(is_there, "{words:?}: {command:?} has no {word}");
            seen += 1;
        }
        for pair in words.windows(2).filter(|pair| ["--through", "--prune", "--output"].contains(&pair[0])) {
            assert!(help.split([' ', ',', ':', ']']).any(|it| it == pair[1]), "{words:?}: no {}", pair[1]);
        }
    }
    assert!(seen > 40, "only {seen} options");
}

#[test]
fn every_option_in_the_text_is_one_of_some_command() {
    let commands = ["lint", "plan", "show", "apply", "status", "verify", "rollback", "rehearse"];
    let helps: String = commands.iter().map(|command| help(&[command])).collect();
    let runbook = runbook();
    let theirs = ["aws ", "kubectl ", "terraform "];
    for code in quoted(&runbook).filter(|code| !theirs.iter().any(|it| code.starts_with(it))) {
        for word in code.split([' ', '|']).filter_map(option) {
            assert!(helps.split([' ', ',', '[']).any(|it| it == word), "{word} of `{code}`");
        }
    }
}

#[test]
fn every_exit_code_has_its_line() {
    let runbook = runbook();
    let table = runbook.split("### By exit code").nth(1).and_then(|it| it.split("\n#").next()).unwrap();
    let told: BTreeSet<u8> =
        table.lines().filter_map(|row| row.split('|').nth(1)?.trim().parse().ok()).collect();
    let help = help(&[]);
    let codes = help.split("Exit codes:").nth(1).and_then(|it| it.split("Environment:").next()).unwrap();
    let codes: BTreeSet<u8> = codes.split(' ').filter_map(|word| word.parse().ok()).collect();
    assert_eq!(told, codes);
}

#[test]
fn every_rule_has_its_heading() {
    let (runbook, rules) = (runbook(), text("docs/rules.md"));
    let is_id =
        |id: &&str| id.contains('-') && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    // what is followed by a parenthesis is a link
    let bracketed = runbook.split(" [").skip(1).filter_map(|rest| rest.split_once(']'));
    let ids: Vec<&str> =
        bracketed.filter(|(_, then)| !then.starts_with('(')).map(|(id, _)| id).filter(is_id).collect();
    assert!(ids.len() >= 2, "{ids:?}");
    for id in ids {
        assert!(rules.lines().any(|line| line == format!("### `{id}`")), "{id}");
    }
}

/// All of it, without the breaks of strings.
fn source() -> String {
    fn gather(folder: &Path, into: &mut String) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            match entry.path() {
                path if path.is_dir() => gather(&path, into),
                path => into.push_str(&fs::read_to_string(path).unwrap()),
            }
        }
    }
    let mut text = String::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
    let joined: Vec<&str> = text.split("\\\n").map(str::trim_start).collect();
    joined.concat()
}

#[test]
fn every_message_that_is_explained_is_one_of_the_program() {
    /// AWS's own words, which follow ours.
    const OF_AWS: &str = "eks:DescribeCluster: No cluster found";
    let (runbook, source) = (runbook(), source());
    let tables = runbook
        .split("### By message")
        .nth(1)
        .and_then(|it| it.split("\n### Verify says no").next())
        .unwrap();
    let rows = tables.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| message"));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    let (mut seen, mut unknown) = (0, Vec::new());
    for message in cells.flat_map(quoted) {
        let own = message.replace(OF_AWS, "");
        for piece in own.split('…').map(|piece| piece.trim_matches([' ', ':', ';', ','])) {
            let words: Vec<&str> = piece.split(' ').filter(|word| !word.is_empty()).collect();
            // what the program puts together: a name before or behind, and a lease's own
            let piece = words.join(" ").replace("kube-system/eksodus", "kube-system/{LEASE}");
            if piece.len() > 3 && !piece.contains("://") {
                seen += 1;
                if !source.contains(&piece) {
                    unknown.push(format!("{piece:?} of `{message}`"));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(seen > 50, "only {seen} pieces");
}
