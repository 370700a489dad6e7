use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use jiff::Timestamp;

use crate::eks::{
    AUDIT_STREAMS, AwsError, AwsErrorKind, EksApi, IamApi, IamPage, LogsApi, NewEntry, Page, StsApi, Update,
    log_group,
};
use crate::kube::{KubeApi, KubeError, KubeErrorKind};
use crate::model::{
    AccessScope, AuthenticationMode, ConfigMap, ConfigMapParts, GroupName, PolicyArn, PrincipalArn, Username,
};
use crate::rbac::{Binding, Rbac};
use crate::snapshot::{Caller, Cluster, FargateProfile, IamRole, IamUser, Listing, Nodegroup, ObservedEntry};
use crate::world::{Clock, World};

use crate::simulator::audit_log::Filter;
use crate::simulator::change::Target;
use crate::simulator::eks::compute::known;
use crate::simulator::eks::rules::CreateRequest;
use crate::simulator::pages::{in_given_order, page};
use crate::simulator::refusal::{AwsRefusal, KubeRefusal};
use crate::simulator::state::State;
use crate::simulator::{Operation, Simulator};

const CLUSTER: Target<'static> = Target::Named("cluster");
const AWS_AUTH: Target<'static> = Target::Named("configmap/kube-system/aws-auth");

impl Simulator {
    /// Lets others go first, as often as the behaviour says; the calls that were answered before.
    async fn begin(&self) -> usize {
        let begun = self.answered();
        let mut turns = self.inner.borrow().state.behaviour.turns;
        poll_fn(|context| match turns {
            0 => Poll::Ready(begun),
            _ => {
                turns -= 1;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await
    }

    pub(super) async fn aws<T>(
        &self,
        operation: Operation,
        target: Target<'_>,
        work: impl FnOnce(&mut State) -> Result<T, AwsRefusal>,
    ) -> Result<T, AwsError> {
        let answer = self.call::<T, AwsErrorKind>(self.begin().await, operation, target, work);
        answer.map_err(|failure| failure.refusal().during(operation))
    }

    pub(super) async fn kube<T>(
        &self,
        operation: Operation,
        target: Target<'_>,
        work: impl FnOnce(&mut State) -> Result<T, KubeRefusal>,
    ) -> Result<T, KubeError> {
        let answer = self.call::<T, KubeErrorKind>(self.begin().await, operation, target, work);
        answer.map_err(|failure| failure.refusal().during(operation))
    }
}

/// It is each part of itself.
impl World for Simulator {
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

impl EksApi for Simulator {
    async fn describe_cluster(&self) -> Result<Cluster, AwsError> {
        self.aws(Operation::DescribeCluster, CLUSTER, |state| Ok(state.cluster.shown().clone())).await
    }

    async fn update_authentication_mode(
        &self,
        to: AuthenticationMode,
        client_token: &str,
    ) -> Result<Update, AwsError> {
        let target = Target::Named(to.as_str());
        self.aws(Operation::UpdateClusterConfig, target, |state| {
            state.start_mode_update(to, Some(client_token))
        })
        .await
    }

    async fn describe_update(&self, id: &str) -> Result<Update, AwsError> {
        self.aws(Operation::DescribeUpdate, Target::Named(id), |state| state.describe_update(id)).await
    }

    async fn list_updates(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.aws(Operation::ListUpdates, CLUSTER, |state| state.list_updates(next)).await
    }

    async fn list_access_entries(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.aws(Operation::ListAccessEntries, CLUSTER, |state| state.list_entries(None, next)).await
    }

    async fn describe_access_entry(&self, principal: &str) -> Result<ObservedEntry, AwsError> {
        let target = Target::Principal(principal);
        self.aws(Operation::DescribeAccessEntry, target, |state| state.describe_entry(principal)).await
    }

    async fn list_associated_access_policies(
        &self,
        principal: &str,
        next: Option<&str>,
    ) -> Result<Page<(PolicyArn, AccessScope)>, AwsError> {
        let target = Target::Principal(principal);
        self.aws(Operation::ListAssociatedAccessPolicies, target, |state| {
            let Page { items, next } = state.list_associations(principal, next)?;
            Ok(Page { items: items.into_iter().map(|it| (it.policy, it.scope)).collect(), next })
        })
        .await
    }

    async fn create_access_entry(&self, entry: &NewEntry) -> Result<ObservedEntry, AwsError> {
        let NewEntry { principal, entry_type, username, groups, tags, client_token } = entry;
        let request = CreateRequest {
            principal: principal.to_string(),
            entry_type: entry_type.clone(),
            username: username.as_ref().map(ToString::to_string),
            groups: groups.iter().map(ToString::to_string).collect(),
            tags: tags.clone(),
        };
        let target = Target::Principal(&request.principal);
        self.aws(Operation::CreateAccessEntry, target, |state| {
            state.create_entry(&request, Some(client_token))
        })
        .await
    }

    async fn update_access_entry(
        &self,
        principal: &PrincipalArn,
        username: &Username,
        groups: &BTreeSet<GroupName>,
    ) -> Result<ObservedEntry, AwsError> {
        let principal = principal.to_string();
        let groups: BTreeSet<String> = groups.iter().map(ToString::to_string).collect();
        self.aws(Operation::UpdateAccessEntry, Target::Principal(&principal), |state| {
            state.update_entry(&principal, Some(username.as_str()), Some(&groups))
        })
        .await
    }

    async fn delete_access_entry(&self, principal: &PrincipalArn) -> Result<(), AwsError> {
        let principal = principal.to_string();
        self.aws(Operation::DeleteAccessEntry, Target::Principal(&principal), |state| {
            state.delete_entry(&principal)
        })
        .await
    }

    async fn associate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<(), AwsError> {
        let principal = principal.to_string();
        self.aws(Operation::AssociateAccessPolicy, Target::Principal(&principal), |state| {
            state.associate(&principal, policy, scope).map(drop)
        })
        .await
    }

    async fn disassociate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
    ) -> Result<(), AwsError> {
        let principal = principal.to_string();
        self.aws(Operation::DisassociateAccessPolicy, Target::Principal(&principal), |state| {
            state.disassociate(&principal, policy)
        })
        .await
    }

    async fn list_access_policies(&self, next: Option<&str>) -> Result<Page<PolicyArn>, AwsError> {
        self.aws(Operation::ListAccessPolicies, CLUSTER, |state| state.list_policies(next)).await
    }

    async fn list_nodegroups(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.aws(Operation::ListNodegroups, CLUSTER, |state| state.list_nodegroups(next)).await
    }

    async fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsError> {
        self.aws(Operation::DescribeNodegroup, Target::Named(name), |state| state.describe_nodegroup(name))
            .await
    }

    async fn list_fargate_profiles(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.aws(Operation::ListFargateProfiles, CLUSTER, |state| state.list_fargate_profiles(next)).await
    }

    async fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsError> {
        let target = Target::Named(name);
        self.aws(Operation::DescribeFargateProfile, target, |state| state.describe_fargate_profile(name))
            .await
    }
}

impl IamApi for Simulator {
    async fn list_roles(&self, next: Option<&str>) -> Result<IamPage<IamRole>, AwsError> {
        self.aws(Operation::ListRoles, Target::Named("roles"), |state| {
            iam_page(state, state.iam.roles.as_ref(), Operation::ListRoles, next)
        })
        .await
    }

    async fn list_users(&self, next: Option<&str>) -> Result<IamPage<IamUser>, AwsError> {
        self.aws(Operation::ListUsers, Target::Named("users"), |state| {
            iam_page(state, state.iam.users.as_ref(), Operation::ListUsers, next)
        })
        .await
    }
}

/// What the snapshot has, and whether it is the whole account; a list that it does not have cannot be given.
fn iam_page<T: Clone>(
    state: &State,
    listing: Option<&Listing<T>>,
    operation: Operation,
    next: Option<&str>,
) -> Result<IamPage<T>, AwsRefusal> {
    let Listing { items, complete } = known(state, listing, operation)?;
    let items = in_given_order(items.iter().cloned());
    let page = page(operation.as_str(), items, state.behaviour.iam_page_size, next)?;
    Ok(IamPage { page, complete: *complete })
}

impl StsApi for Simulator {
    async fn get_caller_identity(&self) -> Result<Caller, AwsError> {
        self.aws(Operation::GetCallerIdentity, Target::Named("caller"), |state| Ok(state.caller())).await
    }
}

impl LogsApi for Simulator {
    async fn audit_events(
        &self,
        from: Timestamp,
        until: Timestamp,
        next: Option<&str>,
    ) -> Result<Page<String>, AwsError> {
        let group = log_group(&self.inner.borrow().state.cluster.truth().id.name);
        let filter = Filter {
            group: &group,
            streams: AUDIT_STREAMS,
            from: Some(from.as_millisecond()),
            until: Some(until.as_millisecond()),
            wanted: next.into(),
        };
        self.aws(Operation::FilterLogEvents, Target::Named(&group), |state| {
            let Page { items, next } = state.filter_log_events(&filter)?;
            Ok(Page { items: items.into_iter().map(|event| event.message).collect(), next })
        })
        .await
    }
}

impl Clock for Simulator {
    async fn sleep(&self, duration: Duration) {
        // who is dead waits for nothing: whoever comes next comes at once, and may be too early for what was written last
        let inner = &mut *self.inner.borrow_mut();
        if !inner.faults.is_halted() {
            inner.state.advance(duration);
        }
    }

    fn elapsed(&self) -> Duration {
        self.inner.borrow().state.now
    }

    fn now(&self) -> Timestamp {
        let state = &self.inner.borrow().state;
        state.start.checked_add(state.now).unwrap_or(state.start)
    }
}

impl KubeApi for Simulator {
    async fn get_aws_auth(&self) -> Result<Option<ConfigMap>, KubeError> {
        self.kube(Operation::GetAwsAuth, AWS_AUTH, |state| Ok(state.kube.aws_auth.clone())).await
    }

    async fn create_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeError> {
        self.kube(Operation::CreateAwsAuth, AWS_AUTH, |state| state.kube.create_aws_auth(data, parts)).await
    }

    async fn replace_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeError> {
        self.kube(Operation::ReplaceAwsAuth, AWS_AUTH, |state| {
            state.kube.replace_aws_auth(data, resource_version)
        })
        .await
    }

    async fn delete_aws_auth(&self, resource_version: &str) -> Result<(), KubeError> {
        self.kube(Operation::DeleteAwsAuth, AWS_AUTH, |state| state.kube.delete_aws_auth(resource_version))
            .await
    }

    async fn list_rbac(&self) -> Result<Rbac, KubeError> {
        self.kube(Operation::ListRbac, Target::Named("rbac"), |state| Ok(state.kube.rbac().clone())).await
    }

    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError> {
        self.kube(Operation::GetBinding, Target::Named(name), |state| Ok(state.kube.binding(namespace, name)))
            .await
    }

    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        let target = Target::Binding(binding);
        self.kube(Operation::CreateBinding, target, |state| state.kube.create_binding(binding)).await
    }

    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        let target = Target::Binding(binding);
        self.kube(Operation::DeleteBinding, target, |state| state.kube.delete_binding(binding)).await
    }

    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError> {
        self.kube(Operation::ListNamespaces, Target::Named("namespaces"), |state| Ok(state.kube.namespaces()))
            .await
    }
}
