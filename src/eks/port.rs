use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{
    AccessScope, AuthenticationMode, EntryType, GroupName, PolicyArn, PrincipalArn, Update, Username,
};
use crate::snapshot::{Caller, Cluster, FargateProfile, IamRole, IamUser, Nodegroup, ObservedEntry};

/// What a call to AWS ended in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct AwsError {
    /// As IAM policies name it, such as `eks:CreateAccessEntry`.
    pub operation: &'static str,
    pub kind: AwsErrorKind,
    /// AWS's own words.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsErrorKind {
    /// 404 `ResourceNotFoundException`, IAM `NoSuchEntity`.
    NotFound,
    /// 409 `ResourceInUseException`: the entry exists, or another update is in progress.
    InUse,
    /// 400 `InvalidParameterException`.
    InvalidParameter,
    /// 400 `InvalidRequestException`: not in this state, such as the mode gate.
    InvalidRequest,
    /// `ResourceLimitExceededException`.
    LimitExceeded,
    AccessDenied,
    /// The caller has no credentials, or AWS does not take them: missing, expired, unknown, wrongly signed. Nothing was done.
    Credentials,
    /// AWS does not take what was signed, because the clock of this machine is wrong. Nothing was done.
    Clock,
    /// 429 or `Throttling`; nothing was done.
    Throttled,
    /// 5xx; whether a write took effect is unknown.
    Server,
    /// The answer was lost; whether a write took effect is unknown.
    Transport,
    /// What answers there is not AWS, or is not to be trusted: a redirect, a certificate, a web page. Nothing was done, and
    /// another try would end the same way.
    Unreachable,
    /// No answer that can be used, and another try would bring none: one without an end, or about something else; or the
    /// time for it is over. Whether a write took effect is unknown.
    Unanswered,
}

impl AwsError {
    /// The same call may succeed later, unchanged.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, AwsErrorKind::Throttled | AwsErrorKind::Server | AwsErrorKind::Transport)
    }

    /// A write may have taken effect although it failed.
    pub fn leaves_doubt(&self) -> bool {
        matches!(self.kind, AwsErrorKind::Server | AwsErrorKind::Transport | AwsErrorKind::Unanswered)
    }
}

/// One page of a list; `next` asks for the following one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

/// One page of an IAM list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamPage<T> {
    pub page: Page<T>,
    /// The pages together are the whole account; AWS's always are, what is played from a partial list is not.
    pub complete: bool,
}

/// What CreateAccessEntry takes. `None` as username leaves the default to EKS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    pub principal: PrincipalArn,
    pub entry_type: EntryType,
    pub username: Option<Username>,
    pub groups: BTreeSet<GroupName>,
    pub tags: BTreeMap<String, String>,
    /// Repeating a create with the same token and the same values is harmless.
    pub client_token: String,
}

/// The EKS calls of one cluster. Retrying, paging and polling are the caller's work.
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait EksApi {
    async fn describe_cluster(&self) -> Result<Cluster, AwsError>;
    async fn update_authentication_mode(
        &self,
        to: AuthenticationMode,
        client_token: &str,
    ) -> Result<Update, AwsError>;
    async fn describe_update(&self, id: &str) -> Result<Update, AwsError>;
    /// The ids of the updates of the cluster itself, ended ones included, in no documented order.
    async fn list_updates(&self, next: Option<&str>) -> Result<Page<String>, AwsError>;

    /// Principal ARNs as EKS spells them, at most 100 a page.
    async fn list_access_entries(&self, next: Option<&str>) -> Result<Page<String>, AwsError>;
    /// Without its policies, which are empty in the answer.
    async fn describe_access_entry(&self, principal: &str) -> Result<ObservedEntry, AwsError>;
    /// Refused for types that take no policies, but for EC2.
    async fn list_associated_access_policies(
        &self,
        principal: &str,
        next: Option<&str>,
    ) -> Result<Page<(PolicyArn, AccessScope)>, AwsError>;

    async fn create_access_entry(&self, entry: &NewEntry) -> Result<ObservedEntry, AwsError>;
    /// Replaces username and groups as a whole; STANDARD only.
    async fn update_access_entry(
        &self,
        principal: &PrincipalArn,
        username: &Username,
        groups: &BTreeSet<GroupName>,
    ) -> Result<ObservedEntry, AwsError>;
    /// Deletes its policy associations too.
    async fn delete_access_entry(&self, principal: &PrincipalArn) -> Result<(), AwsError>;
    /// Replaces the scope when the policy is associated already.
    async fn associate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<(), AwsError>;
    async fn disassociate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
    ) -> Result<(), AwsError>;

    async fn list_access_policies(&self, next: Option<&str>) -> Result<Page<PolicyArn>, AwsError>;
    async fn list_nodegroups(&self, next: Option<&str>) -> Result<Page<String>, AwsError>;
    async fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsError>;
    async fn list_fargate_profiles(&self, next: Option<&str>) -> Result<Page<String>, AwsError>;
    async fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsError>;
}

#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait IamApi {
    /// The roles of the caller's account, at most 1,000 a page.
    async fn list_roles(&self, next: Option<&str>) -> Result<IamPage<IamRole>, AwsError>;
    async fn list_users(&self, next: Option<&str>) -> Result<IamPage<IamUser>, AwsError>;
}

/// What the caller may do in IAM.
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait RightsApi {
    /// SimulatePrincipalPolicy for the caller: which of these actions, such as `eks:CreateAccessEntry`, it may not do on
    /// this resource (`*` for any).
    ///
    /// Fails with [`AwsErrorKind::AccessDenied`] where the caller may not ask.
    async fn denied_actions(&self, actions: &[&str], resource: &str) -> Result<Vec<String>, AwsError>;

    /// The same for calls that carry these values of condition keys, such as `eks:accessEntryType` with `STANDARD`:
    /// a policy that is narrowed by a key allows nothing where the key is not given.
    async fn denied_with(
        &self,
        actions: &[&str],
        resource: &str,
        context: &BTreeMap<&'static str, String>,
    ) -> Result<Vec<String>, AwsError> {
        let _ = context;
        self.denied_actions(actions, resource).await
    }
}

#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait StsApi {
    async fn get_caller_identity(&self) -> Result<Caller, AwsError>;
}

/// Where EKS writes the logs of a cluster's control plane (EKS user guide, "Send control plane logs to CloudWatch Logs").
pub fn log_group(cluster: &str) -> String {
    format!("/aws/eks/{cluster}/cluster")
}

/// What the streams of the audit log begin with; other components of the control plane have streams of their own.
pub const AUDIT_STREAMS: &str = "kube-apiserver-audit";

/// The logs that EKS keeps in CloudWatch Logs.
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait LogsApi {
    /// FilterLogEvents: the audit events between two moments, each as the API server wrote it, by their time. At most 1 MB or
    /// 10,000 of them a page; a page may be empty although others follow.
    ///
    /// Fails with [`AwsErrorKind::NotFound`] where there is no log group.
    async fn audit_events(
        &self,
        from: Timestamp,
        until: Timestamp,
        next: Option<&str>,
    ) -> Result<Page<String>, AwsError>;
}
