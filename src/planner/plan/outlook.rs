//! What a reader of a plan would else have to work out: who is administrator, and what stays in `aws-auth`.

use serde::{Deserialize, Serialize};

use crate::facts::AdministratorBy;
use crate::reader::LinePlace;

/// Somebody who can do everything in the cluster: before the plan, after it, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Administrator {
    /// As its access entry spells it, or else its mapping.
    pub principal: String,
    /// By what it is one today; `null`: it is none.
    pub before: Option<AdministratorBy>,
    /// By what it is one once all of the plan is done; of a mapping that needs a decision, as before.
    pub after: Option<AdministratorBy>,
}

/// What phase `prune` does to the mappings of `aws-auth`, each of which is in one of the lists, in file order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PruneOutlook {
    /// By decision the ConfigMap is deleted, with all that is in it.
    pub deletes_config_map: bool,
    pub removed: Vec<RemovedMapping>,
    pub kept: Vec<KeptMapping>,
}

/// A mapping that phase `prune` takes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RemovedMapping {
    pub at: LinePlace,
    /// `rolearn`, `userarn` or the account, as EKS reads it.
    pub arn: String,
}

/// A mapping that stays in `aws-auth`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct KeptMapping {
    pub at: LinePlace,
    /// `rolearn`, `userarn` or the account, as EKS reads it.
    pub arn: String,
    pub why: KeptBecause,
}

/// Why a mapping stays in `aws-auth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeptBecause {
    /// No access entry covers it: its outcome says why.
    NotCovered,
    /// It is covered, and cannot be taken out: a finding `not-pruned` says why.
    NotPruned,
    /// The whole ConfigMap is to be deleted, and cannot be: findings `delete-blocked` say why.
    DeleteBlocked,
}
