use std::collections::BTreeMap;

/// `kube-system/aws-auth` as the API server holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigMap {
    /// The data values, byte for byte.
    pub data: BTreeMap<String, String>,
    /// As the API server sends it: base64, never decoded, since nothing here reads it.
    pub binary_data: BTreeMap<String, String>,
    /// `Some(true)`: Kubernetes lets nobody change `data` or `binaryData` any more; it can only be deleted.
    pub immutable: Option<bool>,
    /// All of `metadata` but `resourceVersion`.
    pub metadata: serde_json::Map<String, serde_json::Value>,
    /// Empty where it is not known, as in a file of a repository.
    pub resource_version: String,
}
