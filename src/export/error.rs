//! Why nothing is exported.

use std::fmt;

use crate::model::{ClusterId, PrincipalArn};

/// Nothing is dropped in silence: what cannot be said is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    #[error("nothing says which cluster it is")]
    NoCluster,
    #[error("the access entries of the cluster are not known")]
    NoEntries,
    #[error("the plan is for {plan}, and what was observed is {observed}")]
    OtherCluster { plan: Box<ClusterId>, observed: Box<ClusterId> },
    #[error("only a plan has an aws-auth to be left behind")]
    NoPlan,
    #[error("the plan leaves aws-auth as it is: {why}")]
    NotPruned { why: String },
    #[error("the plan deletes aws-auth, and a manifest cannot say that")]
    Deleted,
    /// Another type, or an entry that authenticates nobody: the plan deletes it and creates it again, and no tool can be told.
    #[error("entries have to be recreated before anybody can own them: {}", listed(principals))]
    Recreate { principals: Vec<PrincipalArn> },
    /// At least one value.
    #[error("{format} cannot say {}", listed(values))]
    Cannot { format: &'static str, values: Vec<Unsayable> },
}

/// A value that a format has no words for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsayable {
    /// `None`: it is of no entry.
    pub principal: Option<PrincipalArn>,
    /// A fragment, such as `type EC2`.
    pub what: String,
}

impl Unsayable {
    pub(super) fn of(principal: &PrincipalArn, what: impl Into<String>) -> Self {
        Self { principal: Some(principal.clone()), what: what.into() }
    }
}

impl fmt::Display for Unsayable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.principal {
            Some(principal) => write!(f, "{principal}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

fn listed(values: &[impl fmt::Display]) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    values.join("; ")
}

/// Fails with what cannot be said, if there is any.
pub(super) fn say_all(format: &'static str, values: Vec<Unsayable>) -> Result<(), ExportError> {
    if values.is_empty() { Ok(()) } else { Err(ExportError::Cannot { format, values }) }
}
