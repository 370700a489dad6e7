//! A decisions file with one decision more: every line of it stays, in its order and with its comments, but for a value that
//! is replaced.
//!
//! Where a decision goes is looked for line by line, in what people write. Whether it was found is not taken on trust: the
//! text is read again, and must say what was said before and the new decision, and nothing else.

mod lines;
mod open;
mod principal;

pub use open::{OpenQuestion, with_open_questions};

use lines::Lines;

use super::{Decisions, DecisionsError};
use crate::findings::{Choice, Edit};
use crate::hidden::is_hidden;

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CannotExtend {
    #[error(transparent)]
    Misread(#[from] DecisionsError),
    /// Something of the choice is still open.
    #[error("the decision is not complete")]
    Open,
    #[error("what stands under {key} is in one line, and nothing can be added to it safely")]
    InOneLine { key: &'static str },
    #[error("it already says something about {subject}, which this decision would take back")]
    Contradicts { subject: String },
    #[error("the place for {key} cannot be found in it for sure")]
    NoPlace { key: &'static str },
}

/// What a new file begins with.
const NEW: &str = "version: 1\n";

/// The text of a decisions file that also says what was chosen; `why` becomes a comment above it. `name` is for errors.
///
/// # Errors
/// When the text is not a decisions file, or no text that says both can be made for sure.
pub fn extended(name: &str, text: &str, choice: &Choice, why: &str) -> Result<String, CannotExtend> {
    let text = begun(text);
    let before = Decisions::parse(name, &text)?;
    let wanted = before.with(choice).ok_or(CannotExtend::Open)?;
    if wanted == before {
        return Ok(text);
    }
    let mut now = text;
    let mut decisions = before;
    for (at, edit) in choice.edits.iter().enumerate() {
        let mut lines = Lines::of(&now);
        insert(&mut lines, &decisions, edit, if at == 0 { why } else { "" })?;
        now = lines.text();
        decisions = Decisions::parse(name, &now).map_err(|_| CannotExtend::NoPlace { key: edit.key() })?;
    }
    match decisions.without_places() == wanted.without_places() {
        true => Ok(now),
        false => Err(CannotExtend::Contradicts { subject: subject(choice) }),
    }
}

/// A text in which nothing is decided yet is a new file below its comments.
fn begun(text: &str) -> String {
    let says_nothing = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if !text.lines().all(says_nothing) {
        return text.to_owned();
    }
    match text.is_empty() || text.ends_with('\n') {
        true => format!("{text}{NEW}"),
        false => format!("{text}\n{NEW}"),
    }
}

fn subject(choice: &Choice) -> String {
    match choice.edits.first() {
        Some(Edit::Principal { principal, .. }) => principal.clone(),
        Some(Edit::Group { group, .. }) => group.clone(),
        Some(Edit::Account { account, .. }) => account.to_string(),
        Some(Edit::AcceptGains { name, .. }) => name.clone(),
        Some(Edit::AcceptDifference { id, .. }) => id.clone(),
        Some(edit) => edit.key().to_owned(),
        None => String::new(),
    }
}

fn insert(lines: &mut Lines, now: &Decisions, edit: &Edit, why: &str) -> Result<(), CannotExtend> {
    if let Edit::Principal { principal, what } = edit {
        return principal::insert(lines, now, principal, what, why);
    }
    let path = edit.key_path();
    if path.is_word {
        return lines.set(path.key, &path.lines.concat(), why);
    }
    if let Edit::Account { account, principals: None, skip_others: Some(reason) } = edit
        && let Some(there) = now.accounts.get(account)
    {
        return lines.set_in(
            there.line,
            path.key,
            &format!("skip-others: {}", crate::findings::quoted(reason)),
        );
    }
    lines.append(path.key, &path.lines, why)
}

/// A comment is one line, whatever name is in it.
fn comment(text: &str) -> Option<String> {
    let seen: String = text.chars().map(|c| if c != ' ' && is_hidden(c) { '\u{fffd}' } else { c }).collect();
    (!seen.trim().is_empty()).then(|| format!("# {}", seen.trim()))
}
