use std::fmt;

use serde::{Deserialize, Serialize};

use super::Token;

/// A Kubernetes group that an access entry may carry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct GroupName(String);

/// Why a group cannot stand in an access entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "text", rename_all = "kebab-case")]
pub enum GroupRefusal {
    #[error("it is empty")]
    Empty,
    /// EKS: "The kubernetes group name … is invalid, it cannot start with system:".
    #[error("it cannot begin with system:")]
    System,
    /// Whether entries replace placeholders in groups is not published, so it is never assumed.
    #[error("it has the placeholder {0}, whose behaviour in access entries is undocumented")]
    Token(String),
}

impl GroupName {
    /// The group that bypasses every authorizer of the API server.
    pub const MASTERS: &'static str = "system:masters";
    /// The API server gives it to every login itself (apiserver: pkg/authentication/group/authenticated_group_adder.go).
    pub const AUTHENTICATED: &'static str = "system:authenticated";
    pub const UNAUTHENTICATED: &'static str = "system:unauthenticated";
    pub const NODES: &'static str = "system:nodes";
    pub const BOOTSTRAPPERS: &'static str = "system:bootstrappers";
    pub const NODE_PROXIER: &'static str = "system:node-proxier";
    /// What Windows nodes have besides (EKS user guide, "Windows support").
    pub const WINDOWS: &'static str = "eks:kube-proxy-windows";

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// # Errors
    /// Why EKS would refuse the group, or why its meaning would be unknown.
    pub fn new(text: impl Into<String>) -> Result<Self, GroupRefusal> {
        let text = text.into();
        if text.is_empty() {
            return Err(GroupRefusal::Empty);
        }
        if text.starts_with("system:") {
            return Err(GroupRefusal::System);
        }
        if let Some(token) = Token::ALL.into_iter().find(|token| token.is_in(&text)) {
            return Err(GroupRefusal::Token(token.as_str().to_owned()));
        }
        Ok(Self(text))
    }
}

impl Serialize for GroupName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for GroupName {
    type Error = GroupRefusal;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<GroupName> for String {
    fn from(group: GroupName) -> Self {
        group.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_system_groups_empty_ones_and_templates_are_refused() {
        assert_eq!(GroupName::new("system:masters"), Err(GroupRefusal::System));
        assert_eq!(GroupName::new(""), Err(GroupRefusal::Empty));
        assert!(matches!(GroupName::new("a-{{AccountID}}"), Err(GroupRefusal::Token(_))));
        assert!(GroupName::new("systems:masters").is_ok());
        assert!(GroupName::new("eks:kube-proxy-windows").is_ok());
    }
}
