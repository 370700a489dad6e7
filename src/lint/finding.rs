use serde::{Deserialize, Serialize};

use crate::reader::Span;

/// What a rule has to say of one place in `aws-auth`. How it is shown is the renderers' business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, as `docs/rules.md` heads it. Ids end up in ignore lists and tickets: they never change.
    pub rule: &'static str,
    pub severity: Level,
    /// What is the matter, in one line.
    pub title: String,
    /// The bytes of the source that it is about.
    pub span: Span,
    /// What stands right under those bytes.
    pub label: String,
    /// What the server does with it today, and what that means for the migration.
    pub notes: Vec<String>,
    /// One thing to do.
    pub help: Option<String>,
}

/// How much a finding weighs; the most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The migration cannot pass it without a decision.
    Blocks,
    Warning,
    Info,
}

impl Level {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}
