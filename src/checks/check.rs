use std::fmt;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub subject: CheckSubject,
    pub result: CheckResult,
}

/// In the order in which checks are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckSubject {
    /// All nodes of a node group, of a Fargate profile, or of neither.
    Nodes(String),
    Node {
        name: String,
        /// Such as `node group a`.
        of: String,
    },
    /// What a principal may do by RBAC.
    Access { principal: String },
    /// What the plan's proof says a principal loses and gains.
    Parity { principal: String },
    /// Who a principal is to the API server.
    Login { principal: String },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckResult {
    Passed {
        what: String,
    },
    Failed {
        /// What was looked for or asked, as whom.
        asked: String,
        /// What the server said.
        said: String,
        /// What to do.
        help: String,
    },
    /// Nobody can tell.
    Unknown {
        why: String,
    },
}

impl CheckResult {
    /// `passed`, `failed` or `unknown`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Passed { .. } => "passed",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl Check {
    pub fn is_failed(&self) -> bool {
        matches!(self.result, CheckResult::Failed { .. })
    }

    pub(super) fn passed(subject: CheckSubject, what: impl Into<String>) -> Self {
        Self { subject, result: CheckResult::Passed { what: what.into() } }
    }

    pub(super) fn failed(
        subject: CheckSubject,
        asked: impl Into<String>,
        said: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let result = CheckResult::Failed { asked: asked.into(), said: said.into(), help: help.into() };
        Self { subject, result }
    }

    pub(super) fn unknown(subject: CheckSubject, why: impl fmt::Display) -> Self {
        Self { subject, result: CheckResult::Unknown { why: why.to_string() } }
    }
}

impl fmt::Display for CheckSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nodes(of) => write!(f, "nodes of {of}"),
            Self::Node { name, of } => write!(f, "node {name} of {of}"),
            Self::Access { principal } => write!(f, "access of {principal}"),
            Self::Parity { principal } => write!(f, "changes of {principal}"),
            Self::Login { principal } => write!(f, "login of {principal}"),
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, result } = self;
        match result {
            CheckResult::Passed { what } => write!(f, "{subject}: {what}"),
            CheckResult::Failed { asked, said, help } => write!(f, "{subject}: {asked}: {said}; {help}"),
            CheckResult::Unknown { why } => write!(f, "{subject} could not be checked: {why}"),
        }
    }
}
