use std::fmt;

use super::{Need, Needed, policy, roles};
use crate::model::Update;
use crate::snapshot::ClusterStatus;

/// What stands in the way of a run, as far as it can be told beforehand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preflight {
    /// In the order of the needs: IAM, then Kubernetes.
    pub missing: Vec<Missing>,
    /// Rights that the caller lacks and a run can do without, in the same order.
    pub lacking: Vec<Missing>,
    /// What nobody could answer, and why.
    pub unchecked: Vec<Unchecked>,
    /// The status of a cluster that is not `ACTIVE`. While it is `UPDATING`, a change of its mode waits.
    pub status: Option<ClusterStatus>,
    /// The update that is in progress, where one is and EKS names it.
    pub running: Option<Update>,
}

/// A right that the caller lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub need: Need,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    pub what: String,
    pub why: String,
}

impl Preflight {
    /// Nothing is known to stand in the way.
    pub fn passes(&self) -> bool {
        // the update of an earlier run may be the one
        self.missing.is_empty() && self.status.as_ref().is_none_or(ClusterStatus::is_updating)
    }

    /// The caller may not take this action, as far as IAM could be asked.
    pub fn lacks(&self, action: &str) -> bool {
        let all = self.missing.iter().chain(&self.lacking);
        all.filter_map(|missing| match &missing.need.what {
            Needed::Iam { action, .. } => Some(*action),
            Needed::Kube { .. } => None,
        })
        .any(|lacked| lacked == action)
    }

    /// The IAM policy that gives what is missing, as JSON; `None` when nothing is.
    pub fn policy(&self) -> Option<String> {
        policy(self.missing.iter().map(|missing| &missing.need))
    }

    /// The ClusterRole and Roles that give what is missing, as YAML; `None` when nothing is.
    pub fn roles(&self, name: &str) -> Option<String> {
        roles(name, self.missing.iter().map(|missing| &missing.need))
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Need { what, why, optional } = &self.need;
        match what {
            Needed::Iam { action, resource, context } => {
                write!(f, "you may not {action} on {resource}")?;
                for (key, value) in context {
                    write!(f, " with {key} {value}")?;
                }
            }
            Needed::Kube { what, .. } => write!(f, "you may not {what}")?,
        }
        match optional {
            true => write!(f, ": optional, to {why}"),
            false => write!(f, ": needed to {why}"),
        }
    }
}

impl fmt::Display for Unchecked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} could not be checked: {}", self.what, self.why)
    }
}
