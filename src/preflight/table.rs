use super::right::{KubeScope, Narrowed, On, Right, Task, What, When};
use crate::snapshot::Part;
use Task::{
    ApiMode, Ask, Assume, AuditLog, DualMode, Entries, Lock, OtherAccount, Prune, Read, Rollback, State,
    Verify,
};

const RBAC: &str = "rbac.authorization.k8s.io";

/// Every right that any command needs: the one place that preflight, the policies it proposes and
/// `docs/permissions.md` are made from.
pub const RIGHTS: &[Right] = &[
    iam(
        &[Read],
        "eks:DescribeCluster",
        On::Cluster,
        When::Always,
        "find the cluster, its mode and its endpoint",
    ),
    iam(&[Read], "eks:ListAccessEntries", On::Cluster, When::Always, "see the access entries"),
    iam(&[Read], "eks:DescribeAccessEntry", On::AccessEntries, When::Always, "see each access entry"),
    iam(
        &[Read],
        "eks:ListAssociatedAccessPolicies",
        On::AccessEntries,
        When::Always,
        "see the access policies of each entry",
    ),
    iam(
        &[Read],
        "eks:ListAccessPolicies",
        On::Anything,
        When::Reads(Part::AccessPolicies),
        "know which access policies there are",
    ),
    iam(
        &[Read],
        "eks:ListNodegroups",
        On::Cluster,
        When::Reads(Part::Nodegroups),
        "know whose nodes must stay in the cluster",
    ),
    iam(
        &[Read],
        "eks:DescribeNodegroup",
        On::Nodegroups,
        When::Reads(Part::Nodegroups),
        "know the role of each node group",
    ),
    iam(
        &[Read],
        "eks:ListFargateProfiles",
        On::Cluster,
        When::Reads(Part::FargateProfiles),
        "know whose pods must stay in the cluster",
    ),
    iam(
        &[Read],
        "eks:DescribeFargateProfile",
        On::FargateProfiles,
        When::Reads(Part::FargateProfiles),
        "know the pod execution role of each Fargate profile",
    ),
    iam(
        &[Read, OtherAccount],
        "iam:ListRoles",
        On::Anything,
        When::Reads(Part::IamRoles),
        "find the full ARN of each role, with its path",
    ),
    iam(
        &[Read, OtherAccount],
        "iam:ListUsers",
        On::Anything,
        When::Reads(Part::IamUsers),
        "know which users exist",
    ),
    iam(&[Ask], "iam:GetRole", On::Caller, When::Always, "find the caller's role"),
    iam(&[Ask], "iam:SimulatePrincipalPolicy", On::Caller, When::Always, "check permissions beforehand"),
    narrowed(
        &[DualMode, ApiMode],
        "eks:UpdateClusterConfig",
        On::Cluster,
        Narrowed::Mode,
        When::Calls("eks:UpdateClusterConfig"),
        "change the authentication mode",
    ),
    iam(
        &[DualMode, ApiMode],
        "eks:DescribeUpdate",
        On::Cluster,
        When::Calls("eks:UpdateClusterConfig"),
        "wait until the mode has changed",
    ),
    iam(
        &[DualMode, ApiMode],
        "eks:ListUpdates",
        On::Cluster,
        When::Helps("eks:UpdateClusterConfig"),
        "name the update that is in progress",
    ),
    iam(
        &[Rollback],
        "eks:ListUpdates",
        On::Cluster,
        When::Helps("eks:DeleteAccessEntry"),
        "see whether EKS is changing the mode to API",
    ),
    iam(
        &[Rollback],
        "eks:DescribeUpdate",
        On::Cluster,
        When::Helps("eks:DeleteAccessEntry"),
        "see whether EKS is changing the mode to API",
    ),
    narrowed(
        &[Entries, Rollback],
        "eks:CreateAccessEntry",
        On::Cluster,
        Narrowed::EntryType,
        When::Calls("eks:CreateAccessEntry"),
        "create access entries",
    ),
    iam(
        &[Entries, Rollback],
        "eks:TagResource",
        On::AccessEntries,
        When::Tags,
        "create access entries with tags",
    ),
    iam(
        &[Entries, Rollback],
        "eks:TagResource",
        On::AccessEntries,
        When::Helps("eks:CreateAccessEntry"),
        "mark each new entry with the run that created it",
    ),
    narrowed(
        &[Entries, Rollback],
        "iam:PassRole",
        On::NodeRole,
        Narrowed::PassedTo,
        When::PassesRole,
        "create the access entry of a node role",
    ),
    iam(
        &[Entries, Rollback],
        "eks:UpdateAccessEntry",
        On::AccessEntries,
        When::Calls("eks:UpdateAccessEntry"),
        "change the username or groups of an entry",
    ),
    narrowed(
        &[Entries, Rollback],
        "eks:AssociateAccessPolicy",
        On::AccessEntries,
        Narrowed::Policy,
        When::Calls("eks:AssociateAccessPolicy"),
        "give an entry its access policy",
    ),
    narrowed(
        &[Rollback],
        "eks:DisassociateAccessPolicy",
        On::AccessEntries,
        Narrowed::Policy,
        When::Calls("eks:DisassociateAccessPolicy"),
        "remove an access policy",
    ),
    iam(
        &[Entries, Rollback],
        "eks:DeleteAccessEntry",
        On::AccessEntries,
        When::Calls("eks:DeleteAccessEntry"),
        "delete access entries",
    ),
    iam(&[State], "s3:ListBucket", On::StateBucket, When::Always, "find the runs"),
    iam(&[State], "s3:GetObject", On::StateObjects, When::Always, "read journals"),
    iam(&[State], "s3:PutObject", On::StateObjects, When::Always, "write journals"),
    iam(&[State], "s3:DeleteObject", On::StateObjects, When::Always, "remove a run that has no steps"),
    iam(&[Assume], "sts:AssumeRole", On::AssumedRole, When::Always, "assume the role"),
    iam(&[AuditLog], "logs:FilterLogEvents", On::LogGroup, When::Always, "read the audit log"),
    aws_auth(&[Read], "get", When::Always, "read aws-auth"),
    aws_auth(
        &[Prune, Rollback],
        "update",
        When::Calls("replace aws-auth"),
        "change the mappings of aws-auth",
    ),
    aws_auth(&[Prune, Rollback], "delete", When::Calls("delete aws-auth"), "delete aws-auth"),
    kube(
        &[Rollback],
        ["create", "", "configmaps"],
        KubeScope::KubeSystem,
        When::Calls("create aws-auth"),
        "restore aws-auth",
    ),
    rbac(&[Read], ["list", "clusterroles"], When::Reads(Part::Rbac), "see what bindings give"),
    rbac(&[Read], ["list", "clusterrolebindings"], When::Reads(Part::Rbac), "see who is bound"),
    rbac(&[Read], ["list", "roles"], When::Reads(Part::Rbac), "see what bindings give"),
    rbac(&[Read], ["list", "rolebindings"], When::Reads(Part::Rbac), "see who is bound"),
    kube(
        &[Read],
        ["list", "", "namespaces"],
        KubeScope::Cluster,
        When::Reads(Part::Namespaces),
        "know which namespaces there are",
    ),
    kube(
        &[Verify],
        ["list", "", "nodes"],
        KubeScope::Cluster,
        When::Always,
        "see whether the nodes are ready",
    ),
    kube(
        &[Verify],
        ["create", "authorization.k8s.io", "subjectaccessreviews"],
        KubeScope::Cluster,
        When::Always,
        "ask what a principal may do",
    ),
    kube(
        &[Lock],
        ["get", "coordination.k8s.io", "leases"],
        KubeScope::KubeSystem,
        When::Always,
        "see who holds the lock",
    ),
    kube(
        &[Lock],
        ["create", "coordination.k8s.io", "leases"],
        KubeScope::KubeSystem,
        When::Always,
        "lock the cluster",
    ),
    kube(
        &[Lock],
        ["update", "coordination.k8s.io", "leases"],
        KubeScope::KubeSystem,
        When::Always,
        "lock the cluster",
    ),
    on_cluster_binding(
        &[Entries, Rollback],
        "get",
        &["create binding", "delete binding"],
        "see whether a binding exists",
    ),
    on_cluster_binding(&[Entries], "create", &["create binding"], "create ClusterRoleBindings"),
    on_cluster_binding(&[Rollback], "delete", &["delete binding"], "delete ClusterRoleBindings"),
    on_role_binding(
        &[Entries, Rollback],
        "get",
        &["create binding", "delete binding"],
        "see whether a binding exists",
    ),
    on_role_binding(&[Entries], "create", &["create binding"], "create RoleBindings"),
    on_role_binding(&[Rollback], "delete", &["delete binding"], "delete RoleBindings"),
    kube(
        &[Entries],
        ["bind", RBAC, "clusterroles"],
        KubeScope::OfBinding,
        When::BindsClusterRole,
        "bind a ClusterRole",
    ),
    kube(&[Entries], ["bind", RBAC, "roles"], KubeScope::OfBinding, When::BindsRole, "bind a Role"),
];

const fn iam(tasks: &'static [Task], action: &'static str, on: On, when: When, why: &'static str) -> Right {
    Right { tasks, what: What::Iam { action, on, narrowed: None }, when, why }
}

const fn narrowed(
    tasks: &'static [Task],
    action: &'static str,
    on: On,
    by: Narrowed,
    when: When,
    why: &'static str,
) -> Right {
    Right { tasks, what: What::Iam { action, on, narrowed: Some(by) }, when, why }
}

const fn kube(
    tasks: &'static [Task],
    [verb, group, resource]: [&'static str; 3],
    scope: KubeScope,
    when: When,
    why: &'static str,
) -> Right {
    Right { tasks, what: What::Kube { verb, group, resource, name: None, scope }, when, why }
}

const fn aws_auth(tasks: &'static [Task], verb: &'static str, when: When, why: &'static str) -> Right {
    let scope = KubeScope::KubeSystem;
    let what = What::Kube { verb, group: "", resource: "configmaps", name: Some("aws-auth"), scope };
    Right { tasks, what, when, why }
}

const fn rbac(
    tasks: &'static [Task],
    [verb, resource]: [&'static str; 2],
    when: When,
    why: &'static str,
) -> Right {
    kube(tasks, [verb, RBAC, resource], KubeScope::Cluster, when, why)
}

const fn on_cluster_binding(
    tasks: &'static [Task],
    verb: &'static str,
    calls: &'static [&'static str],
    why: &'static str,
) -> Right {
    let when = When::CallsOnClusterBinding(calls);
    kube(tasks, [verb, RBAC, "clusterrolebindings"], KubeScope::Cluster, when, why)
}

const fn on_role_binding(
    tasks: &'static [Task],
    verb: &'static str,
    calls: &'static [&'static str],
    why: &'static str,
) -> Right {
    let when = When::CallsOnRoleBinding(calls);
    kube(tasks, [verb, RBAC, "rolebindings"], KubeScope::OfBinding, when, why)
}
