use std::fmt;
use std::rc::Rc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// When a record was written, by whom and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Stamp {
    /// RFC 3339, in UTC, to the millisecond; by the clock of the machine that wrote it.
    pub at: String,
    /// See [`Writer`] for these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    pub host: String,
    pub version: String,
    pub commit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ci: Option<String>,
}

/// Who writes a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    /// The caller's ARN, as STS tells it; `None` where it could not be asked.
    pub caller: Option<String>,
    pub host: String,
    /// Of this program.
    pub version: String,
    /// The commit that it was built from, or `unknown`.
    pub commit: String,
    /// The day of that commit, `YYYY-MM-DD`, which is the same whenever it is built; `None` where the commit is not known.
    pub built: Option<String>,
    /// What the caller wants to be remembered of this run, such as a ticket.
    pub note: Option<String>,
    /// The job of CI that runs it, by its URL.
    pub ci: Option<String>,
}

/// Gives each record its stamp. The clock is the caller's: the library has none.
#[derive(Clone)]
pub struct Stamps {
    by: Writer,
    now: Rc<dyn Fn() -> Timestamp>,
}

impl Stamps {
    pub fn new(by: Writer, now: impl Fn() -> Timestamp + 'static) -> Self {
        Self { by, now: Rc::new(now) }
    }

    /// The same, by this caller.
    #[must_use]
    pub fn by_caller(self, caller: Option<String>) -> Self {
        Self { by: Writer { caller, ..self.by }, ..self }
    }

    /// The day in UTC, `YYYY-MM-DD`.
    pub fn today(&self) -> String {
        (self.now)().strftime("%F").to_string()
    }

    /// For a record that is written now.
    pub fn stamp(&self) -> Stamp {
        let Writer { caller, host, version, commit, built, note, ci } = self.by.clone();
        Stamp { at: format!("{:.3}", (self.now)()), caller, host, version, commit, built, note, ci }
    }
}

/// Nobody's, at the beginning of time: for journals that nobody keeps.
impl Default for Stamps {
    fn default() -> Self {
        Self::new(Writer::default(), || Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Debug for Stamps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stamps({:?})", self.by)
    }
}
