//! Which access policy could stand in for what bindings give a group.

use std::collections::{BTreeMap, BTreeSet};

use super::rule_change::{RuleChange, weight};
use super::{AccessPolicy, Assignable, access_policies};
use crate::model::{AccessScope, GroupName};
use crate::rbac::{Binding, Index, PolicyRule, collapse, uncovered};

/// What bindings give a group in one scope, and the access policies that could give it instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal<'r> {
    pub scope: AccessScope,
    /// In the order of the objects.
    pub bindings: Vec<&'r Binding>,
    /// Collapsed. In namespaces only what the whole cluster does not give anyway; nothing then needs no policy.
    pub rules: Vec<PolicyRule>,
    /// The best first: those that lose nothing by how little they gain, then the others by how little they lose.
    pub candidates: Vec<Candidate>,
}

/// A policy of which all rules are known, and that customers may associate in the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub policy: &'static AccessPolicy,
    /// From what the group has in the scope.
    pub change: RuleChange,
}

/// One proposal for the whole cluster, if a ClusterRoleBinding names the group, and one for each set of namespaces whose
/// RoleBindings give it the same; none where no binding names it. With a namespace: one, for all that holds there.
///
/// `may`: whether a policy comes into question, such as that the Region offers it.
///
/// In a namespace neither bindings nor policies give URLs. Members of `system:masters` have everything in the whole cluster,
/// bound or not.
pub fn propose<'r>(
    index: &Index<'r>,
    group: &str,
    namespace: Option<&str>,
    may: impl Fn(&AccessPolicy) -> bool,
) -> Vec<Proposal<'r>> {
    let known = access_policies()
        .iter()
        .filter(|policy| policy.assignable == Assignable::ByCustomers && policy.is_complete() && may(policy));
    let known: Vec<&'static AccessPolicy> = known.collect();
    let proposal = |scope, bindings, rules: Vec<PolicyRule>, held: &[PolicyRule]| Proposal {
        candidates: candidates(&known, &scope, &rules, held),
        scope,
        bindings,
        rules,
    };
    let bindings = index.bindings_of_group(group);
    let (of_cluster, local): (Vec<_>, Vec<_>) =
        bindings.iter().partition(|binding| binding.namespace.is_none());
    let everywhere = rules(index, &of_cluster, group == GroupName::MASTERS);
    let mut in_namespaces = BTreeMap::<&str, Vec<&'r Binding>>::new();
    for binding in local {
        in_namespaces.entry(binding.namespace.as_deref().unwrap_or_default()).or_default().push(binding);
    }
    if let Some(namespace) = namespace {
        let mut bindings = of_cluster;
        bindings.extend(in_namespaces.remove(namespace).unwrap_or_default());
        let held = without_urls(&rules(index, &bindings, group == GroupName::MASTERS));
        let is_named = !bindings.is_empty() || !held.is_empty();
        let proposal = || proposal(in_one(namespace), bindings, collapse(&held), &held);
        return is_named.then(proposal).into_iter().collect();
    }
    let mut proposals = Vec::new();
    if !of_cluster.is_empty() || !everywhere.is_empty() {
        proposals.push(proposal(AccessScope::Cluster, of_cluster, collapse(&everywhere), &everywhere));
    }
    // one association is enough for namespaces that need the same
    let mut alike = BTreeMap::<Vec<PolicyRule>, (BTreeSet<String>, Vec<&'r Binding>)>::new();
    for (namespace, bindings) in in_namespaces {
        let given = collapse(&without_urls(&rules(index, &bindings, false)));
        let (namespaces, of_all) = alike.entry(given).or_default();
        namespaces.insert(namespace.to_owned());
        of_all.extend(bindings);
    }
    let mut of_namespaces: Vec<Proposal<'r>> = alike
        .into_iter()
        .map(|(given, (namespaces, bindings))| {
            let beyond = collapse(&uncovered(&everywhere, &given));
            let held: Vec<PolicyRule> = without_urls(&everywhere).into_iter().chain(given).collect();
            proposal(AccessScope::Namespaces(namespaces), bindings, beyond, &held)
        })
        .collect();
    of_namespaces.sort_by(|a, b| a.scope.cmp(&b.scope));
    proposals.extend(of_namespaces);
    proposals
}

impl Proposal<'_> {
    /// The smallest policy that loses nothing. `AmazonEKSClusterAdminPolicy` always does, at its price.
    pub fn best(&self) -> Option<&Candidate> {
        self.candidates.first().filter(|candidate| candidate.change.lost.is_empty())
    }

    /// Those that keep at least half, and gain less for what they lose than any that loses less; the one that loses least first.
    pub fn alternatives(&self) -> Vec<&Candidate> {
        let all = weight(&self.rules);
        let mut gains = self.best().map_or(u64::MAX, |best| weight(&best.change.gained));
        let mut alternatives = Vec::new();
        for candidate in &self.candidates {
            let (lost, gained) = (weight(&candidate.change.lost), weight(&candidate.change.gained));
            if lost > 0 && lost <= all / 2 && gained < gains {
                gains = gained;
                alternatives.push(candidate);
            }
        }
        alternatives
    }
}

fn candidates(
    known: &[&'static AccessPolicy],
    scope: &AccessScope,
    rules: &[PolicyRule],
    held: &[PolicyRule],
) -> Vec<Candidate> {
    let candidate = |policy: &'static AccessPolicy| {
        let of_policy = match scope {
            AccessScope::Cluster => policy.rules().to_vec(),
            AccessScope::Namespaces(_) => without_urls(policy.rules()),
        };
        let lost = collapse(&uncovered(&of_policy, rules));
        let gained = collapse(&uncovered(held, &of_policy));
        Candidate { policy, change: RuleChange { lost, gained } }
    };
    let in_question = known.iter().filter(|policy| !rules.is_empty() && policy.takes(scope));
    let mut candidates: Vec<Candidate> = in_question.map(|policy| candidate(policy)).collect();
    candidates.sort_by_key(|candidate| (weight(&candidate.change.lost), weight(&candidate.change.gained)));
    candidates
}

fn rules(index: &Index<'_>, bindings: &[&Binding], masters: bool) -> Vec<PolicyRule> {
    let of_bindings = bindings.iter().flat_map(|binding| index.rules_of(binding)).cloned();
    let of_masters = [PolicyRule::every_resource(), PolicyRule::every_url()].into_iter().filter(|_| masters);
    of_bindings.chain(of_masters).collect()
}

fn without_urls(rules: &[PolicyRule]) -> Vec<PolicyRule> {
    let without = |rule: &PolicyRule| PolicyRule { non_resource_urls: Vec::new(), ..rule.clone() };
    rules.iter().map(without).filter(|rule| !rule.resources.is_empty()).collect()
}

fn in_one(namespace: &str) -> AccessScope {
    AccessScope::Namespaces(BTreeSet::from([namespace.to_owned()]))
}
