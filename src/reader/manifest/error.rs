use crate::reader::Place;

/// The text is not a manifest of `kube-system/aws-auth`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct ManifestError {
    pub kind: ManifestErrorKind,
    /// `None` where the whole text is at fault.
    pub place: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestErrorKind {
    #[error("{0} bytes is more than a ConfigMap can hold")]
    TooLarge(usize),
    #[error("not UTF-8 text")]
    NotUtf8,
    #[error("not YAML: {0}")]
    Syntax(String),
    #[error("nested deeper than {0} levels")]
    TooDeep(usize),
    #[error("its aliases expand to more than a ConfigMap can hold")]
    TooManyAliases,
    #[error("the anchor {0:?} is not defined before this alias")]
    UnknownAnchor(String),
    #[error("it is empty")]
    Empty,
    #[error("it has a second YAML document; aws-auth is one")]
    SecondDocument,
    #[error("{0}, not a mapping")]
    NotAMapping(&'static str),
    #[error("not a ConfigMap: it has neither kind nor data")]
    NotAManifest,
    #[error("it is of kind {0}, not ConfigMap")]
    WrongKind(String),
    #[error("its name is {0}, not aws-auth")]
    WrongName(String),
    #[error("its namespace is {0}, not kube-system")]
    WrongNamespace(String),
    #[error("the list does not contain the ConfigMap kube-system/aws-auth")]
    NotInList,
    #[error("the list contains the ConfigMap kube-system/aws-auth twice")]
    TwiceInList,
    #[error("{field} is {found}, not a mapping")]
    FieldNotAMapping { field: &'static str, found: &'static str },
    #[error("items is {0}, not a list")]
    ItemsNotAList(&'static str),
    #[error("a key of {field} is {found}, not a string")]
    KeyNotAString { field: &'static str, found: &'static str },
    #[error("immutable is {0}, not a boolean")]
    ImmutableNotABoolean(&'static str),
    #[error("{key} is {found}, not a string")]
    NotAString { key: String, found: &'static str },
}

impl ManifestErrorKind {
    /// The error at a byte of the text; one behind its end is at its end.
    pub(super) fn at(self, text: &str, byte: usize) -> ManifestError {
        ManifestError { kind: self, place: Some(place(text, byte)) }
    }
}

fn place(text: &str, byte: usize) -> Place {
    let end = (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    // a byte order mark is not a character one sees
    let column = before[line_start..].chars().filter(|c| *c != '\u{feff}').count() + 1;
    Place { line: before.matches('\n').count() + 1, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_a_byte_behind_the_end_is_the_end() {
        let text = "\u{feff}é: 1\nß";
        assert_eq!(place(text, text.find(':').unwrap()), Place { line: 1, column: 2 });
        assert_eq!(place(text, usize::MAX), Place { line: 2, column: 2 });
    }
}
