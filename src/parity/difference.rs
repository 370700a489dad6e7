//! What tells two sides apart, as it is kept in a plan.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Consequence;
use super::access::Place;
use crate::model::{AccessScope, PolicyArn};
use crate::rbac::{Attributes, BindingRef, PolicyRule, Subject};

/// By what somebody has a right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum GrantedBy {
    /// The group `system:masters`, which the API server allows everything before it asks anybody.
    Masters,
    NodeAuthorizer,
    AccessPolicy {
        policy: PolicyArn,
        scope: AccessScope,
    },
    /// `subject` is the one that matches.
    Binding {
        binding: BindingRef,
        subject: Subject,
    },
}

/// Where rights hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Reach {
    /// In these namespaces, a `*` at the end standing for any rest; empty: in the whole cluster.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub namespaces: BTreeSet<String>,
    /// But not in these, where something else gives the same.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<String>,
}

impl Reach {
    pub fn is_cluster(&self) -> bool {
        self.namespaces.is_empty()
    }

    pub(super) fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.namespaces.iter().map(|name| name.strip_suffix('*').map_or(Place::Named(name), Place::Prefix))
    }

    /// Whether a request in this namespace, or in none, is in reach.
    pub fn includes(&self, namespace: Option<&str>) -> bool {
        let is_in = |names: &BTreeSet<String>, namespace: &str| {
            let holds = |name: &String| {
                name == namespace
                    || name.strip_suffix('*').is_some_and(|prefix| namespace.starts_with(prefix))
            };
            names.iter().any(holds)
        };
        match namespace {
            None => self.is_cluster(),
            Some(namespace) => {
                (self.is_cluster() || is_in(&self.namespaces, namespace)) && !is_in(&self.except, namespace)
            }
        }
    }
}

/// `in the whole cluster`, `in the namespaces a, b-*`.
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        match self.namespaces.len() {
            0 => f.write_str("in the whole cluster")?,
            1 => write!(f, "in namespace {}", list(&self.namespaces))?,
            _ => write!(f, "in namespaces {}", list(&self.namespaces))?,
        }
        if !self.except.is_empty() {
            write!(f, " except {}", list(&self.except))?;
        }
        Ok(())
    }
}

/// Permissions that one side has and the other has not, from one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    pub consequence: Consequence,
    /// Collapsed; each verb on each resource or URL, of each name, is a permission.
    pub rule: PolicyRule,
    pub reach: Reach,
    /// Permissions: the atoms of the rule, in each of the namespaces.
    pub permissions: usize,
    /// By what the side that has them has them.
    pub by: GrantedBy,
    /// What the other side has that is nearest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<Near>,
    /// One request that tells the sides apart.
    pub request: Attributes,
}

/// What comes near to a permission that is missing: other verbs on the resource, or the resource without the subresource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Near {
    pub by: GrantedBy,
    pub rule: PolicyRule,
}
