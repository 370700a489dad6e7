use std::fmt;

use crate::snapshot::Part;

/// What eksodus does that needs rights of its own; commands are made of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Looking at the cluster: `snapshot`, `plan`, `status`, and the start of every other command.
    Read,
    /// Asking IAM beforehand which actions are missing.
    Ask,
    /// What `verify` asks beyond looking: nodes and access reviews.
    Verify,
    /// The Lease that keeps a second operator out; not with `--no-lock`.
    Lock,
    DualMode,
    Entries,
    Prune,
    ApiMode,
    Rollback,
    /// The journal on S3.
    State,
    /// Taking on a role: `verify --login-as ROLE_ARN`, `--assume-role-for ACCOUNT=ROLE_ARN`.
    Assume,
    /// What the role of `--assume-role-for` looks up in its own account.
    OtherAccount,
    /// The audit log in CloudWatch Logs: `--audit-days`.
    AuditLog,
}

/// One right: who looks for it in the table finds what it is, when it is needed and for what.
#[derive(Debug, Clone, Copy)]
pub struct Right {
    pub tasks: &'static [Task],
    pub what: What,
    pub when: When,
    /// Ends "it is needed to …".
    pub why: &'static str,
}

impl Right {
    /// A plan can do without.
    pub const fn is_optional(&self) -> bool {
        matches!(self.when, When::Helps(_))
    }
}

#[derive(Debug, Clone, Copy)]
pub enum What {
    Iam {
        /// As policies name it, such as `eks:CreateAccessEntry`.
        action: &'static str,
        on: On,
        narrowed: Option<Narrowed>,
    },
    Kube {
        verb: &'static str,
        /// Empty for the core group.
        group: &'static str,
        resource: &'static str,
        name: Option<&'static str>,
        scope: KubeScope,
    },
}

/// What an action is checked on (Service Authorization Reference, Amazon EKS, IAM, STS, S3 and CloudWatch Logs).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Anything,
    Cluster,
    AccessEntries,
    Nodegroups,
    FargateProfiles,
    /// The caller's own role or user.
    Caller,
    /// The role that the nodes of a new entry run under.
    NodeRole,
    StateBucket,
    StateObjects,
    /// The role that is assumed.
    AssumedRole,
    /// The log group of the cluster's control plane.
    LogGroup,
}

/// The condition key by which a policy can narrow the action further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowed {
    EntryType,
    Policy,
    Mode,
    PassedTo,
}

impl Narrowed {
    pub const fn key(self) -> &'static str {
        match self {
            Self::EntryType => "eks:accessEntryType",
            Self::Policy => "eks:policyArn",
            Self::Mode => "eks:authenticationMode",
            Self::PassedTo => "iam:PassedToService",
        }
    }
}

/// Where in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KubeScope {
    /// A ClusterRoleBinding gives it.
    Cluster,
    /// A RoleBinding in kube-system does.
    KubeSystem,
    /// The namespace of a binding of the plan; a ClusterRoleBinding gives it for all.
    OfBinding,
}

/// When a plan needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Always,
    /// The plan was made with this source, and what cannot be read any more makes it stale.
    Reads(Part),
    /// One of its calls is this operation ([`crate::calls::Call::operation`]).
    Calls(&'static str),
    /// The same, on a ClusterRoleBinding.
    CallsOnClusterBinding(&'static [&'static str]),
    /// The same, on a RoleBinding.
    CallsOnRoleBinding(&'static [&'static str]),
    /// It creates an entry of a type that needs `iam:PassRole`.
    PassesRole,
    /// It creates an entry with tags.
    Tags,
    /// One of its calls is this operation, and it is done without the right, too, if not as well.
    Helps(&'static str),
    /// It creates a binding to a ClusterRole or Role.
    BindsClusterRole,
    BindsRole,
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Always => "always",
            Self::Reads(_) => "optional: without it this stays unknown",
            Self::Calls("eks:DeleteAccessEntry") => {
                "when an entry is deleted, or replaced by one of another type"
            }
            Self::Calls("eks:UpdateAccessEntry") => "when an entry exists and differs",
            Self::Calls("eks:AssociateAccessPolicy") => "when an entry gets an access policy",
            Self::Calls("eks:DisassociateAccessPolicy") => "when an entry has a surplus policy",
            Self::Calls("create aws-auth") => "when `aws-auth` is gone",
            Self::Calls("delete aws-auth") => "when there was no `aws-auth`",
            Self::Calls(_) => "always",
            Self::CallsOnClusterBinding(_) => "when the plan has a ClusterRoleBinding",
            Self::CallsOnRoleBinding(_) => "when the plan has a RoleBinding",
            Self::PassesRole => "when an EC2_LINUX or EC2_WINDOWS entry is created",
            Self::Tags => "when an entry with tags is created",
            Self::Helps("eks:CreateAccessEntry") => {
                "optional: without it entries carry no tag that names the run"
            }
            Self::Helps("eks:DeleteAccessEntry") => {
                "optional: without it entries stay while the cluster is being updated"
            }
            Self::Helps(_) => "optional: without it a running update is not named",
            Self::BindsClusterRole => {
                "when a binding to a ClusterRole is created, unless the caller holds all its rules by RBAC"
            }
            Self::BindsRole => {
                "when a binding to a Role is created, unless the caller holds all its rules by RBAC"
            }
        })
    }
}
