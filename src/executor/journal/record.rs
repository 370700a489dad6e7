use serde::{Deserialize, Serialize};

use crate::executor::Call;
use crate::model::ClusterId;
use crate::planner::{Fingerprint, FormatVersion, Phase};

/// An unknown major is refused, an unknown minor is read.
pub const JOURNAL_FORMAT: FormatVersion = FormatVersion { major: 1, minor: 0 };

/// The first record: whose journal it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub format: FormatVersion,
    /// The digest of the plan.
    pub plan: String,
    pub cluster: ClusterId,
    /// Name of the run, part of every client token.
    pub run: String,
}

impl Header {
    pub fn new(plan: impl Into<String>, cluster: ClusterId, run: impl Into<String>) -> Self {
        Self { format: JOURNAL_FORMAT, plan: plan.into(), cluster, run: run.into() }
    }
}

/// One line of the journal. Calls of a step count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    Header(Header),
    /// A run began, for the first time or again.
    Started {
        through: Phase,
        allow_irreversible: bool,
    },
    /// The gate of the first run: digests of what the plan does not touch, to be found the same by every later run.
    Baseline {
        untouched: Fingerprint,
    },
    /// About to be made.
    Intended {
        step: String,
        index: usize,
        call: Call,
    },
    Applied {
        step: String,
        index: usize,
    },
    /// It was so already, and not by a call of ours: there is nothing to undo.
    Already {
        step: String,
        index: usize,
    },
    /// Nothing was done.
    Failed {
        step: String,
        index: usize,
        why: String,
    },
    /// It may have taken effect.
    Unknown {
        step: String,
        index: usize,
        why: String,
    },
    /// No call was needed: everything the step wants was there.
    Adopted {
        step: String,
    },
    /// Every call is done and what they wrote was seen.
    Done {
        step: String,
    },
}
