//! What AWS and Kubernetes say when they refuse. Texts in quotation of AWS are verbatim; the others are marked as ours.

use crate::eks::{AwsError, AwsErrorKind};
use crate::kube::{KubeError, KubeErrorKind};
use crate::model::AuthenticationMode;

use super::Operation;

/// A call that was answered with an error, before it is said which call it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal<K> {
    pub kind: K,
    pub message: String,
}

pub(super) type AwsRefusal = Refusal<AwsErrorKind>;
pub(super) type KubeRefusal = Refusal<KubeErrorKind>;

impl<K> Refusal<K> {
    pub fn new(kind: K, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl AwsRefusal {
    pub fn during(self, operation: Operation) -> AwsError {
        AwsError { operation: operation.as_str(), kind: self.kind, message: self.message }
    }
}

impl KubeRefusal {
    pub fn during(self, operation: Operation) -> KubeError {
        KubeError { operation: operation.as_str(), kind: self.kind, message: self.message }
    }
}

fn parameter(message: impl Into<String>) -> AwsRefusal {
    Refusal::new(AwsErrorKind::InvalidParameter, message)
}

pub(super) fn mode_gate() -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::InvalidRequest,
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    )
}

pub(super) fn unsupported_mode_update(from: AuthenticationMode, to: AuthenticationMode) -> AwsRefusal {
    parameter(format!("Unsupported authentication mode update from {from} to {to}"))
}

pub(super) fn update_in_progress(cluster: &str, update: &str) -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::InUse,
        format!(
            "Cannot AccessConfigUpdate because cluster {cluster} currently has update {update} in progress"
        ),
    )
}

/// Ours: AWS documents the minimum and publishes no wording.
pub(super) fn platform_too_old(version: &str, platform: &str) -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::InvalidRequest,
        format!("Access entries are not supported on Kubernetes {version} with platform version {platform}."),
    )
}

/// Seen when a local cluster on an Outpost was to be made in another mode; the guide of late 2025 says otherwise.
pub(super) fn local_cluster() -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::InvalidRequest,
        "Local Amazon EKS cluster only supports bootstrapClusterCreatorAdminPermissions=true and authenticationMode=CONFIG_MAP for AccessConfig.",
    )
}

pub(super) fn invalid_principal() -> AwsRefusal {
    parameter("The specified principalArn is invalid: invalid principal.")
}

pub(super) fn service_linked_role() -> AwsRefusal {
    parameter(
        "The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role",
    )
}

pub(super) fn entry_exists() -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::InUse,
        "The specified access entry resource is already in use on this cluster.",
    )
}

pub(super) fn no_entry() -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::NotFound,
        "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.",
    )
}

pub(super) fn reserved_group(group: &str) -> AwsRefusal {
    parameter(format!("The kubernetes group name {group} is invalid, it cannot start with system:"))
}

/// Verbatim for `system:`; AWS documents the other prefixes and was not seen refusing them.
pub(super) fn reserved_username(prefix: &str) -> AwsRefusal {
    parameter(format!("The username must not begin with {prefix}"))
}

pub(super) fn standard_only() -> AwsRefusal {
    parameter("This operation can only be performed on Access Entries with a type of \"STANDARD\".")
}

/// Ours: a documented or configured rule for which AWS publishes no wording.
pub(super) fn rule(message: impl Into<String>) -> AwsRefusal {
    parameter(message)
}

/// Ours.
pub(super) fn not_found(what: &str, name: &str) -> AwsRefusal {
    Refusal::new(AwsErrorKind::NotFound, format!("No {what} found for {name}."))
}

/// Ours; the quota is L-C56B9FC3 of the AWS General Reference.
pub(super) fn too_many_entries(quota: usize) -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::LimitExceeded,
        format!("The cluster has reached its quota of {quota} access entries."),
    )
}

pub(super) fn access_denied(caller: &str, action: &str, resource: &str) -> AwsRefusal {
    Refusal::new(
        AwsErrorKind::AccessDenied,
        format!("User: {caller} is not authorized to perform: {action} on resource: {resource}"),
    )
}

/// Ours.
pub(super) fn invalid_token() -> AwsRefusal {
    parameter("The nextToken is not valid for this list.")
}
