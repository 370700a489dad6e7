use super::{FormatVersion, Plan};

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
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// # Errors
    /// When the text is no plan, is of a newer major format, or was changed since it was saved.
    pub fn parse(text: &str) -> Result<Self, PlanFileError> {
        #[derive(serde::Deserialize)]
        struct Header {
            format: FormatVersion,
        }
        let header: Header = serde_json::from_str(text).map_err(PlanFileError::Json)?;
        if header.format.major != FormatVersion::CURRENT.major {
            return Err(PlanFileError::NewerFormat { found: header.format });
        }
        let plan: Self = serde_json::from_str(text).map_err(PlanFileError::Json)?;
        let actual = plan.computed_digest();
        if actual != plan.digest {
            return Err(PlanFileError::Edited { found: plan.digest, actual });
        }
        Ok(plan)
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

/// BLAKE3 in hex of a value's compact JSON.
pub(super) fn digest_of(value: &impl serde::Serialize) -> String {
    let mut hasher = std::io::BufWriter::with_capacity(128 * 1024, blake3::Hasher::new());
    // neither can fail: the hasher takes everything, and no value here has keys that JSON lacks
    let _ = serde_json::to_writer(&mut hasher, value);
    hasher.into_inner().map(|hasher| hasher.finalize().to_hex().to_string()).unwrap_or_default()
}
