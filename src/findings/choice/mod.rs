//! The decisions that would answer a finding: typed edits of the team's decisions, safest first. What a finding advises, what
//! `decide` asks and what it writes are made of them.

mod edit;
mod fill;
mod of_reason;
mod yaml;

pub use edit::{Edit, GroupEdit, PrincipalEdit};
pub use fill::{Ask, Unanswerable};
pub use of_reason::choices;
pub use yaml::{KeyPath, PLACEHOLDERS, quoted};

use serde::{Deserialize, Serialize};

/// One answer: what of it is only yours to say, such as the reason for a skip, is still open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// All of them together are the answer; all under one top-level key of the file.
    pub edits: Vec<Edit>,
}

impl Choice {
    pub(super) fn of(edit: Edit) -> Self {
        Self { edits: vec![edit] }
    }

    /// It cannot be taken without a word why.
    pub fn needs_reason(&self) -> bool {
        self.edits.iter().any(|edit| edit.open().contains(&Ask::Reason))
    }
}
