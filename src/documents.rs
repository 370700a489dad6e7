use std::fmt;

use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::MessageFormatter;
pub(crate) use serde_saphyr::{Location, Spanned};

use crate::reader::Place;

/// Why a text cannot be read as the document it should be, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Misread {
    pub what: String,
    /// `None` where no place is to blame.
    pub place: Option<Place>,
}

impl Misread {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), place: None }
    }

    pub(crate) fn at(what: impl Into<String>, location: Location) -> Self {
        Self { what: what.into(), place: place(location) }
    }
}

/// The documents of a YAML text, empty ones left out.
///
/// # Errors
/// The first thing that is no YAML, or not of the type.
pub(crate) fn yaml_documents<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, Misread> {
    yaml(text, false)
}

/// The same, but a string that could be a number or a boolean must be quoted: every reader then sees the same type.
pub(crate) fn strict_yaml_documents<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, Misread> {
    yaml(text, true)
}

fn yaml<T: DeserializeOwned>(text: &str, quoted_strings: bool) -> Result<Vec<T>, Misread> {
    let options = serde_saphyr::options! {
        // the roles of a large cluster fill megabytes, in as many documents where they are manifests; aliases have limits
        // of their own
        budget: serde_saphyr::budget! {
            max_events: 100_000_000,
            max_nodes: 50_000_000,
            max_documents: 1_000_000,
            max_total_scalar_bytes: 1 << 30,
        },
        no_schema: quoted_strings,
        // they say nothing, and some hundred in a row are too many to be kept
        emit_comments: false,
        with_snippet: false,
    };
    serde_saphyr::from_multiple_with_options(text, options).map_err(|error| {
        let message = serde_saphyr::UserMessageFormatter.format_message(error.without_snippet());
        Misread { what: fragment(&message), place: error.location().and_then(place) }
    })
}

/// The JSON values of a text, one behind the other.
///
/// # Errors
/// The first thing that is no JSON, or not of the type.
pub(crate) fn json_documents<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, Misread> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::Deserializer::from_str(text).into_iter().collect::<Result<_, _>>().map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let message = error.to_string();
        let what = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
        // its columns count bytes
        let of_line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
        let column = of_line.char_indices().take_while(|(at, _)| at + 1 < column).count() + 1;
        Misread { what: what.to_owned(), place: (line > 0).then_some(Place { line, column }) }
    })
}

fn place(location: Location) -> Option<Place> {
    let line = usize::try_from(location.line()).ok()?;
    let column = usize::try_from(location.column()).ok()?;
    (line > 0).then_some(Place { line, column })
}

/// Lower case first, and in one line: the message may quote the text.
fn fragment(text: &str) -> String {
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The version of a file, as it is written: a string that looks like a number is none.
pub(crate) struct Version(pub String);

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;

        impl Visitor<'_> for Scalar {
            type Value = Version;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version number")
            }

            fn visit_u64<E>(self, version: u64) -> Result<Version, E> {
                Ok(Version(version.to_string()))
            }

            fn visit_i64<E>(self, version: i64) -> Result<Version, E> {
                Ok(Version(version.to_string()))
            }

            fn visit_f64<E>(self, version: f64) -> Result<Version, E> {
                Ok(Version(format!("{version:?}")))
            }

            fn visit_str<E>(self, version: &str) -> Result<Version, E> {
                Ok(Version(format!("{version:?}")))
            }
        }

        deserializer.deserialize_any(Scalar)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    type Numbers = BTreeMap<String, u8>;

    #[test]
    fn errors_have_a_place_and_no_second_mention_of_it() {
        let misread = json_documents::<Numbers>("{\"é\": 1,\n \"é\": x}").unwrap_err();
        assert_eq!(
            misread,
            Misread { what: "expected value".into(), place: Some(Place { line: 2, column: 7 }) }
        );
        let misread = yaml_documents::<Numbers>("a: 1\nb: x\n").unwrap_err();
        assert_eq!(misread.place, Some(Place { line: 2, column: 4 }));
        assert!(!misread.what.contains("line"), "{misread}");
        assert!(misread.what.starts_with(char::is_lowercase), "{misread}");
    }

    #[test]
    fn several_documents_are_read_and_empty_ones_left_out() {
        assert_eq!(json_documents::<u8>("1 2\n3").unwrap(), [1, 2, 3]);
        assert_eq!(yaml_documents::<Vec<u8>>("---\n[1]\n---\n# none\n---\n[2]\n").unwrap(), [[1], [2]]);
    }
}
