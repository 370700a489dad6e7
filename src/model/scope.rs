use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an access policy holds. Namespaces may end in `*`; EKS does not check that they exist.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", try_from = "RawScope", into = "RawScope")]
pub enum AccessScope {
    Cluster,
    /// Never empty.
    Namespaces(BTreeSet<String>),
}

/// The shape of the EKS API: `{"type": "cluster" | "namespace", "namespaces": […]}`.
#[derive(Clone, Serialize, Deserialize)]
struct RawScope {
    r#type: String,
    namespaces: Option<Vec<String>>,
}

/// A namespace scope names no namespace, a cluster scope names some, or the type is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an access scope is type cluster without namespaces, or type namespace with at least one, not type {0:?} with {1}"
)]
pub struct EmptyScope(pub String, pub usize);

impl AccessScope {
    /// # Errors
    /// When no namespace is given.
    pub fn namespaces<I: IntoIterator<Item = String>>(names: I) -> Result<Self, EmptyScope> {
        let names: BTreeSet<String> = names.into_iter().collect();
        if names.is_empty() {
            return Err(EmptyScope("namespace".to_owned(), 0));
        }
        Ok(Self::Namespaces(names))
    }

    /// Whatever the other scope holds in, this one holds in as well.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Cluster, _) => true,
            (Self::Namespaces(_), Self::Cluster) => false,
            (Self::Namespaces(held), Self::Namespaces(wanted)) => {
                let matches = |held: &String, name: &String| {
                    held == name || held.strip_suffix('*').is_some_and(|prefix| name.starts_with(prefix))
                };
                wanted.iter().all(|name| held.iter().any(|held| matches(held, name)))
            }
        }
    }
}

impl TryFrom<RawScope> for AccessScope {
    type Error = EmptyScope;

    fn try_from(raw: RawScope) -> Result<Self, Self::Error> {
        let namespaces = raw.namespaces.unwrap_or_default();
        match (raw.r#type.as_str(), namespaces.len()) {
            ("cluster", 0) => Ok(Self::Cluster),
            ("namespace", 1..) => Self::namespaces(namespaces),
            (_, count) => Err(EmptyScope(raw.r#type, count)),
        }
    }
}

impl From<AccessScope> for RawScope {
    fn from(scope: AccessScope) -> Self {
        match scope {
            AccessScope::Cluster => Self { r#type: "cluster".to_owned(), namespaces: Some(Vec::new()) },
            AccessScope::Namespaces(names) => {
                Self { r#type: "namespace".to_owned(), namespaces: Some(names.into_iter().collect()) }
            }
        }
    }
}

impl fmt::Display for AccessScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => f.write_str("cluster"),
            Self::Namespaces(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                write!(f, "namespaces {}", names.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_what_the_api_prints() {
        let text = r#"{"type":"namespace","namespaces":["b","a"]}"#;
        let scope: AccessScope = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&scope).unwrap(), r#"{"type":"namespace","namespaces":["a","b"]}"#);
        for cluster in [r#"{"type":"cluster"}"#, r#"{"type":"cluster","namespaces":null}"#] {
            assert_eq!(serde_json::from_str::<AccessScope>(cluster).unwrap(), AccessScope::Cluster);
        }
        for wrong in
            [r#"{"type":"namespace"}"#, r#"{"type":"cluster","namespaces":["a"]}"#, r#"{"type":"x"}"#]
        {
            assert!(serde_json::from_str::<AccessScope>(wrong).is_err(), "{wrong}");
        }
    }
}
