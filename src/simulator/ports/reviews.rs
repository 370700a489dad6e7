//! The ports of preflight, verification and the lock.

use crate::eks::{AwsError, RightsApi};
use crate::kube::{KubeAccess, KubeError, KubeErrorKind, Lease, LeaseApi, Node};
use crate::rbac::{Attributes, UserInfo};

use crate::simulator::change::Target;
use crate::simulator::refusal::{KubeRefusal, Refusal};
use crate::simulator::state::State;
use crate::simulator::{Operation, Simulator};

impl RightsApi for Simulator {
    async fn denied_actions(&self, actions: &[&str], resource: &str) -> Result<Vec<String>, AwsError> {
        let target = Target::Named(resource);
        self.aws(Operation::SimulatePrincipalPolicy, target, |state| Ok(state.denied_of(actions))).await
    }
}

impl State {
    /// Whom the caller is taken for; refused when nothing lets it in, `None` before Kubernetes 1.28.
    fn review_self(&self) -> Result<Option<UserInfo>, KubeRefusal> {
        if !self.has_self_review() {
            return Ok(None);
        }
        self.login().map(Some).ok_or_else(unauthorized)
    }

    pub fn has_self_review(&self) -> bool {
        self.behaviour.self_review.unwrap_or_else(|| self.minor_version() >= 28)
    }

    /// A version that nobody can read is taken for a new one.
    fn minor_version(&self) -> u32 {
        let version = &self.cluster.truth().version;
        version.split_once('.').and_then(|(_, minor)| minor.parse().ok()).unwrap_or(u32::MAX)
    }
}

/// As the API server says it to whom the authenticator turns away.
fn unauthorized() -> KubeRefusal {
    Refusal::new(KubeErrorKind::Forbidden, "Unauthorized")
}

impl KubeAccess for Simulator {
    async fn list_nodes(&self) -> Result<Vec<Node>, KubeError> {
        self.kube(Operation::ListNodes, Target::Named("nodes"), |state| Ok(state.nodes.clone())).await
    }

    async fn is_allowed(&self, who: &UserInfo, what: &Attributes) -> Result<bool, KubeError> {
        self.kube(Operation::SubjectAccessReview, Target::Named(&who.username), |state| {
            Ok(state.kube.rbac().index().allows(who, what))
        })
        .await
    }

    async fn may_i(&self, what: &Attributes) -> Result<bool, KubeError> {
        self.kube(Operation::SelfSubjectAccessReview, Target::Named("caller"), |state| {
            Ok(state.may_caller(what))
        })
        .await
    }

    async fn who_am_i(&self) -> Result<Option<UserInfo>, KubeError> {
        self.kube(Operation::SelfSubjectReview, Target::Named("caller"), |state| state.review_self()).await
    }
}

impl LeaseApi for Simulator {
    async fn get_lease(&self, name: &str) -> Result<Option<Lease>, KubeError> {
        self.kube(Operation::GetLease, Target::Named(name), |state| Ok(state.leases.get(name))).await
    }

    async fn create_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        self.kube(Operation::CreateLease, Target::Named(name), |state| state.leases.create(name, lease)).await
    }

    async fn replace_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        self.kube(Operation::ReplaceLease, Target::Named(name), |state| state.leases.replace(name, lease))
            .await
    }
}
