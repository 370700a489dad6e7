//! A plan as a file, and its digest.

use crate::json;
use crate::planner::{FormatVersion, Plan, Summary};

/// Why a saved plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanFileError {
    #[error("not a plan")]
    Json(#[source] serde_json::Error),
    #[error("the plan has format {found}; this version reads {}.x", FormatVersion::CURRENT.major)]
    OtherFormat { found: FormatVersion },
    #[error("the plan was edited: its digest is {found}, but its content gives {actual}")]
    Edited { found: String, actual: String },
}

impl FormatVersion {
    pub const CURRENT: Self = Self { major: 2, minor: 2 };
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

    /// Whether the text is meant to be a saved plan, of whatever format.
    pub fn is_one(text: &str) -> bool {
        #[derive(serde::Deserialize)]
        struct Marks {
            #[expect(dead_code, reason = "that it is there is all")]
            format: FormatVersion,
            #[expect(dead_code, reason = "that it is there is all")]
            digest: String,
        }
        serde_json::from_str::<Marks>(text).is_ok()
    }

    /// A newer minor may have fields that this program does not know: they are part of the digest all the same, which is
    /// therefore taken of the text.
    ///
    /// # Errors
    /// When the text is no plan, is of another major format, or was changed since it was saved.
    pub fn parse(text: &str) -> Result<Self, PlanFileError> {
        #[derive(serde::Deserialize)]
        struct Header {
            format: FormatVersion,
            source: Option<String>,
            digest: String,
        }
        let header: Header = serde_json::from_str(text).map_err(PlanFileError::Json)?;
        if header.format.major != FormatVersion::CURRENT.major {
            return Err(PlanFileError::OtherFormat { found: header.format });
        }
        let actual = digest_of_text(text, &header.digest, header.source.as_deref());
        if actual != header.digest {
            return Err(PlanFileError::Edited { found: header.digest, actual });
        }
        serde_json::from_str(text).map_err(PlanFileError::Json)
    }

    /// BLAKE3 in hex of everything but the digest itself, and but the name that the source was read by: the same input
    /// makes the same plan, wherever it lies and however its path was spelled.
    pub fn computed_digest(&self) -> String {
        let mut plan = self.clone();
        (plan.digest, plan.source) = (String::new(), None);
        digest_of(&plan)
    }

    /// Counts what is in a plan that is complete, and fixes its digest.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.summary = Summary::of(&self);
        let source = self.source.take();
        self.digest = String::new();
        self.digest = digest_of(&self);
        self.source = source;
        self
    }
}

/// What [`digest_of`] makes of the value that was written as this text: JSON without its spaces, and without
/// the escapes that only eyes need, is compact JSON.
fn digest_of_text(text: &str, digest: &str, source: Option<&str>) -> String {
    let mut compact = json::without_needless_escapes(&without_spaces(text));
    // the plan's own fields alone, and written as serde_json does
    let mut blank = |field: &str, value: String, blank: &str| {
        let written = format!("\"{field}\":{value}");
        if let Some(at) = at_the_top(&compact, &written) {
            compact.replace_range(at..at + written.len(), &format!("\"{field}\":{blank}"));
        }
    };
    blank("digest", json_of(digest), "\"\"");
    if let Some(source) = source {
        blank("source", json_of(source), "null");
    }
    blake3::hash(compact.as_bytes()).to_hex().to_string()
}

fn json_of(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// Where a field of the outermost object begins in a compact JSON text.
fn at_the_top(compact: &str, field: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in compact.bytes().enumerate() {
        if depth == 1 && !in_string && compact.get(at..).is_some_and(|rest| rest.starts_with(field)) {
            return Some(at);
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
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
    use crate::planner::Decisions;
    use crate::planner::plan;
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
    fn where_the_source_lies_is_not_part_of_the_digest() {
        let plan = |source: Option<&str>| {
            let plan = plan(&Snapshot::default(), &Decisions::default());
            Plan { source: source.map(str::to_owned), ..plan }.sealed()
        };
        let plans =
            [None, Some("aws-auth.yaml"), Some("./\"a\"/é\n{.yaml"), Some("\",\"source\":\"")].map(plan);
        for it in &plans {
            assert_eq!((&it.digest, it.computed_digest()), (&plans[0].digest, plans[0].digest.clone()));
            assert_eq!(Plan::parse(&it.to_json()).unwrap(), *it);
        }
        let moved = plans[1].to_json().replace("\"aws-auth.yaml\"", "\"elsewhere\"");
        assert_eq!(Plan::parse(&moved).unwrap().source.as_deref(), Some("elsewhere"));
    }

    #[test]
    fn what_nobody_sees_is_written_out_and_the_plan_is_the_same() {
        let hostile = "\u{9b}31m\u{202e}\u{200b}\u{2028}\u{e0041}\\u202e\"\n\u{1b}[31m.yaml";
        let decisions = Decisions {
            accept_gains: [("ci".to_owned(), hostile.to_owned())].into(),
            ..Decisions::default()
        };
        let plan =
            Plan { source: Some(hostile.to_owned()), ..plan(&Snapshot::default(), &decisions) }.sealed();
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
