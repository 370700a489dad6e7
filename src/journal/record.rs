use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::earlier::respelled;
use super::{Stamp, Stamps};
use crate::calls::Call;
use crate::model::{AccessEntry, ClusterId};
use crate::planner::{Fingerprint, FormatVersion, Phase};

/// An unknown major is refused, an unknown minor is read.
///
/// 1.1 has the record `updating`, and steps that are under way beside each other. 2.0 has a stamp in each record. 3.0 spells usernames and
/// bindings as plans of format 2 do. 3.1 names the job of CI in the stamp. 4.0 has the `kind` of a record and of a call beside its
/// other fields, whose names are in camelCase. 4.1 has the day of the commit in the stamp. 4.2 has the entry that was
/// adopted.
pub const JOURNAL_FORMAT: FormatVersion = FormatVersion { major: 4, minor: 2 };
/// The oldest major that is read.
pub(super) const OLDEST_MAJOR: u32 = 1;

/// One line: a record with its stamp, which records of format 1 do not have.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct StampedRecord<R> {
    #[serde(flatten)]
    #[cfg_attr(test, schemars(with = "Stamp"))]
    pub stamp: Option<Stamp>,
    #[serde(flatten)]
    pub record: R,
}

/// Reads a line, of whatever format that is read: a run that a newer version of this program resumes has records of two.
pub(super) fn parsed(line: &str) -> serde_json::Result<StampedRecord<Record>> {
    #[derive(Deserialize)]
    struct Marked {
        kind: Option<IgnoredAny>,
    }
    let Marked { kind } = serde_json::from_str(line)?;
    match kind {
        Some(_) => serde_json::from_str(line),
        None => serde_json::from_value(respelled(serde_json::from_str(line)?)),
    }
}

/// Of a line of a journal.
#[cfg(test)]
pub(crate) fn schema_of_line(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    <StampedRecord<Record> as schemars::JsonSchema>::json_schema(generator)
}

/// A record as it stands in a journal, with its line break.
pub(super) fn line(stamps: &Stamps, record: &Record) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(&StampedRecord { stamp: Some(stamps.stamp()), record })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The first record: whose journal it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub struct Header {
    pub format: FormatVersion,
    /// The digest of the plan.
    pub plan: String,
    pub cluster: ClusterId,
    /// Name of the run, part of every client token.
    pub run: String,
    /// Name of the run that this one undoes, when it is a rollback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<String>,
}

impl Header {
    pub fn new(plan: impl Into<String>, cluster: ClusterId, run: impl Into<String>) -> Self {
        Self { format: JOURNAL_FORMAT, plan: plan.into(), cluster, run: run.into(), undoes: None }
    }
}

/// One line of the journal. Calls of a step count from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
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
        /// The access entry as it was found, which may give more than the step wants; formats before 4.2 do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<Box<AccessEntry>>,
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
            | Self::Adopted { step, .. }
            | Self::Done { step } => Some(step),
        }
    }
}
