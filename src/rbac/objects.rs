use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Selector;

/// All roles and bindings of a cluster, each list sorted by namespace and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rbac {
    pub roles: Vec<Role>,
    pub bindings: Vec<Binding>,
}

/// A ClusterRole (no namespace) or a Role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    /// Of a ClusterRole: aggregated ones find it by them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The selectors of its `aggregationRule`; `None` where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<Vec<Selector>>,
    /// What the authorizer reads. Those of an aggregated ClusterRole are written by a controller; where none are stored,
    /// [`Rbac::fill_aggregated`] says what it will write.
    #[serde(default)]
    pub rules: Vec<PolicyRule>,
}

/// One rule; an empty list means "none", but for `resource_names`, where it means "any".
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyRule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub api_groups: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    pub verbs: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_names: Vec<String>,
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "Vec::is_empty")]
    pub non_resource_urls: Vec<String>,
}

impl PolicyRule {
    /// Every verb on every resource, of which URLs are none.
    pub fn every_resource() -> Self {
        let any = || vec!["*".to_owned()];
        Self { api_groups: any(), resources: any(), verbs: any(), ..Self::default() }
    }

    /// Every verb on every URL that is no resource.
    pub fn every_url() -> Self {
        Self { verbs: vec!["*".to_owned()], non_resource_urls: vec!["*".to_owned()], ..Self::default() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BindingKind {
    ClusterRoleBinding,
    RoleBinding,
}

/// A ClusterRoleBinding (no namespace) or a RoleBinding, with the whole value that matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Binding {
    pub namespace: Option<String>,
    pub name: String,
    /// Journals before format 3 and snapshots have it in the other spelling.
    #[serde(rename = "roleRef", alias = "role_ref")]
    pub role_ref: RoleRef,
    pub subjects: Vec<Subject>,
}

impl Binding {
    pub fn kind(&self) -> BindingKind {
        match self.namespace {
            None => BindingKind::ClusterRoleBinding,
            Some(_) => BindingKind::RoleBinding,
        }
    }

    /// `ClusterRoleBinding devs`, `RoleBinding shop/devs`.
    pub fn full_name(namespace: Option<&str>, name: &str) -> String {
        match namespace {
            None => format!("ClusterRoleBinding {name}"),
            Some(namespace) => format!("RoleBinding {namespace}/{name}"),
        }
    }
}

/// A binding by its name, with the role that it gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BindingRef {
    /// None: a ClusterRoleBinding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    pub name: String,
    pub role_ref: RoleRef,
}

impl From<&Binding> for BindingRef {
    fn from(binding: &Binding) -> Self {
        let Binding { namespace, name, role_ref, subjects: _ } = binding.clone();
        Self { namespace, name, role_ref }
    }
}

/// `ClusterRoleBinding devs (ClusterRole edit)`.
impl fmt::Display for BindingRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, name, role_ref } = self;
        let name = Binding::full_name(namespace.as_deref(), name);
        write!(f, "{name} ({} {})", role_ref.kind, role_ref.name)
    }
}

/// `kind` is kept as text: RBAC looks at nothing else, and an unknown one grants nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RoleRef {
    pub kind: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Subject {
    pub kind: SubjectKind,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub namespace: Option<String>,
}

/// Exact spelling: `user` in lower case matches nobody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "String", into = "String")]
pub enum SubjectKind {
    User,
    Group,
    ServiceAccount,
    Other(String),
}

impl From<String> for SubjectKind {
    fn from(text: String) -> Self {
        match text.as_str() {
            "User" => Self::User,
            "Group" => Self::Group,
            "ServiceAccount" => Self::ServiceAccount,
            _ => Self::Other(text),
        }
    }
}

impl From<SubjectKind> for String {
    fn from(kind: SubjectKind) -> Self {
        match kind {
            SubjectKind::User => "User".to_owned(),
            SubjectKind::Group => "Group".to_owned(),
            SubjectKind::ServiceAccount => "ServiceAccount".to_owned(),
            SubjectKind::Other(text) => text,
        }
    }
}
