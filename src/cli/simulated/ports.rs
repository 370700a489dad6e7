//! The ports of the simulator, with the folder written before a write is answered.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use eksodus::eks::{
    AwsError, AwsErrorKind, EksApi, IamApi, IamPage, NewEntry, Page, RightsApi, StsApi, Update,
};
use eksodus::kube::{KubeAccess, KubeApi, KubeError, KubeErrorKind, Node};
use eksodus::model::{
    AccessScope, AuthenticationMode, ConfigMap, ConfigMapParts, GroupName, PolicyArn, PrincipalArn, Username,
};
use eksodus::rbac::{Attributes, Binding, Rbac, UserInfo};
use eksodus::snapshot::{Caller, Cluster, FargateProfile, IamRole, IamUser, Nodegroup, ObservedEntry};
use eksodus::world::{Clock, World};
use jiff::Timestamp;

use super::Simulated;

/// The operation that errors of the folder are told under.
const FOLDER: &str = "the simulated cluster";

impl Simulated {
    async fn reads<T, E: Lost>(&self, call: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        self.reachable().map_err(E::lost)?;
        call.await
    }

    /// Also a call that failed may have taken effect.
    async fn writes<T, E: Lost>(&self, call: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let answer = self.reads(call).await;
        self.saved().map_err(E::lost)?;
        answer
    }
}

/// An answer that never came, so that whether a write took effect has to be found out.
trait Lost {
    fn lost(message: String) -> Self;
}

impl Lost for AwsError {
    fn lost(message: String) -> Self {
        Self { operation: FOLDER, kind: AwsErrorKind::Transport, message }
    }
}

impl Lost for KubeError {
    fn lost(message: String) -> Self {
        Self { operation: FOLDER, kind: KubeErrorKind::Transport, message }
    }
}

impl World for Simulated {
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

impl EksApi for Simulated {
    async fn describe_cluster(&self) -> Result<Cluster, AwsError> {
        self.reads(self.world.describe_cluster()).await
    }

    async fn update_authentication_mode(
        &self,
        to: AuthenticationMode,
        client_token: &str,
    ) -> Result<Update, AwsError> {
        self.writes(self.world.update_authentication_mode(to, client_token)).await
    }

    /// The answer tells of an update that has ended since.
    async fn describe_update(&self, id: &str) -> Result<Update, AwsError> {
        self.writes(self.world.describe_update(id)).await
    }

    async fn list_updates(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.reads(self.world.list_updates(next)).await
    }

    async fn list_access_entries(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.reads(self.world.list_access_entries(next)).await
    }

    async fn describe_access_entry(&self, principal: &str) -> Result<ObservedEntry, AwsError> {
        self.reads(self.world.describe_access_entry(principal)).await
    }

    async fn list_associated_access_policies(
        &self,
        principal: &str,
        next: Option<&str>,
    ) -> Result<Page<(PolicyArn, AccessScope)>, AwsError> {
        self.reads(self.world.list_associated_access_policies(principal, next)).await
    }

    async fn create_access_entry(&self, entry: &NewEntry) -> Result<ObservedEntry, AwsError> {
        self.writes(self.world.create_access_entry(entry)).await
    }

    async fn update_access_entry(
        &self,
        principal: &PrincipalArn,
        username: &Username,
        groups: &BTreeSet<GroupName>,
    ) -> Result<ObservedEntry, AwsError> {
        self.writes(self.world.update_access_entry(principal, username, groups)).await
    }

    async fn delete_access_entry(&self, principal: &PrincipalArn) -> Result<(), AwsError> {
        self.writes(self.world.delete_access_entry(principal)).await
    }

    async fn associate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<(), AwsError> {
        self.writes(self.world.associate_access_policy(principal, policy, scope)).await
    }

    async fn disassociate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
    ) -> Result<(), AwsError> {
        self.writes(self.world.disassociate_access_policy(principal, policy)).await
    }

    async fn list_access_policies(&self, next: Option<&str>) -> Result<Page<PolicyArn>, AwsError> {
        self.reads(self.world.list_access_policies(next)).await
    }

    async fn list_nodegroups(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.reads(self.world.list_nodegroups(next)).await
    }

    async fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsError> {
        self.reads(self.world.describe_nodegroup(name)).await
    }

    async fn list_fargate_profiles(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.reads(self.world.list_fargate_profiles(next)).await
    }

    async fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsError> {
        self.reads(self.world.describe_fargate_profile(name)).await
    }
}

impl IamApi for Simulated {
    async fn list_roles(&self, next: Option<&str>) -> Result<IamPage<IamRole>, AwsError> {
        self.reads(self.world.list_roles(next)).await
    }

    async fn list_users(&self, next: Option<&str>) -> Result<IamPage<IamUser>, AwsError> {
        self.reads(self.world.list_users(next)).await
    }
}

impl StsApi for Simulated {
    async fn get_caller_identity(&self) -> Result<Caller, AwsError> {
        self.reads(self.world.get_caller_identity()).await
    }
}

impl Clock for Simulated {
    async fn sleep(&self, duration: Duration) {
        self.world.sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.world.elapsed()
    }

    fn now(&self) -> Timestamp {
        self.world.now()
    }
}

impl RightsApi for Simulated {
    async fn denied_actions(&self, actions: &[&str], resource: &str) -> Result<Vec<String>, AwsError> {
        self.reads(self.world.denied_actions(actions, resource)).await
    }

    async fn denied_with(
        &self,
        actions: &[&str],
        resource: &str,
        context: &BTreeMap<&'static str, String>,
    ) -> Result<Vec<String>, AwsError> {
        self.reads(self.world.denied_with(actions, resource, context)).await
    }
}

impl KubeAccess for Simulated {
    async fn list_nodes(&self) -> Result<Vec<Node>, KubeError> {
        self.reads(self.world.list_nodes()).await
    }

    async fn is_allowed(&self, who: &UserInfo, what: &Attributes) -> Result<bool, KubeError> {
        self.reads(self.world.is_allowed(who, what)).await
    }

    async fn may_i(&self, what: &Attributes) -> Result<bool, KubeError> {
        self.reads(self.world.may_i(what)).await
    }

    async fn who_am_i(&self) -> Result<Option<UserInfo>, KubeError> {
        self.reads(self.world.who_am_i()).await
    }
}

impl KubeApi for Simulated {
    async fn get_aws_auth(&self) -> Result<Option<ConfigMap>, KubeError> {
        self.reads(self.world.get_aws_auth()).await
    }

    async fn create_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeError> {
        self.writes(self.world.create_aws_auth(data, parts)).await
    }

    async fn replace_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeError> {
        self.writes(self.world.replace_aws_auth(data, resource_version)).await
    }

    async fn delete_aws_auth(&self, resource_version: &str) -> Result<(), KubeError> {
        self.writes(self.world.delete_aws_auth(resource_version)).await
    }

    async fn list_rbac(&self) -> Result<Rbac, KubeError> {
        self.reads(self.world.list_rbac()).await
    }

    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError> {
        self.reads(self.world.get_binding(namespace, name)).await
    }

    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.writes(self.world.create_binding(binding)).await
    }

    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.writes(self.world.delete_binding(binding)).await
    }

    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError> {
        self.reads(self.world.list_namespaces()).await
    }
}
