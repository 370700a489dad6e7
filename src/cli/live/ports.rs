//! The ports of a live cluster, each carried by the client that speaks to it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use eksodus::eks::{AwsError, EksApi, IamApi, IamPage, NewEntry, Page, RightsApi, StsApi, Update};
use eksodus::kube::{KubeAccess, KubeApi, KubeError, Lease, LeaseApi, Node};
use eksodus::model::{
    AccessScope, AuthenticationMode, ConfigMap, ConfigMapParts, GroupName, PolicyArn, PrincipalArn, Username,
};
use eksodus::rbac::{Attributes, Binding, Rbac, UserInfo};
use eksodus::snapshot::{Caller, Cluster, FargateProfile, IamRole, IamUser, Nodegroup, ObservedEntry};
use eksodus::world::{Clock, World};
use jiff::Timestamp;

use super::{Live, test_speed};

impl World for Live {
    type Eks = Self;
    type Iam = Self;
    type Sts = Self;
    type Kube = Self;
    type Clock = Self;

    fn eks(&self) -> &Self::Eks {
        self
    }

    fn iam(&self) -> &Self::Iam {
        self
    }

    fn sts(&self) -> &Self::Sts {
        self
    }

    fn kube(&self) -> &Self::Kube {
        self
    }

    fn clock(&self) -> &Self::Clock {
        self
    }
}

impl EksApi for Live {
    async fn describe_cluster(&self) -> Result<Cluster, AwsError> {
        self.waiting.call("eks:DescribeCluster", self.aws.describe_cluster()).await
    }

    async fn update_authentication_mode(
        &self,
        to: AuthenticationMode,
        client_token: &str,
    ) -> Result<Update, AwsError> {
        self.waiting
            .call("eks:UpdateClusterConfig", self.aws.update_authentication_mode(to, client_token))
            .await
    }

    async fn describe_update(&self, id: &str) -> Result<Update, AwsError> {
        self.waiting.call("eks:DescribeUpdate", self.aws.describe_update(id)).await
    }

    async fn list_updates(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.waiting.call("eks:ListUpdates", self.aws.list_updates(next)).await
    }

    async fn list_access_entries(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.waiting.call("eks:ListAccessEntries", self.aws.list_access_entries(next)).await
    }

    async fn describe_access_entry(&self, principal: &str) -> Result<ObservedEntry, AwsError> {
        self.waiting.call("eks:DescribeAccessEntry", self.aws.describe_access_entry(principal)).await
    }

    async fn list_associated_access_policies(
        &self,
        principal: &str,
        next: Option<&str>,
    ) -> Result<Page<(PolicyArn, AccessScope)>, AwsError> {
        self.waiting
            .call(
                "eks:ListAssociatedAccessPolicies",
                self.aws.list_associated_access_policies(principal, next),
            )
            .await
    }

    async fn create_access_entry(&self, entry: &NewEntry) -> Result<ObservedEntry, AwsError> {
        self.waiting.call("eks:CreateAccessEntry", self.aws.create_access_entry(entry)).await
    }

    async fn update_access_entry(
        &self,
        principal: &PrincipalArn,
        username: &Username,
        groups: &BTreeSet<GroupName>,
    ) -> Result<ObservedEntry, AwsError> {
        self.waiting
            .call("eks:UpdateAccessEntry", self.aws.update_access_entry(principal, username, groups))
            .await
    }

    async fn delete_access_entry(&self, principal: &PrincipalArn) -> Result<(), AwsError> {
        self.waiting.call("eks:DeleteAccessEntry", self.aws.delete_access_entry(principal)).await
    }

    async fn associate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<(), AwsError> {
        self.waiting
            .call("eks:AssociateAccessPolicy", self.aws.associate_access_policy(principal, policy, scope))
            .await
    }

    async fn disassociate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
    ) -> Result<(), AwsError> {
        self.waiting
            .call("eks:DisassociateAccessPolicy", self.aws.disassociate_access_policy(principal, policy))
            .await
    }

    async fn list_access_policies(&self, next: Option<&str>) -> Result<Page<PolicyArn>, AwsError> {
        self.waiting.call("eks:ListAccessPolicies", self.aws.list_access_policies(next)).await
    }

    async fn list_nodegroups(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.waiting.call("eks:ListNodegroups", self.aws.list_nodegroups(next)).await
    }

    async fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsError> {
        self.waiting.call("eks:DescribeNodegroup", self.aws.describe_nodegroup(name)).await
    }

    async fn list_fargate_profiles(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.waiting.call("eks:ListFargateProfiles", self.aws.list_fargate_profiles(next)).await
    }

    async fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsError> {
        self.waiting.call("eks:DescribeFargateProfile", self.aws.describe_fargate_profile(name)).await
    }
}

impl IamApi for Live {
    async fn list_roles(&self, next: Option<&str>) -> Result<IamPage<IamRole>, AwsError> {
        self.waiting.call("iam:ListRoles", self.aws.list_roles(next)).await
    }

    async fn list_users(&self, next: Option<&str>) -> Result<IamPage<IamUser>, AwsError> {
        self.waiting.call("iam:ListUsers", self.aws.list_users(next)).await
    }
}

impl StsApi for Live {
    async fn get_caller_identity(&self) -> Result<Caller, AwsError> {
        self.waiting.call("sts:GetCallerIdentity", self.aws.get_caller_identity()).await
    }
}

impl RightsApi for Live {
    async fn denied_actions(&self, actions: &[&str], resource: &str) -> Result<Vec<String>, AwsError> {
        self.waiting.call("iam:SimulatePrincipalPolicy", self.aws.denied_actions(actions, resource)).await
    }

    async fn denied_with(
        &self,
        actions: &[&str],
        resource: &str,
        context: &BTreeMap<&'static str, String>,
    ) -> Result<Vec<String>, AwsError> {
        self.waiting
            .call("iam:SimulatePrincipalPolicy", self.aws.denied_with(actions, resource, context))
            .await
    }
}

impl Clock for Live {
    async fn sleep(&self, duration: Duration) {
        self.waiting.sleep(test_speed::waiting(duration)).await;
    }

    fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    fn of_a_read(&self) -> Option<Duration> {
        Some(test_speed::waiting(self.waiting.of_a_read()))
    }

    fn elapsed_at_most(&self) -> Duration {
        self.clock.elapsed_at_most()
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl KubeApi for Live {
    async fn get_aws_auth(&self) -> Result<Option<ConfigMap>, KubeError> {
        self.waiting.call("GetConfigMap", self.kube.get_aws_auth()).await
    }

    async fn create_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeError> {
        self.waiting.call("CreateConfigMap", self.kube.create_aws_auth(data, parts)).await
    }

    async fn replace_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeError> {
        self.waiting.call("UpdateConfigMap", self.kube.replace_aws_auth(data, resource_version)).await
    }

    async fn delete_aws_auth(&self, resource_version: &str) -> Result<(), KubeError> {
        self.waiting.call("DeleteConfigMap", self.kube.delete_aws_auth(resource_version)).await
    }

    async fn list_rbac(&self) -> Result<Rbac, KubeError> {
        self.waiting.call("ListRbac", self.kube.list_rbac()).await
    }

    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError> {
        self.waiting.call("GetBinding", self.kube.get_binding(namespace, name)).await
    }

    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.waiting.call("CreateBinding", self.kube.create_binding(binding)).await
    }

    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.waiting.call("DeleteBinding", self.kube.delete_binding(binding)).await
    }

    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError> {
        self.waiting.call("ListNamespaces", self.kube.list_namespaces()).await
    }
}

impl KubeAccess for Live {
    async fn list_nodes(&self) -> Result<Vec<Node>, KubeError> {
        self.waiting.call("ListNodes", self.kube.list_nodes()).await
    }

    async fn is_allowed(&self, who: &UserInfo, what: &Attributes) -> Result<bool, KubeError> {
        self.waiting.call("SubjectAccessReview", self.kube.is_allowed(who, what)).await
    }

    async fn may_i(&self, what: &Attributes) -> Result<bool, KubeError> {
        self.waiting.call("SelfSubjectAccessReview", self.kube.may_i(what)).await
    }

    async fn who_am_i(&self) -> Result<Option<UserInfo>, KubeError> {
        self.waiting.call("SelfSubjectReview", self.kube.who_am_i()).await
    }
}

impl LeaseApi for Live {
    async fn get_lease(&self, name: &str) -> Result<Option<Lease>, KubeError> {
        self.waiting.call("GetLease", self.kube.get_lease(name)).await
    }

    async fn create_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        self.waiting.call("CreateLease", self.kube.create_lease(name, lease)).await
    }

    async fn replace_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        self.waiting.call("ReplaceLease", self.kube.replace_lease(name, lease)).await
    }
}
