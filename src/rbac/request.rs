use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::GroupName;

/// Who a request comes from, as the API server sees it after authentication.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UserInfo {
    pub username: String,
    pub groups: BTreeSet<String>,
}

impl UserInfo {
    /// The node that this is to the Node authorizer, which judges nobody else: it allows what the node's own Pods refer to,
    /// and the fixed rules of a kubelet, beside whatever RBAC gives. A name `system:node:` without more is no node, and the
    /// group alone makes none (kubernetes: pkg/auth/nodeidentifier/default.go, and
    /// plugin/pkg/auth/authorizer/node/node_authorizer.go, Authorize).
    pub fn node_name(&self) -> Option<&str> {
        let name = self.username.strip_prefix("system:node:").filter(|name| !name.is_empty())?;
        self.groups.contains(GroupName::NODES).then_some(name)
    }
}

/// What a request asks for, as the authorizers see it (`authorization.k8s.io/v1`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Attributes {
    Resource {
        /// `None`: all namespaces, or a resource that has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        namespace: Option<String>,
        verb: String,
        /// Empty for the core group.
        group: String,
        resource: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subresource: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    NonResource {
        path: String,
        verb: String,
    },
}

impl Attributes {
    /// A resource as a whole, such as `list` of `rolebindings` in `rbac.authorization.k8s.io`.
    pub fn resource(verb: &str, group: &str, resource: &str) -> Self {
        Self::Resource {
            namespace: None,
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: None,
            name: None,
        }
    }

    /// Where it is asked; a URL is in no namespace.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::Resource { namespace, .. } => namespace.as_deref(),
            Self::NonResource { .. } => None,
        }
    }

    #[must_use]
    pub fn in_namespace(mut self, name: &str) -> Self {
        if let Self::Resource { namespace, .. } = &mut self {
            *namespace = Some(name.to_owned());
        }
        self
    }

    #[must_use]
    pub fn of_subresource(mut self, of: Option<&str>) -> Self {
        if let Self::Resource { subresource, .. } = &mut self {
            *subresource = of.map(str::to_owned);
        }
        self
    }

    #[must_use]
    pub fn named(mut self, object: &str) -> Self {
        if let Self::Resource { name, .. } = &mut self {
            *name = Some(object.to_owned());
        }
        self
    }
}

impl fmt::Display for Attributes {
    /// Such as `get configmaps aws-auth in namespace kube-system`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonResource { path, verb } => write!(f, "{verb} {path}"),
            Self::Resource { namespace, verb, group, resource, subresource, name } => {
                write!(f, "{verb} {resource}")?;
                if let Some(subresource) = subresource {
                    write!(f, "/{subresource}")?;
                }
                if !group.is_empty() {
                    write!(f, " ({group})")?;
                }
                if let Some(name) = name {
                    write!(f, " {name}")?;
                }
                match namespace {
                    Some(namespace) => write!(f, " in namespace {namespace}"),
                    None => f.write_str(" in the whole cluster"),
                }
            }
        }
    }
}

impl fmt::Display for UserInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups: Vec<&str> = self.groups.iter().map(String::as_str).collect();
        write!(f, "{:?} in {groups:?}", self.username)
    }
}
