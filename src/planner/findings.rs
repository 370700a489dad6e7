//! The findings of a plan, from all that they are about.

use std::collections::BTreeSet;

use super::existing::administrators::administrators_after;
use super::existing::{caller, nodes, switch};
use super::given::Given;
use super::mappings::accounts::ReadAccount;
use super::mappings::gains::{self, Gains};
use super::mappings::read::{Read, Reading};
use super::mappings::settle::Settled;
use super::mappings::unbound;
use super::{
    CallerAccess, Finding, NodeRole, PrincipalDecision, evidence, notices, preconditions, quota, unsound_rbac,
};
use crate::findings::DecidedAt;
use crate::model::AuthenticationMode;

/// What findings are about: a plan but for them and the order of its steps.
pub(super) struct Draft<'a> {
    pub given: &'a Given<'a>,
    pub mappings: Vec<Read<'a>>,
    pub accounts: Vec<ReadAccount<'a>>,
    pub gains: Gains,
    pub settled: Settled,
    pub caller: CallerAccess,
    pub nodes: Vec<NodeRole>,
    /// What stays of `aws-auth` although it is covered.
    pub unpruned: Vec<Finding>,
}

/// Everything that a reviewer must know or decide, most severe first.
pub(super) fn collect_findings(draft: &Draft<'_>) -> Vec<Finding> {
    let Draft { given, settled, gains, caller, nodes, unpruned, .. } = draft;
    let (facts, targets, lines) = (given.facts, &settled.targets, &settled.lines);
    let made = switch::expected(facts);
    let mut found = notices::of_lines(lines, facts.mode);
    // in API mode EKS reads none of them
    let is_read = facts.mode != Some(AuthenticationMode::Api);
    let read = facts.snapshot.aws_auth.as_ref().zip(facts.aws_auth()).filter(|_| is_read);
    found.extend(read.into_iter().flat_map(|(manifest, aws_auth)| notices::of_sections(manifest, aws_auth)));
    found.extend(preconditions::of_cluster(facts.snapshot, facts.aws_auth()));
    found.extend(quota::quota(targets, facts.entries.len(), &made));
    found.extend(targets.values().flat_map(notices::of_target));
    found.extend(notices::of_dead(facts, targets));
    found.extend(notices::of_policies(facts, targets));
    found.extend(unbound::groups(given, settled));
    found.extend(unsound_rbac::notices(given, settled));
    found.extend(gains::notices(given, settled, gains));
    found.extend(evidence::notices(draft));
    found.extend(switch::notices(facts, &made, lines, targets));
    found.extend(notices::unused(draft));
    found.extend(caller::loses_rights(given, settled, caller));
    if facts.mode.is_some_and(AuthenticationMode::reads_config_map) {
        let administrators = administrators_after(given, settled);
        found.extend(notices::of_people(caller, lines, &administrators, facts.entries.observable));
    }
    found.extend(nodes.iter().filter_map(|node| nodes::notice(node, nodes, lines, facts)));
    found.extend(unpruned.iter().cloned());
    found.sort_by(|a, b| {
        (&a.severity, &a.at, &a.subject, &a.rule).cmp(&(&b.severity, &b.at, &b.subject, &b.rule))
    });
    found
}

impl Draft<'_> {
    /// The decision is the first one that matches some mapping, or member of an account.
    pub fn is_used(&self, decision: &PrincipalDecision) -> bool {
        let of_mappings = self.mappings.iter().filter_map(|read| read.decision);
        let of_members = self.accounts.iter().flat_map(ReadAccount::decisions);
        of_mappings.chain(of_members).any(|used| std::ptr::eq(used, decision))
    }

    /// Decisions that choose between an entry and a mapping, where there is no live entry.
    pub fn idle(&self) -> BTreeSet<DecidedAt> {
        // in CONFIG_MAP mode the entry may be there, unseen
        let observable = self.given.facts.entries.observable;
        let effective = self.mappings.iter().filter(|read| matches!(read.reading, Reading::Effective { .. }));
        let decisions = effective.filter_map(|read| read.decision).filter(|_| observable);
        let idle = decisions.filter(|decision| decision.existing.is_some() && !decision.shared);
        idle.map(PrincipalDecision::at).collect()
    }
}
