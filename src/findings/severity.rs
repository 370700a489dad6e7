use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Phase;

/// How much a finding weighs; the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "phase", rename_all = "kebab-case")]
pub enum Severity {
    /// It needs a decision: nothing from this phase on is done before that.
    Blocks(Phase),
    Warning,
    Info,
}

impl Severity {
    pub const fn is_blocking(self) -> bool {
        matches!(self, Self::Blocks(_))
    }

    /// In words, without the phase.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocks(_) => "needs a decision",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// `needs a decision before entries`, `warning`, `info`.
impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocks(phase) => write!(f, "{} before {phase}", self.as_str()),
            Self::Warning | Self::Info => f.write_str(self.as_str()),
        }
    }
}
