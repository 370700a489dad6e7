//! Access assertions: who must be able to do what, and who must not, as a file that is kept and checked like code.
//!
//! [`Assertions::parse`] reads the file (`docs/assertions.md`), [`Ground`] is what it is held against, [`Ground::check`] the
//! answer, and [`Ground::record`] a first file of what holds today.

mod check;
mod file;
mod ground;
mod record;
mod words;
mod write;

use serde::Serialize;

pub use check::{Checked, Report};
#[cfg(test)]
pub(crate) use file::schema::of_file as schema_of_file;
pub use file::{AssertionsError, AssertionsErrorKind};
pub use ground::Ground;
pub use record::{Recorded, Recording};

use crate::rbac::{Attributes, UserInfo};
use crate::reader::Place;

/// A file of assertions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertions {
    /// As the file was named.
    pub name: String,
    /// In the order of the file; never empty.
    pub list: Vec<Assertion>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Where it begins.
    pub at: Option<Place>,
    pub who: Asserted,
    /// [`When::Both`] where the file does not say.
    pub when: When,
    pub what: Attributes,
    pub expected: Answer,
}

/// Whom an assertion is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asserted {
    /// Whoever the cluster takes this role or user for. `None` is any session that no binding names; a user's is empty.
    Principal { arn: String, session: Option<String> },
    /// As a SubjectAccessReview takes it: RBAC alone, and the groups as they are written.
    User(UserInfo),
}

/// Which side of the plan an assertion is about. Without a plan there is one side, and all of these are about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum When {
    Before,
    After,
    /// The same answer on both sides, the expected one.
    Both,
    /// The same answer on both sides, whichever it is.
    Same,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    Allowed,
    Denied,
    /// An input is missing. Never what is expected.
    Unknown,
}

impl Answer {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
