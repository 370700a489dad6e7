//! A step: one change of one resource, whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{AccessEntry, AuthenticationMode, ConfigMapParts, Phase, PrincipalArn};
use crate::rbac::Binding;

/// One change of one thing, complete: the executor has nothing left to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Stable and readable, unique in the plan: `entries/arn:aws:iam::…:role/Dev`.
    pub id: String,
    pub phase: Phase,
    pub action: Action,
}

/// The value a step expects to replace, and the whole value it leaves behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Action {
    Mode {
        from: AuthenticationMode,
        to: AuthenticationMode,
    },
    /// A RoleBinding or ClusterRoleBinding. `None` is "there is none".
    Binding {
        before: Option<Binding>,
        after: Option<Binding>,
    },
    Entry {
        principal: PrincipalArn,
        before: Expected,
        after: Option<AccessEntry>,
        /// Delete and create even where an update would do: the entry is dead, bound to a principal that no longer exists. A
        /// rollback does not make it again.
        recreate: bool,
    },
    /// The data of the ConfigMap, byte for byte. `None` is "there is no ConfigMap".
    AwsAuth {
        before: Option<BTreeMap<String, String>>,
        after: Option<BTreeMap<String, String>>,
        /// What a deletion takes along, and a creation brings back; nothing where `data` are replaced, which leaves the
        /// rest of the object as it is.
        #[serde(default, skip_serializing_if = "ConfigMapParts::is_empty")]
        parts: ConfigMapParts,
    },
}

/// What an access entry is expected to be before the step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "entry", rename_all = "kebab-case")]
pub enum Expected {
    /// CONFIG_MAP mode hides entries: look after the mode has changed, adopt an equal one, stop for a different one.
    Unobserved,
    Absent,
    Entry(AccessEntry),
}
