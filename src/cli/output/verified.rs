//! What `verify` found, for programs: `docs/commands.md` describes each field.

use eksodus::calls::Resource;
use eksodus::checks::{Check, CheckResult, CheckSubject};
use eksodus::executor::{Difference, Refusal};
use eksodus::session::{OtherEntry, Verified};
use serde::Serialize;

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// No difference was found.
    pub equal: bool,
    /// The last phase that was held against the cluster.
    #[cfg_attr(test, schemars(extend("enum" = eksodus::model::Phase::ALL.map(eksodus::model::Phase::as_str))))]
    pub through: &'static str,
    pub summary: Counts,
    pub differences: Vec<Differs>,
    /// Access entries of principals of the plan; `null`: they cannot be listed.
    pub entries: Option<usize>,
    /// Principals of all other entries.
    pub others: Vec<String>,
    /// Those of `others` that can do everything in the cluster by their entry.
    pub other_administrators: Vec<OtherAdministrator>,
    /// Of a live cluster: nodes, rights and logins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Checked>,
}

/// An administrator whose entry the plan neither leads to nor leaves in place of a mapping.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OtherAdministrator {
    pub principal: String,
    /// The plan names it among the administrators.
    pub known: bool,
    /// Its entry authenticates nobody, as far as IAM tells.
    pub dead: bool,
}

/// How many there are.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    pub differences: usize,
    /// Checks, by result.
    pub passed: usize,
    pub failed: usize,
    pub unknown: usize,
}

/// Something that is not as the plan wants it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Differs {
    pub kind: DifferenceKind,
    /// The principal, or what else it is about; `null` where that is the cluster as a whole.
    pub subject: Option<String>,
    /// The step of the plan, where it is one that did not last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// In words, for people.
    pub what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// An access entry is not what the plan leads to, or not what it was when the plan left it as it is.
    Entry,
    /// An access entry authenticates nobody: its principal is gone, or was recreated.
    DeadEntry,
    /// What a step left is not there any more, or is otherwise.
    Step,
    /// A node role has no access entry of the type that its nodes need.
    NodeRole,
    /// The caller has no access entry.
    Caller,
    /// A mapping that stays gives access to somebody who did not have it.
    Mapping,
    /// A plan made now would still do this.
    StillToDo,
    /// It could not be observed.
    Unobserved,
    /// What a guard asks before a phase does not hold after it.
    Unsafe,
}

/// A check of a live cluster.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Checked {
    pub kind: CheckKind,
    /// A principal, a node, or a group of nodes.
    pub subject: String,
    /// Of a node: the group that it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    #[serde(flatten)]
    pub result: Outcome,
    /// All of it in words, for people.
    pub what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CheckKind {
    /// Whether the nodes of a node group, of a Fargate profile, or of neither are ready.
    Nodes,
    /// One node that is not ready, or did not stay so.
    Node,
    /// Whether a principal keeps what RBAC gives it.
    Access,
    /// Whether the API server answers as the plan's proof says.
    Parity,
    /// Who a principal is to the API server.
    Login,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Outcome {
    Passed {
        /// What was seen.
        reason: String,
    },
    Failed {
        /// What was expected, or asked and as whom.
        asked: String,
        /// What the server said.
        reason: String,
        /// What to do.
        help: String,
    },
    /// Nobody can tell.
    Unknown { reason: String },
}

impl Report {
    pub fn of(verified: &Verified) -> Self {
        let differences = Differs::all(&verified.differences, &verified.refusals);
        let checks: Vec<_> = verified.checks.iter().map(Checked::of).collect();
        let count = |is_it: fn(&Outcome) -> bool| checks.iter().filter(|it| is_it(&it.result)).count();
        let summary = Counts {
            differences: differences.len(),
            passed: count(|it| matches!(it, Outcome::Passed { .. })),
            failed: count(|it| matches!(it, Outcome::Failed { .. })),
            unknown: count(|it| matches!(it, Outcome::Unknown { .. })),
        };
        Self {
            equal: verified.is_equal(),
            through: verified.through.as_str(),
            summary,
            differences,
            entries: verified.entries,
            others: verified.others.iter().map(|it| it.principal.clone()).collect(),
            other_administrators: verified
                .others
                .iter()
                .filter(|it| it.is_administrator)
                .map(OtherAdministrator::of)
                .collect(),
            checks,
        }
    }
}

impl OtherAdministrator {
    fn of(entry: &OtherEntry) -> Self {
        let OtherEntry { principal, is_administrator: _, is_planned, is_dead } = entry;
        Self { principal: principal.clone(), known: *is_planned, dead: *is_dead }
    }

    /// Beside its name.
    pub fn said(&self) -> &'static str {
        match (self.known, self.dead) {
            (true, false) => "administrator",
            (true, true) => "administrator; dead",
            (false, false) => "administrator, unknown to the plan",
            (false, true) => "administrator, unknown to the plan; dead",
        }
    }
}

impl Differs {
    pub fn all(differences: &[Difference], refusals: &[Refusal]) -> Vec<Self> {
        differences.iter().map(Self::of).chain(refusals.iter().map(Self::of_refusal)).collect()
    }

    fn of(difference: &Difference) -> Self {
        use DifferenceKind as Kind;
        let (kind, subject, step) = match difference {
            Difference::Target { principal, planned: _, found: _ } => {
                (Kind::Entry, principal.to_string(), None)
            }
            Difference::Dead { principal, liveness: _ } => (Kind::DeadEntry, principal.to_string(), None),
            Difference::Step { step, resource, planned: _, found: _ } => {
                (Kind::Step, subject_of(resource), Some(step))
            }
            Difference::Node { role, needs: _, found: _ } => (Kind::NodeRole, role.to_string(), None),
            Difference::CallerHasNoEntry { principal } => (Kind::Caller, principal.to_string(), None),
            Difference::Line { step, arn } => (Kind::Mapping, arn.clone(), Some(step)),
            Difference::StillToDo { step, resource } => (Kind::StillToDo, subject_of(resource), Some(step)),
            Difference::Unknown { resource } => (Kind::Unobserved, subject_of(resource), None),
        };
        Self { kind, subject: Some(subject), step: step.cloned(), what: difference.to_string() }
    }

    fn of_refusal(refusal: &Refusal) -> Self {
        Self { kind: DifferenceKind::Unsafe, subject: None, step: None, what: refusal.to_string() }
    }
}

/// The principal of an entry, as where the entry itself is the matter; else what it is.
fn subject_of(resource: &Resource) -> String {
    match resource {
        Resource::Entry(principal) => principal.to_string(),
        Resource::Mode | Resource::Binding { .. } | Resource::AwsAuth => resource.to_string(),
    }
}

impl Checked {
    fn of(check: &Check) -> Self {
        let Check { subject, result } = check;
        let (kind, subject, of) = match subject {
            CheckSubject::Nodes(group) => (CheckKind::Nodes, group, None),
            CheckSubject::Node { name, of } => (CheckKind::Node, name, Some(of)),
            CheckSubject::Access { principal } => (CheckKind::Access, principal, None),
            CheckSubject::Parity { principal } => (CheckKind::Parity, principal, None),
            CheckSubject::Login { principal } => (CheckKind::Login, principal, None),
        };
        let result = match result.clone() {
            CheckResult::Passed { what } => Outcome::Passed { reason: what },
            CheckResult::Failed { asked, said, help } => Outcome::Failed { asked, reason: said, help },
            CheckResult::Unknown { why } => Outcome::Unknown { reason: why },
        };
        Self { kind, subject: subject.clone(), of: of.cloned(), result, what: check.to_string() }
    }
}

impl Outcome {
    /// `passed`, `failed` or `unknown`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Passed { .. } => "passed",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
        }
    }
}
