use std::fmt;

use serde::{Deserialize, Serialize};

/// The phases of a migration, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Preflight,
    /// CONFIG_MAP to API_AND_CONFIG_MAP, which is irreversible.
    DualMode,
    Entries,
    Verify,
    Prune,
    /// API_AND_CONFIG_MAP to API, which is irreversible.
    ApiMode,
}

impl Phase {
    pub const ALL: [Self; 6] =
        [Self::Preflight, Self::DualMode, Self::Entries, Self::Verify, Self::Prune, Self::ApiMode];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::DualMode => "dual-mode",
            Self::Entries => "entries",
            Self::Verify => "verify",
            Self::Prune => "prune",
            Self::ApiMode => "api-mode",
        }
    }

    pub const fn is_irreversible(self) -> bool {
        matches!(self, Self::DualMode | Self::ApiMode)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
