//! A recording as YAML, which reads back as what it was.

use std::fmt::Write as _;

use super::record::Request;
use super::{Answer, Recorded, Recording};
use crate::hidden::is_hidden;

impl Recording {
    /// A file of assertions, with who each principal is today as comments.
    pub fn yaml(&self) -> String {
        let mut text = String::from(
            "# Recorded from what there is: every assertion holds. Keep those that must go on holding, and add what must never be.\n\
             # docs/assertions.md says what each key means.\n",
        );
        for (who, why) in &self.left_out {
            text.push_str(&comment(0, &format!("left out: {who}: {why}")));
        }
        text.push_str("version: 1\nassertions:\n");
        for recorded in self.assertions() {
            text.push_str(&one(recorded));
        }
        text
    }
}

fn one(recorded: &Recorded) -> String {
    let Recorded { principal, session, user, groups, when, can, cannot, heading, changes } = recorded;
    let mut text = heading.as_ref().map(|heading| comment(2, heading)).unwrap_or_default();
    if let Some(after) = changes {
        let after = match after {
            Answer::Unknown => "what it is after it is unknown".to_owned(),
            after => format!("{after} after it"),
        };
        text.push_str(&comment(2, &format!("the plan changes this: {after}")));
    }
    let mut lead = "  - ";
    let mut line = |key: &str, value: &str| {
        // a string takes any text
        let _ = writeln!(text, "{lead}{key}: {value}");
        lead = "    ";
    };
    for (key, value) in [("principal", principal), ("session", session), ("user", user)] {
        value.iter().for_each(|value| line(key, &scalar(value)));
    }
    if let Some(groups) = groups {
        let groups: Vec<String> = groups.iter().map(|group| scalar(group)).collect();
        line("groups", &format!("[{}]", groups.join(", ")));
    }
    if when.is_some() {
        line("when", "before");
    }
    can.iter().for_each(|request| line("can", &flow(request)));
    cannot.iter().for_each(|request| line("cannot", &flow(request)));
    text
}

fn flow(request: &Request) -> String {
    let Request { verb, resource, name, namespace, path } = request;
    let given = [("resource", resource), ("name", name), ("namespace", namespace), ("path", path)];
    let given = given.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?)));
    let all: Vec<String> = std::iter::once(("verb", verb))
        .chain(given)
        .map(|(key, value)| format!("{key}: {}", scalar(value)))
        .collect();
    format!("{{{}}}", all.join(", "))
}

/// In one line, whatever is in it.
fn comment(indent: usize, text: &str) -> String {
    format!("{:indent$}# {}\n", "", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_hidden(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

/// Plain where every reader takes it for this string, else in double quotes (YAML 1.2, 7.3.1).
fn scalar(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.split(':').all(|part| part.chars().all(is_word))
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if is_hidden(c) => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Which YAML 1.1 reads as a boolean or nothing.
const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
