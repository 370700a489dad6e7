//! What the pages tell people to type is understood: README.md and `docs/`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;

use clap::error::ErrorKind;

use super::{command, parse};

#[path = "../../../tests/kit/pages.rs"]
#[allow(dead_code, reason = "the tests of the binary use the rest")]
mod pages;

/// What a page writes for a value, and one that can be.
const VALUES: [(&str, &str); 28] = [
    ("ACCOUNT", "111122223333"),
    ("ADDRESS", "127.0.0.1:0"),
    ("ARN", "arn:aws:iam::111122223333:role/Dev"),
    ("ARN_OF_THE_ROLE", "arn:aws:iam::111122223333:role/Dev"),
    ("COMMAND", "plan"),
    ("COUNT", "3"),
    ("DAYS", "3"),
    ("DIGEST", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
    ("EXAMPLE", "fail:1"),
    ("FAULT", "fail:1"),
    ("FORM", "manifests"),
    ("FORMAT", "json"),
    ("GROUP", "devs"),
    ("G", "devs"),
    ("MINUTES", "3"),
    ("MS", "3"),
    ("N", "3"),
    ("PATH", "/healthz"),
    ("PHASE", "verify"),
    ("ROLE_ARN", "arn:aws:iam::111122223333:role/Dev"),
    ("RULE", "needs-path"),
    ("SECONDS", "3"),
    ("URL", "http://127.0.0.1:1"),
    ("VERB", "get"),
    ("WHAT", "none"),
    ("RESOURCE", "secrets"),
    ("SUBRESOURCE", "exec"),
    ("NAMESPACE", "shop"),
];

/// With values in the place of names of values, `$NAME` included.
fn filled(word: &str) -> String {
    let is_name = |char: char| char.is_ascii_uppercase() || char == '_';
    let mut text = String::new();
    let mut rest = word;
    while let Some(start) = rest.find(is_name) {
        let end = rest[start..].find(|char| !is_name(char)).map_or(rest.len(), |it| start + it);
        let stands_alone = !rest[..start].ends_with(|it: char| it.is_ascii_alphanumeric())
            && !rest[end..].starts_with(|it: char| it.is_ascii_alphanumeric());
        let value = VALUES.iter().find(|(name, _)| *name == &rest[start..end] && stands_alone);
        let before = &rest[..start];
        text += value.and(before.strip_suffix('$')).unwrap_or(before);
        text += value.map_or(&rest[start..end], |(_, value)| value);
        rest = &rest[end..];
    }
    text + rest
}

fn names() -> Vec<String> {
    command().get_subcommands().map(|it| it.get_name().to_owned()).collect()
}

/// Of a build that has fewer, too.
fn all_names() -> BTreeSet<String> {
    names().into_iter().chain(["snapshot", "simulate"].map(str::to_owned)).collect()
}

#[test]
fn every_command_line_of_the_pages_is_one() {
    let (here, all) = (names(), all_names());
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let (mut seen, mut wrong) = (0, Vec::new());
    for line in pages::pages().iter().flat_map(|page| pages::command_lines(page, &all)) {
        let name = line.words.get(1).map_or("", String::as_str);
        if all.contains(&name) && !here.iter().any(|it| it == name) {
            continue;
        }
        seen += 1;
        for file in line.words.iter().filter(|word| word.starts_with("fixtures/")) {
            if !pages::root().join(file).exists() {
                wrong.push(format!("{}: there is no {file}", line.at));
            }
        }
        let args: Vec<OsString> = line.words.iter().map(|word| filled(word).into()).collect();
        let told = match parse(args, &|_| None) {
            Ok(_) => continue,
            Err(told) if told.kind() == ErrorKind::DisplayHelp => continue,
            Err(told) if told.kind() == ErrorKind::DisplayVersion => continue,
            Err(told) if line.is_mention && told.kind() == ErrorKind::MissingRequiredArgument => continue,
            // an option that is mentioned without its value
            Err(told) if line.is_mention && told.to_string().contains("a value is required for") => continue,
            Err(told) => told.to_string(),
        };
        let told = told.lines().next().unwrap_or_default();
        wrong.push(format!("{}: {}: {told}", line.at, line.words.join(" ")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 150, "only {seen}");
}

/// The help of a command leads to its section.
#[test]
fn every_command_has_its_section() {
    let page = pages::text(Path::new("docs/commands.md"));
    for name in names().iter().filter(|name| *name != "help") {
        assert!(page.contains(&format!("\n## {name}\n")), "docs/commands.md has no section {name}");
        assert!(
            page.contains(&format!("[`{name}`](#{name})")) || name == "simulate",
            "{name} is in no table"
        );
    }
}

/// Options of other programs, and those that are named to say that there is no such thing.
const FOREIGN: [&str; 6] =
    ["--approve", "--as", "--as-group", "--locked", "--no-default-features", "--template-url"];

#[test]
fn every_option_of_the_pages_is_one() {
    let all = command();
    let of = |it: &clap::Command| {
        it.get_arguments().filter_map(clap::Arg::get_long).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut known: BTreeSet<String> = of(&all).into_iter().collect();
    for own in all.get_subcommands() {
        known.extend(of(own));
        known.extend(own.get_subcommands().flat_map(of));
    }
    known.extend(["help", "version"].map(str::to_owned));
    // of commands that this build may not have
    if !names().contains(&"simulate".to_owned()) {
        return;
    }
    let mut wrong = Vec::new();
    for page in pages::pages() {
        if page == Path::new("docs/permissions.md") {
            continue;
        }
        for (at, code) in pages::mentions(&page) {
            if !code.starts_with("--") && !code.starts_with("eksodus") {
                continue;
            }
            let words = code.split([' ', '|', '=', '[', ']', ',']).filter(|word| word.starts_with("--"));
            // the line between two documents of YAML is none
            let words = words.filter(|word| word.bytes().any(|byte| byte.is_ascii_alphanumeric()));
            for word in words.filter(|word| !FOREIGN.contains(word)) {
                if !known.contains(&word[2..]) {
                    wrong.push(format!("{at}: {word} of `{code}`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
