use sha2::{Digest, Sha256};

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

    /// SHA-256 of everything but the digest itself, in hex.
    pub fn computed_digest(&self) -> String {
        let mut plan = self.clone();
        plan.digest = String::new();
        sha256(&plan)
    }

    /// Fixes the digest of a plan that is complete.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        self.digest = self.computed_digest();
        self
    }
}

/// SHA-256 in hex of a value's compact JSON.
pub(super) fn sha256(value: &impl serde::Serialize) -> String {
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let digest = Sha256::digest(&bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
