//! The entries EKS makes by itself when a cluster leaves CONFIG_MAP mode.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{AccessScope, EntryType, PolicyArn, PrincipalArn};

use super::rules::{CreateRequest, EntrySubject};
use crate::simulator::behaviour::{CustomImages, GoneCreator, NodeEntries};
use crate::simulator::iam::principals::Presence;
use crate::simulator::state::{Bound, Entry, State};

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
        for role in self.behaviour.services.clone() {
            let policies =
                policy_of_service(role.name()).and_then(|name| PolicyArn::new(partition, name).ok());
            self.provide(role, EntryType::Standard, None, policies.into_iter().collect(), at);
        }
        if let Some(creator) = self.behaviour.creator.clone() {
            let policies = vec![PolicyArn::cluster_admin(partition)];
            let is_gone = self.iam.presence(&creator) == Presence::Absent;
            match (is_gone, self.behaviour.gone_creator) {
                (true, GoneCreator::NoEntry) => {}
                (true, GoneCreator::DeadEntry) => {
                    self.make(creator, Bound::Stale, EntryType::Standard, None, policies, at);
                }
                (false, _) => self.provide(creator, EntryType::Standard, None, policies, at),
            }
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
        self.make(principal, bound, entry_type, username, policies, at);
    }

    fn make(
        &mut self,
        principal: PrincipalArn,
        bound: Bound,
        entry_type: EntryType,
        username: Option<&str>,
        policies: Vec<PolicyArn>,
        at: Duration,
    ) {
        let key = principal.to_string();
        if self.entry(&key).is_some() {
            return;
        }
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

    fn node_roles(&self) -> Vec<(PrincipalArn, EntryType)> {
        let nodegroups = self.original.nodegroups.iter().flatten().map(|nodegroup| {
            let windows = nodegroup.is_windows()
                || (nodegroup.is_custom()
                    && self.behaviour.custom_images == CustomImages::ByAwsAuth
                    && self.kube.aws_auth_is_windows(&nodegroup.node_role.canonical()));
            let entry_type = if windows { EntryType::Ec2Windows } else { EntryType::Ec2Linux };
            (nodegroup.node_role.clone(), entry_type)
        });
        let profiles = self.original.fargate_profiles.iter().flatten();
        let profiles = profiles.map(|profile| (profile.pod_execution_role.clone(), EntryType::FargateLinux));
        nodegroups.chain(profiles).collect()
    }
}

/// What a service associates with its own entry.
fn policy_of_service(role: &str) -> Option<&'static str> {
    match role {
        "AWSServiceRoleForBatch" => Some("AWSBatchClusterPolicy"),
        _ if role.starts_with("AWSServiceRoleForAmazonPrometheusScraper") => {
            Some("AmazonPrometheusScraperPolicy")
        }
        _ => None,
    }
}
