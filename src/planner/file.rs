use super::{FormatVersion, Plan};
use crate::json;

/// Why a saved plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    #[error("not a plan")]
    Json(#[source] serde_json::Error),
    #[error("the plan has format {found}, this program reads {}", FormatVersion::CURRENT)]
    NewerFormat { found: FormatVersion },
    #[error("the plan was edited: its digest is {found}, its content makes {actual}")]
    Edited { found: String, actual: String },
}

impl FormatVersion {
    pub const CURRENT: Self = Self { major: 1, minor: 0 };
}

impl std::fmt::Display for FormatVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Plan {
    /// Pretty JSON with a final newline: what `--out` saves and `apply` reads.
    pub fn to_json(&self) -> String {
        json::pretty(self).unwrap_or_default()
    }

    /// A newer minor may have fields that this program does not know: they are part of the digest all the same, which is
    /// therefore taken of the text.
    ///
    /// # Errors
    /// When the text is no plan, is of a newer major format, or was changed since it was saved.
    pub fn parse(text: &str) -> Result<Self, PlanFileError> {
        #[derive(serde::Deserialize)]
        struct Header {
            format: FormatVersion,
            digest: String,
        }
        let header: Header = serde_json::from_str(text).map_err(PlanFileError::Json)?;
        if header.format.major != FormatVersion::CURRENT.major {
            return Err(PlanFileError::NewerFormat { found: header.format });
        }
        let actual = digest_of_text(text, &header.digest);
        if actual != header.digest {
            return Err(PlanFileError::Edited { found: header.digest, actual });
        }
        serde_json::from_str(text).map_err(PlanFileError::Json)
    }

    /// BLAKE3 of everything but the digest itself, in hex.
    pub fn computed_digest(&self) -> String {
        let mut plan = self.clone();
        plan.digest = String::new();
        digest_of(&plan)
    }

    /// Fixes the digest of a plan that is complete.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.digest = String::new();
        self.digest = digest_of(&self);
        self
    }
}

/// What [`digest_of`] makes of the value that was written as this text: JSON without its spaces, and without the escapes
/// that only eyes need, is compact JSON.
fn digest_of_text(text: &str, digest: &str) -> String {
    let mut compact = json::without_needless_escapes(&without_spaces(text));
    let field = format!("\"digest\":{digest:?}");
    // quotes within strings are escaped, so this is a field; that of the plan comes last
    if let Some(at) = compact.rfind(&field) {
        compact.replace_range(at..at + field.len(), "\"digest\":\"\"");
    }
    blake3::hash(compact.as_bytes()).to_hex().to_string()
}

/// A JSON text without the spaces between its tokens.
fn without_spaces(text: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let is_kept = |c: &char| {
        let kept = in_string || !c.is_ascii_whitespace();
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
        kept
    };
    text.chars().filter(is_kept).collect()
}

/// BLAKE3 in hex of a value's compact JSON.
pub(super) fn digest_of(value: &impl serde::Serialize) -> String {
    let mut hasher = std::io::BufWriter::with_capacity(128 * 1024, blake3::Hasher::new());
    // neither can fail: the hasher takes everything, and no value here has keys that JSON lacks
    let _ = serde_json::to_writer(&mut hasher, value);
    hasher.into_inner().map(|hasher| hasher.finalize().to_hex().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planner::{Decisions, plan};
    use crate::snapshot::Snapshot;

    /// The plan's text with its last fields written by a program that has one more.
    fn with_a_field(minor: u32) -> String {
        let plan = Plan {
            format: FormatVersion { minor, ..FormatVersion::CURRENT },
            source: Some("a \"b\" \\ c.yaml".to_owned()),
            ..plan(&Snapshot::default(), &Decisions::default())
        };
        plan.to_json().replace("\n  \"digest\": ", "\n  \"reviewers\": [\"a b\"],\n  \"digest\": ")
    }

    fn resealed(text: &str) -> String {
        let Err(PlanFileError::Edited { found, actual }) = Plan::parse(text) else { panic!("{text}") };
        text.replace(&found, &actual)
    }

    #[test]
    fn a_plan_of_a_newer_minor_is_read_and_its_digest_covers_what_is_not_known() {
        let text = resealed(&with_a_field(FormatVersion::CURRENT.minor + 1));
        assert_eq!(Plan::parse(&text).unwrap().source.as_deref(), Some("a \"b\" \\ c.yaml"));
        let edited = text.replace("a b", "a c");
        assert!(matches!(Plan::parse(&edited), Err(PlanFileError::Edited { .. })));
    }

    #[test]
    fn what_nobody_sees_is_written_out_and_the_plan_is_the_same() {
        let hostile = "\u{9b}31m\u{202e}\u{200b}\u{2028}\u{e0041}\\u202e\"\n\u{1b}[31m.yaml";
        let plan =
            Plan { source: Some(hostile.to_owned()), ..plan(&Snapshot::default(), &Decisions::default()) }
                .sealed();
        let text = plan.to_json();
        assert!(text.chars().all(|c| c == '\n' || !crate::hidden::is_hidden(c)), "{text}");
        assert_eq!(Plan::parse(&text).unwrap(), plan);
        assert_eq!(plan.digest, plan.computed_digest());
        // as another writer of JSON has it
        assert_eq!(Plan::parse(&serde_json::to_string_pretty(&plan).unwrap()).unwrap(), plan);
        let edited = text.replace("\\u202e\\u200b", "\\u202d\\u200b");
        assert!(matches!(Plan::parse(&edited), Err(PlanFileError::Edited { .. })));
    }

    #[test]
    fn a_field_added_by_hand_is_an_edit_and_other_spaces_are_not() {
        let edited = with_a_field(FormatVersion::CURRENT.minor);
        assert!(matches!(Plan::parse(&edited), Err(PlanFileError::Edited { .. })));
        let plan = plan(&Snapshot::default(), &Decisions::default());
        assert_eq!(Plan::parse(&without_spaces(&plan.to_json())).unwrap(), plan);
    }
}
