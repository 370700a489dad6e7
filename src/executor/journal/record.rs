use serde::{Deserialize, Serialize};

use crate::executor::Call;
use crate::model::ClusterId;
use crate::planner::{Fingerprint, FormatVersion, Phase};

/// An unknown major is refused, an unknown minor is read.
///
/// 1.1 has the record `updating`, and steps that are under way beside each other.
pub const JOURNAL_FORMAT: FormatVersion = FormatVersion { major: 1, minor: 1 };

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
    /// The cluster is being changed under this id, which tells later what came of it.
    Updating {
        step: String,
        index: usize,
        update: String,
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

impl Record {
    /// The step that it is about.
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Header(_) | Self::Started { .. } | Self::Baseline { .. } => None,
            Self::Intended { step, .. }
            | Self::Updating { step, .. }
            | Self::Applied { step, .. }
            | Self::Already { step, .. }
            | Self::Failed { step, .. }
            | Self::Unknown { step, .. }
            | Self::Adopted { step }
            | Self::Done { step } => Some(step),
        }
    }
}
