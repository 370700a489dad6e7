use std::time::Duration;

use crate::model::PrincipalArn;

/// What AWS's sources leave open, or leave to time: how this simulated EKS is to behave.
///
/// | field | default | why it can be chosen |
/// |---|---|---|
/// | `update_duration` | 3 minutes | "a few minutes" (API model) |
/// | `visibility_delay` | none | "several seconds" (user guide), no upper bound published |
/// | `call_duration` | 50 ms | so that polling without sleeping ends too |
/// | `turns` | none | how often a call lets others go first: with some, calls overlap |
/// | `node_entries` | those named in `aws-auth` | the launch post and eksctl's documentation disagree |
/// | `custom_images` | Linux | EKS was seen to make EC2_LINUX for Windows images of one's own; a mapping tells better |
/// | `creator` | unknown | EKS makes its entry; no API tells who it was |
/// | `gone_creator` | no entry | whether EKS makes an entry for a creator that IAM no longer knows is not published |
/// | `services` | none | which services make entries of their own, and when, differs |
/// | `service_entry` | made | the guide: "in every EKS cluster" |
/// | `shown_groups` | `system:nodes` for EC2_LINUX only | the other node types were never seen in published output |
/// | `username_placeholders` | refused | `{{AccountID}}`, `{{AccessKeyID}}`: documented for `aws-auth` only |
/// | `group_placeholders` | refused | whether entries replace them is not published |
/// | `unconfirmed_policies` | refused | policies of which AWS does not say whether customers may use them |
/// | `entry_quota` | 3,000 | General Reference, L-C56B9FC3 |
/// | `policies_per_entry` | no limit | CloudFormation says 20, the API nothing |
/// | `client_tokens` | honoured | when not, a repeated create ends in 409 |
/// | `self_review` | from Kubernetes 1.28 | SelfSubjectReview is generally available since; older servers answer 404 |
/// | `page_size`, `iam_page_size`, `log_page_size` | 100, 1,000, 1,000 | smaller ones exercise paging; of logs AWS gives 1 MB |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    /// Virtual time from UpdateClusterConfig to its end.
    pub update_duration: Duration,
    /// Virtual time after which reads of the cluster and of entries show a write.
    pub visibility_delay: Duration,
    /// Virtual time that each call takes.
    pub call_duration: Duration,
    /// How often the task that waits for a call goes on with something else first; a call over HTTP waits for nothing.
    pub turns: u32,
    /// Which entries EKS makes for managed node groups and Fargate profiles when the mode leaves CONFIG_MAP.
    pub node_entries: NodeEntries,
    /// The type of those entries where the image is one's own.
    pub custom_images: CustomImages,
    /// Gets an entry with AmazonEKSClusterAdminPolicy when the mode leaves CONFIG_MAP.
    pub creator: Option<PrincipalArn>,
    pub gone_creator: GoneCreator,
    /// Service-linked roles of services that make their own entries, with their policies, when the mode leaves CONFIG_MAP.
    pub services: Vec<PrincipalArn>,
    /// EKS's own service-linked role gets its entry (`eks:managed`) when the mode leaves CONFIG_MAP.
    pub service_entry: bool,
    pub shown_groups: ShownGroups,
    pub username_placeholders: Placeholders,
    pub group_placeholders: Placeholders,
    pub unconfirmed_policies: UnconfirmedPolicies,
    pub entry_quota: usize,
    pub policies_per_entry: Option<usize>,
    /// Repeating a create with the same token and values is answered as the first time.
    pub client_tokens: bool,
    /// Whether there is a SelfSubjectReview; `None`: from Kubernetes 1.28.
    pub self_review: Option<bool>,
    pub page_size: usize,
    pub iam_page_size: usize,
    pub log_page_size: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeEntries {
    /// eksctl's documentation: node groups and Fargate pods go on relying on `aws-auth`.
    None,
    /// Containers roadmap, issue 185: the lines that EKS itself wrote are migrated.
    NamedInAwsAuth,
    /// Every node role and pod execution role.
    All,
}

/// What EKS takes a node group with an image of its owner's for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomImages {
    /// Linux, Windows or not: a known trap.
    Linux,
    /// Windows where `aws-auth` names `eks:kube-proxy-windows`.
    ByAwsAuth,
}

/// What a creator that IAM no longer knows gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneCreator {
    NoEntry,
    /// One that nobody can log in by.
    DeadEntry,
}

/// The groups that DescribeAccessEntry shows for node types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownGroups {
    Ec2LinuxOnly,
    AllNodeTypes,
}

/// What becomes of a placeholder that access entries are not documented to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholders {
    Refused,
    Accepted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnconfirmedPolicies {
    Refused,
    Accepted,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            update_duration: Duration::from_secs(180),
            visibility_delay: Duration::ZERO,
            call_duration: Duration::from_millis(50),
            turns: 0,
            node_entries: NodeEntries::NamedInAwsAuth,
            custom_images: CustomImages::Linux,
            creator: None,
            gone_creator: GoneCreator::NoEntry,
            services: Vec::new(),
            service_entry: true,
            shown_groups: ShownGroups::Ec2LinuxOnly,
            username_placeholders: Placeholders::Refused,
            group_placeholders: Placeholders::Refused,
            unconfirmed_policies: UnconfirmedPolicies::Refused,
            entry_quota: 3_000,
            policies_per_entry: None,
            client_tokens: true,
            self_review: None,
            page_size: 100,
            iam_page_size: 1_000,
            log_page_size: 1_000,
        }
    }
}
