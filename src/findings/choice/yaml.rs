//! A choice as it stands in `eksodus.yaml`.

use super::{Choice, Edit, GroupEdit, PrincipalEdit};
use crate::model::{GroupName, PrincipalArn};

/// What stands for a value that is still to be given: no value of a decisions file may be one of these.
pub const PLACEHOLDERS: [&str; 7] =
    ["<why>", "<username>", "<group>", "<groups>", "<arn>", "<arns>", "<day>"];

const WHY: &str = PLACEHOLDERS[0];
const USERNAME: &str = PLACEHOLDERS[1];
const GROUP: &str = PLACEHOLDERS[2];
const GROUPS: &str = PLACEHOLDERS[3];
const ARN: &str = PLACEHOLDERS[4];
const ARNS: &str = PLACEHOLDERS[5];
const DAY: &str = PLACEHOLDERS[6];

/// The indentation of one level.
const STEP: &str = "  ";

/// Where in the file an edit goes, from the outside to the inside, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPath {
    /// The top-level key.
    pub key: &'static str,
    /// The lines below it, without the indentation that all of them have; or what stands behind it.
    pub lines: Vec<String>,
    /// It has one value, behind the key.
    pub is_word: bool,
}

/// The little of YAML that decisions need.
enum Yaml {
    /// Quoted already, where that is needed.
    Word(String),
    List(Vec<Yaml>),
    /// Keys quoted already.
    Map(Vec<(String, Yaml)>),
}

/// A text as one YAML scalar that every reader takes for that very string: plain where nobody could take it for something
/// else, else in double quotes.
pub fn quoted(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            ' '..='~' => quoted.push(c),
            c if c.is_alphanumeric() => quoted.push(c),
            c if u32::from(c) <= 0xffff => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

/// Nothing in it has a meaning in YAML, in a block or in a list in brackets, and it looks like no other type.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf", "infinity", "none"];
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '.' | '_' | '-' | '+' | ' ');
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(is_plain)
        && !text.contains(": ")
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn word(text: &str) -> Yaml {
    Yaml::Word(quoted(text))
}

/// The value, or what stands for it; a placeholder is never quoted, so that it is seen.
fn or(value: Option<&str>, placeholder: &str) -> Yaml {
    value.map_or_else(|| Yaml::Word(placeholder.to_owned()), word)
}

fn map<const N: usize>(pairs: [(&str, Yaml); N]) -> Yaml {
    Yaml::Map(pairs.into_iter().map(|(key, value)| (quoted(key), value)).collect())
}

impl Edit {
    /// What stands under its key.
    fn value(&self) -> Yaml {
        match self {
            Self::Principal { principal, what } => {
                let (key, value) = what.pair();
                Yaml::List(vec![map([("principal", word(principal)), (key, value)])])
            }
            Self::Group { group, becomes: GroupEdit::Drop } => map([(group, word("drop"))]),
            Self::Group { group, becomes: GroupEdit::Rename { to } } => {
                map([(group, map([("rename", or(to.as_ref().map(GroupName::as_str), GROUP))]))])
            }
            Self::Account { account, principals, skip_others } => {
                let principals = principals.as_ref().map(|arns| {
                    let arns = match arns.as_slice() {
                        [] => vec![Yaml::Word(ARNS.to_owned())],
                        arns => arns.iter().map(|arn| word(arn.as_str())).collect(),
                    };
                    ("principals".to_owned(), Yaml::List(arns))
                });
                let others = ("skip-others".to_owned(), or(skip_others.as_deref(), WHY));
                let keys = principals.into_iter().chain([others]).collect();
                map([(account.as_str(), Yaml::Map(keys))])
            }
            Self::ProposedUsernames => word("accept"),
            Self::Masters { group } => map([("group", or(group.as_ref().map(GroupName::as_str), GROUP))]),
            Self::PruneCovered => word("covered"),
            Self::AcceptGains { name, reason } => map([(name, or(reason.as_deref(), WHY))]),
            Self::AcceptDifference { id, reason, until } => map([(
                id,
                map([("reason", or(reason.as_deref(), WHY)), ("until", or(until.as_deref(), DAY))]),
            )]),
        }
    }

    /// Where it goes in a file.
    pub fn key_path(&self) -> KeyPath {
        let value = self.value();
        let key = self.key();
        if matches!(self, Self::ProposedUsernames | Self::PruneCovered | Self::Masters { .. }) {
            return KeyPath { key, lines: vec![value.flow()], is_word: true };
        }
        let mut lines = Vec::new();
        value.block("", &mut lines);
        KeyPath { key, lines, is_word: false }
    }
}

impl PrincipalEdit {
    fn pair(&self) -> (&'static str, Yaml) {
        match self {
            Self::Skip { reason } => ("skip", or(reason.as_deref(), WHY)),
            Self::KeepEntry => ("keep", word("entry")),
            Self::TakeMapping => ("take", word("mapping")),
            Self::Arn { arn } => ("arn", or(arn.as_ref().map(PrincipalArn::as_str), ARN)),
            Self::Username { username } => {
                ("username", or(username.as_ref().map(|name| name.as_str()), USERNAME))
            }
            Self::UsernameDefault => ("username", word("default")),
            Self::Groups { groups: None } => ("groups", Yaml::List(vec![Yaml::Word(GROUPS.to_owned())])),
            Self::Groups { groups: Some(groups) } => {
                ("groups", Yaml::List(groups.iter().map(|group| word(group.as_str())).collect()))
            }
            Self::Type { entry_type } => ("type", word(entry_type.as_str())),
        }
    }

    /// Its line, in the element of its principal.
    pub fn line(&self) -> String {
        let (key, value) = self.pair();
        format!("{key}: {}", value.flow())
    }
}

impl Yaml {
    /// In one line.
    fn flow(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(key, value)| format!("{key}: {}", value.flow())).collect();
                format!("{{{}}}", pairs.join(", "))
            }
        }
    }

    /// A line for each value.
    fn block(&self, indent: &str, lines: &mut Vec<String>) {
        match self {
            Self::Word(word) => lines.push(format!("{indent}{word}")),
            Self::List(items) => {
                for item in items {
                    let mut of_item = Vec::new();
                    item.block("", &mut of_item);
                    for (at, line) in of_item.into_iter().enumerate() {
                        lines.push(format!("{indent}{}{line}", if at == 0 { "- " } else { STEP }));
                    }
                }
            }
            Self::Map(pairs) => {
                for (key, value) in pairs {
                    match value {
                        Self::List(items) if !items.is_empty() => {
                            lines.push(format!("{indent}{key}:"));
                            value.block(&format!("{indent}{STEP}"), lines);
                        }
                        Self::Map(inner) if inner.len() > 1 => {
                            lines.push(format!("{indent}{key}:"));
                            value.block(&format!("{indent}{STEP}"), lines);
                        }
                        _ => lines.push(format!("{indent}{key}: {}", value.flow())),
                    }
                }
            }
        }
    }
}

impl Choice {
    /// A whole file that says this and nothing else.
    pub fn yaml(&self) -> String {
        let mut text = "version: 1\n".to_owned();
        let mut last = None;
        for edit in &self.edits {
            let KeyPath { key, lines, is_word } = edit.key_path();
            if is_word {
                text += &format!("{key}: {}\n", lines.concat());
                continue;
            }
            if last != Some(key) {
                text += &format!("{key}:\n");
            }
            lines.iter().for_each(|line| text += &format!("{STEP}{line}\n"));
            last = Some(key);
        }
        text
    }

    /// What is to stand below `version: 1`, in one line.
    pub fn in_one_line(&self) -> String {
        let values: Vec<Yaml> = self.edits.iter().map(Edit::value).collect();
        let key = self.edits.first().map_or("", Edit::key);
        let mut all = values.into_iter();
        let Some(first) = all.next() else { return String::new() };
        let whole = all.fold(first, |whole, more| match (whole, more) {
            (Yaml::Map(mut whole), Yaml::Map(more)) => {
                whole.extend(more);
                Yaml::Map(whole)
            }
            (Yaml::List(mut whole), Yaml::List(more)) => {
                whole.extend(more);
                Yaml::List(whole)
            }
            (whole, _) => whole,
        });
        format!("{key}: {}", whole.flow())
    }
}
