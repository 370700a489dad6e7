//! The entries EKS makes by itself when a cluster leaves CONFIG_MAP mode.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{AccessScope, EntryType, PolicyArn, PrincipalArn};

use super::behaviour::NodeEntries;
use super::iam::Presence;
use super::rules::{CreateRequest, EntrySubject};
use super::state::{Entry, State};

impl State {
    /// Made at the end of the update; what exists already is used as it is, and what IAM does not know gets none.
    pub fn provide_entries(&mut self, at: Duration) {
        let partition = self.cluster.truth().id.partition;
        if self.behaviour.service_entry
            && let Some(role) = self.service_role()
        {
            let policies = ["AmazonEKSClusterInsightsPolicy", "AmazonEKSEventPolicy"];
            let policies = policies.iter().filter_map(|name| PolicyArn::new(partition, name).ok());
            self.provide(role, EntryType::Standard, Some("eks:managed"), policies.collect(), at);
        }
        if let Some(creator) = self.behaviour.creator.clone() {
            self.provide(creator, EntryType::Standard, None, vec![PolicyArn::cluster_admin(partition)], at);
        }
        for (role, entry_type) in self.node_roles() {
            let wanted = match self.behaviour.node_entries {
                NodeEntries::None => false,
                NodeEntries::NamedInAwsAuth => self.kube.aws_auth_names(&role.canonical()),
                NodeEntries::All => true,
            };
            if wanted {
                self.provide(role, entry_type, None, Vec::new(), at);
            }
        }
    }

    fn provide(
        &mut self,
        principal: PrincipalArn,
        entry_type: EntryType,
        username: Option<&str>,
        policies: Vec<PolicyArn>,
        at: Duration,
    ) {
        let key = principal.to_string();
        if self.entry(&key).is_some() || self.iam.presence(&principal) == Presence::Absent {
            return;
        }
        let bound = self.bind(&principal);
        let request = CreateRequest {
            principal: key.clone(),
            entry_type,
            username: username.map(str::to_owned),
            groups: BTreeSet::new(),
            tags: BTreeMap::new(),
        };
        let mut observed = self.new_entry(&request, &EntrySubject::Principal(principal));
        observed.policies = policies.into_iter().map(|policy| (policy, AccessScope::Cluster)).collect();
        observed.created = self.timestamp(at);
        observed.modified = self.timestamp(at);
        self.put_entry(&key, Some(Entry::new(observed, bound)), at);
    }

    fn service_role(&self) -> Option<PrincipalArn> {
        let id = &self.cluster.truth().id;
        let role = "aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
        format!("arn:{}:iam::{}:role/{role}", id.partition, id.account).parse().ok()
    }

    /// Managed node groups with a custom image are taken for Linux, Windows or not: a known trap.
    fn node_roles(&self) -> Vec<(PrincipalArn, EntryType)> {
        let nodegroups = self.original.nodegroups.iter().flatten().map(|nodegroup| {
            let windows = nodegroup.is_windows();
            let entry_type = if windows { EntryType::Ec2Windows } else { EntryType::Ec2Linux };
            (nodegroup.node_role.clone(), entry_type)
        });
        let profiles = self.original.fargate_profiles.iter().flatten();
        let profiles = profiles.map(|profile| (profile.pod_execution_role.clone(), EntryType::FargateLinux));
        nodegroups.chain(profiles).collect()
    }
}
