use serde::{Deserialize, Serialize};

use super::{Reason, RuleId, Severity, Words};
use crate::reader::LinePlace;

/// Something that needs a decision, that a reviewer should look at, or that is good to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Finding {
    pub rule: RuleId,
    pub severity: Severity,
    /// The mapping that it is about, or the end of a section.
    pub at: Option<LinePlace>,
    /// The principal, account, group or decision it is about.
    pub subject: String,
    pub reason: Reason,
    /// As the reason read when it was found: for those who read a saved plan without this program, which asks the reason.
    message: String,
    help: Vec<String>,
}

impl Finding {
    /// As severe as its reason is.
    pub fn new(at: Option<LinePlace>, subject: impl Into<String>, reason: Reason) -> Self {
        let subject = subject.into();
        let words = Words::of(&reason, &subject);
        let (rule, severity, message) = (reason.rule(), reason.severity(), words.message());
        Self { rule, severity, at, subject, reason, message, help: words.help }
    }

    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// What it says, made of its reason.
    pub fn words(&self) -> Words {
        Words::of(&self.reason, &self.subject)
    }
}
