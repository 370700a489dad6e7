//! A world in which calls overlap.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use eksodus::eks::{AwsError, EksApi, IamApi, IamPage, NewEntry, Page, StsApi, Update};
use eksodus::kube::{KubeApi, KubeError};
use eksodus::model::{
    AccessScope, AuthenticationMode, ConfigMap, ConfigMapParts, GroupName, PolicyArn, PrincipalArn, Username,
};
use eksodus::rbac::{Binding, Rbac};
use eksodus::simulator::Simulator;
use eksodus::snapshot::{Caller, Cluster, FargateProfile, IamRole, IamUser, Nodegroup, ObservedEntry};
use eksodus::world::{Clock, World};

/// A world whose calls take a while, in which others are made.
pub struct Slow<'a> {
    inner: &'a Simulator,
    /// Reads and writes under way.
    under_way: [Cell<usize>; 2],
    pub most: [Cell<usize>; 2],
    /// Begin (`true`) and end of every write, with what it is about.
    pub writes: RefCell<Vec<(bool, String)>>,
    /// Lists of node groups have no end.
    pub is_endless: Cell<bool>,
}

impl<'a> Slow<'a> {
    pub fn of(inner: &'a Simulator) -> Self {
        Self {
            inner,
            under_way: Default::default(),
            most: Default::default(),
            writes: RefCell::default(),
            is_endless: Cell::default(),
        }
    }

    async fn read<T>(&self, call: impl Future<Output = T>) -> T {
        self.call(0, call).await
    }

    async fn write<T>(&self, about: &impl ToString, call: impl Future<Output = T>) -> T {
        self.writes.borrow_mut().push((true, about.to_string()));
        let answer = self.call(1, call).await;
        self.writes.borrow_mut().push((false, about.to_string()));
        answer
    }

    async fn call<T>(&self, kind: usize, call: impl Future<Output = T>) -> T {
        let (now, most) = (&self.under_way[kind], &self.most[kind]);
        now.set(now.get() + 1);
        most.set(most.get().max(now.get()));
        let mut turns = 5;
        poll_fn(|context| match turns {
            0 => Poll::Ready(()),
            _ => {
                turns -= 1;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await;
        let answer = call.await;
        now.set(now.get() - 1);
        answer
    }
}

impl World for Slow<'_> {
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

impl EksApi for Slow<'_> {
    async fn describe_cluster(&self) -> Result<Cluster, AwsError> {
        self.read(self.inner.describe_cluster()).await
    }
    async fn update_authentication_mode(
        &self,
        to: AuthenticationMode,
        token: &str,
    ) -> Result<Update, AwsError> {
        self.write(&"mode", self.inner.update_authentication_mode(to, token)).await
    }
    async fn describe_update(&self, id: &str) -> Result<Update, AwsError> {
        self.read(self.inner.describe_update(id)).await
    }
    async fn list_updates(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.read(self.inner.list_updates(next)).await
    }
    async fn list_access_entries(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.read(self.inner.list_access_entries(next)).await
    }
    async fn describe_access_entry(&self, principal: &str) -> Result<ObservedEntry, AwsError> {
        self.read(self.inner.describe_access_entry(principal)).await
    }
    async fn list_associated_access_policies(
        &self,
        principal: &str,
        next: Option<&str>,
    ) -> Result<Page<(PolicyArn, AccessScope)>, AwsError> {
        self.read(self.inner.list_associated_access_policies(principal, next)).await
    }
    async fn create_access_entry(&self, entry: &NewEntry) -> Result<ObservedEntry, AwsError> {
        self.write(&entry.principal, self.inner.create_access_entry(entry)).await
    }
    async fn update_access_entry(
        &self,
        principal: &PrincipalArn,
        username: &Username,
        groups: &BTreeSet<GroupName>,
    ) -> Result<ObservedEntry, AwsError> {
        self.write(principal, self.inner.update_access_entry(principal, username, groups)).await
    }
    async fn delete_access_entry(&self, principal: &PrincipalArn) -> Result<(), AwsError> {
        self.write(principal, self.inner.delete_access_entry(principal)).await
    }
    async fn associate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<(), AwsError> {
        self.write(principal, self.inner.associate_access_policy(principal, policy, scope)).await
    }
    async fn disassociate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
    ) -> Result<(), AwsError> {
        self.write(principal, self.inner.disassociate_access_policy(principal, policy)).await
    }
    async fn list_access_policies(&self, next: Option<&str>) -> Result<Page<PolicyArn>, AwsError> {
        self.read(self.inner.list_access_policies(next)).await
    }
    async fn list_nodegroups(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        if self.is_endless.get() {
            let next = if next == Some("b") { "a" } else { "b" };
            return Ok(Page { items: Vec::new(), next: Some(next.to_owned()) });
        }
        self.read(self.inner.list_nodegroups(next)).await
    }
    async fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsError> {
        self.read(self.inner.describe_nodegroup(name)).await
    }
    async fn list_fargate_profiles(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.read(self.inner.list_fargate_profiles(next)).await
    }
    async fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsError> {
        self.read(self.inner.describe_fargate_profile(name)).await
    }
}

impl IamApi for Slow<'_> {
    async fn list_roles(&self, next: Option<&str>) -> Result<IamPage<IamRole>, AwsError> {
        self.read(self.inner.list_roles(next)).await
    }
    async fn list_users(&self, next: Option<&str>) -> Result<IamPage<IamUser>, AwsError> {
        self.read(self.inner.list_users(next)).await
    }
}

impl StsApi for Slow<'_> {
    async fn get_caller_identity(&self) -> Result<Caller, AwsError> {
        self.read(self.inner.get_caller_identity()).await
    }
}

impl Clock for Slow<'_> {
    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }
    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }
    fn now(&self) -> jiff::Timestamp {
        self.inner.now()
    }
}

impl KubeApi for Slow<'_> {
    async fn get_aws_auth(&self) -> Result<Option<ConfigMap>, KubeError> {
        self.read(self.inner.get_aws_auth()).await
    }
    async fn create_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeError> {
        self.write(&"aws-auth", self.inner.create_aws_auth(data, parts)).await
    }
    async fn replace_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        version: &str,
    ) -> Result<ConfigMap, KubeError> {
        self.write(&"aws-auth", self.inner.replace_aws_auth(data, version)).await
    }
    async fn delete_aws_auth(&self, version: &str) -> Result<(), KubeError> {
        self.write(&"aws-auth", self.inner.delete_aws_auth(version)).await
    }
    async fn list_rbac(&self) -> Result<Rbac, KubeError> {
        self.read(self.inner.list_rbac()).await
    }
    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError> {
        self.read(self.inner.get_binding(namespace, name)).await
    }
    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.write(&format!("binding {}", binding.name), self.inner.create_binding(binding)).await
    }
    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.write(&format!("binding {}", binding.name), self.inner.delete_binding(binding)).await
    }
    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError> {
        self.read(self.inner.list_namespaces()).await
    }
}
