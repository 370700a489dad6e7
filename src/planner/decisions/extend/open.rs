//! Open questions as comments of the file. Prose has two number signs and YAML one, so that an editor that uncomments an
//! option with what is said above it makes comments of the one and decisions of the other.

use super::lines::Lines;
use super::{CannotExtend, Decisions, begun, comment};
use crate::findings::Choice;

/// A question as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion {
    /// Whom it is about and what is open, in one line: by it the question is known again.
    pub head: String,
    pub says: Vec<String>,
    /// Each with what it does.
    pub options: Vec<(String, Choice)>,
}

/// The text with all questions under the keys that would answer them, commented out; one that stands there already is left
/// as it is. What it decides stays as it was. `name` is for errors.
///
/// # Errors
/// When the text is not a decisions file, or they cannot be added safely.
pub fn with_open_questions(
    name: &str,
    text: &str,
    questions: &[OpenQuestion],
) -> Result<String, CannotExtend> {
    let text = begun(text);
    let before = Decisions::parse(name, &text)?;
    let mut lines = Lines::of(&text);
    for question in questions {
        let head = prose(&question.head).unwrap_or_default();
        if text.lines().any(|line| line.trim() == head) {
            continue;
        }
        for key in keys(question) {
            let of_key =
                |choice: &&(String, Choice)| choice.1.edits.first().is_some_and(|edit| edit.key() == key);
            let mut block = vec![String::new(), head.clone()];
            block.extend(question.says.iter().filter_map(|said| prose(said)));
            let mut is_word = false;
            for (does, choice) in question.options.iter().filter(of_key) {
                block.extend(prose(&format!("- {does}:")));
                for edit in &choice.edits {
                    let path = edit.key_path();
                    is_word = path.is_word;
                    match path.is_word {
                        true => block.push(format!("# {key}: {}", path.lines.concat())),
                        false => block.extend(path.lines.iter().map(|line| format!("# {line}"))),
                    }
                }
            }
            match is_word {
                true => lines.push(block),
                false => lines.append(key, &block, "")?,
            }
        }
    }
    let now = lines.text();
    let key = "an open question";
    let after = Decisions::parse(name, &now).map_err(|_| CannotExtend::NoPlace { key })?;
    if after.without_places() == before.without_places() {
        Ok(now)
    } else {
        Err(CannotExtend::NoPlace { key })
    }
}

fn prose(text: &str) -> Option<String> {
    comment(text).map(|comment| format!("#{comment}"))
}

/// The top-level keys of its options, each once, in their order.
fn keys(question: &OpenQuestion) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for (_, choice) in &question.options {
        keys.extend(choice.edits.first().map(crate::findings::Edit::key).filter(|key| !keys.contains(key)));
    }
    keys
}
