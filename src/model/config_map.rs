use std::collections::BTreeMap;

/// `kube-system/aws-auth` as the API server holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigMap {
    /// The data values, byte for byte.
    pub data: BTreeMap<String, String>,
    /// All of `metadata` but `resourceVersion`.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Empty where it is not known, as in a file of a repository.
    pub resource_version: String,
}
