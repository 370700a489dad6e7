use crate::eks::Page;
use crate::model::{AccessScope, EntryType, PolicyArn};
use crate::rbac::access_policy;

use super::catalogue;
use super::rules::check_is_ours;
use crate::simulator::pages::{Wanted, in_given_order, page};
use crate::simulator::refusal::{AwsRefusal, no_entry, not_found, rule, standard_only};
use crate::simulator::state::{Entry, State, Times};

/// A policy of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Association {
    pub policy: PolicyArn,
    pub scope: AccessScope,
    pub times: Times,
}

fn association(entry: &Entry, policy: &PolicyArn) -> Option<Association> {
    let scope = entry.observed.policies.get(policy)?.clone();
    let times = entry.associated.get(policy)?.clone();
    Some(Association { policy: policy.clone(), scope, times })
}

impl State {
    pub fn list_associations<'t>(
        &self,
        principal: &str,
        wanted: impl Into<Wanted<'t>>,
    ) -> Result<Page<Association>, AwsRefusal> {
        self.gate()?;
        let entry = self.shown_entry(principal).ok_or_else(no_entry)?;
        check_takes_policies(entry)?;
        let policies = entry.observed.policies.keys().filter_map(|policy| association(entry, policy));
        let items = policies.map(|it| (it.policy.to_string(), it));
        page(&format!("associated-access-policies/{principal}"), items, self.behaviour.page_size, wanted)
    }

    /// A policy stands once in an entry: associating it again replaces its scope.
    pub fn associate(
        &mut self,
        principal: &str,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<Association, AwsRefusal> {
        self.gate()?;
        if !is_for_batch(principal, policy) {
            check_is_ours(principal)?;
        }
        let mut entry = self.entry_with_policies(principal)?;
        self.check_policy(policy)?;
        check_scope(&entry, policy, scope)?;
        let policies = &mut entry.observed.policies;
        let is_new = !policies.contains_key(policy);
        if let Some(limit) = self.behaviour.policies_per_entry
            && is_new
            && policies.len() >= limit
        {
            return Err(rule(format!("An access entry takes at most {limit} access policies.")));
        }
        policies.insert(policy.clone(), scope.clone());
        let now = self.timestamp(self.now);
        let times = entry.associated.entry(policy.clone());
        let times = times.or_insert_with(|| Times { created: now.clone(), modified: now.clone() });
        times.modified = now;
        let answer = association(&entry, policy).ok_or_else(no_entry)?;
        self.put_entry(principal, Some(entry), self.now);
        Ok(answer)
    }

    pub fn disassociate(&mut self, principal: &str, policy: &PolicyArn) -> Result<(), AwsRefusal> {
        self.gate()?;
        if !is_for_batch(principal, policy) {
            check_is_ours(principal)?;
        }
        let mut entry = self.entry_with_policies(principal)?;
        if entry.observed.policies.remove(policy).is_none() {
            return Err(not_found("associated access policy", &policy.to_string()));
        }
        entry.associated.remove(policy);
        self.put_entry(principal, Some(entry), self.now);
        Ok(())
    }

    /// The list of the snapshot, else the published catalogue.
    pub fn list_policies<'t>(&self, wanted: impl Into<Wanted<'t>>) -> Result<Page<PolicyArn>, AwsRefusal> {
        let known = self.original.access_policies.clone();
        let policies = known.unwrap_or_else(|| catalogue::all(self.cluster.truth().id.partition));
        page("access-policies", in_given_order(policies), self.behaviour.page_size, wanted)
    }

    fn entry_with_policies(&self, principal: &str) -> Result<Entry, AwsRefusal> {
        let entry = self.entry(principal).ok_or_else(no_entry)?;
        check_takes_policies(entry)?;
        Ok(entry.clone())
    }

    /// What the Region offers is told by its list; without one the published catalogue counts. What an entry of the
    /// snapshot has is offered, too: not every policy is listed.
    fn check_policy(&self, policy: &PolicyArn) -> Result<(), AwsRefusal> {
        let entries = self.original.access_entries.iter().flatten();
        let is_there = || entries.clone().any(|entry| entry.policies.contains_key(policy));
        let is_offered = match &self.original.access_policies {
            Some(listed) => listed.contains(policy) || is_there(),
            None => access_policy(policy.name()).is_some() || is_there(),
        };
        let known = access_policy(policy.name());
        let partition = self.cluster.truth().id.partition;
        if policy.partition() != partition || !is_offered {
            return Err(rule(format!("The specified policyArn is invalid: {policy}")));
        }
        match known {
            Some(known) if catalogue::is_refused(known, self.behaviour.unconfirmed_policies) => {
                Err(rule(format!(
                    "The access policy {} can be associated with service-linked roles only.",
                    policy.name()
                )))
            }
            _ => Ok(()),
        }
    }
}

/// AWS Batch documents that customers give its own entry a policy for each namespace, and no other such case is known.
fn is_for_batch(principal: &str, policy: &PolicyArn) -> bool {
    policy.name() == "AWSBatchNamespacePolicy"
        && principal.ends_with(":role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch")
}

/// Type EC2 takes one policy, in one scope; others take each in the scopes that it is documented for.
fn check_scope(entry: &Entry, policy: &PolicyArn, scope: &AccessScope) -> Result<(), AwsRefusal> {
    if entry.observed.entry_type == EntryType::Ec2
        && (policy.name() != "AmazonEKSAutoNodePolicy" || *scope != AccessScope::Cluster)
    {
        return Err(standard_only());
    }
    match access_policy(policy.name()).filter(|known| !known.takes(scope)) {
        Some(known) => Err(rule(format!(
            "The access policy {} can be associated with an access scope of type {} only.",
            known.name,
            known.only_scope().unwrap_or_default()
        ))),
        None => Ok(()),
    }
}

/// AWS's text names STANDARD alone, yet EC2 takes AmazonEKSAutoNodePolicy (user guide, "Create a Node Class").
fn check_takes_policies(entry: &Entry) -> Result<(), AwsRefusal> {
    if entry.observed.entry_type.takes_policies() { Ok(()) } else { Err(standard_only()) }
}
