use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::existing::fates::{Named, fates};
use super::existing::{caller, nodes, switch};
use super::mappings::bindings::Bindings;
use super::mappings::outcomes::Lines;
use super::mappings::translate::Context;
use super::mappings::{gains, proposal, unbound};
use super::plan::{fingerprint, steps};
use super::{
    Action, CallerAccess, Decisions, Finding, FormatVersion, Gain, LinePlace, Outcome, Phase, Plan, Prune,
    Severity, Summary, Target, notices, preconditions, prune, unknowns,
};
use crate::facts::{AdministratorBy, Administrators, EksMade, EntryFact, Facts, Liveness};
use crate::findings::Reason;
use crate::model::{AuthenticationMode, CanonicalArn, ConfigMapParts, PrincipalArn};
use crate::rbac::Rbac;
use crate::reader::{AwsAuth, SectionName, read};
use crate::snapshot::Snapshot;

/// What has to be done to move the snapshot's cluster to access entries.
///
/// Pure: the same snapshot and decisions give the same plan, byte for byte.
pub fn plan(snapshot: &Snapshot, decisions: &Decisions) -> Plan {
    let facts = Facts::of(snapshot);
    let aws_auth = snapshot.aws_auth.as_ref().map(read);
    let mut work = read_lines(&facts, decisions, aws_auth.as_ref());
    // `mapAccounts` is read last and stands last
    work.lines.sort_by_key(|line| line.at.entry);
    let caller_access = mark_caller(&facts, &mut work.targets);
    let nodes = nodes::coverage(&facts, &work.targets);
    let made = switch::expected(&facts);
    let mut notices = findings(&work, &made, &caller_access, aws_auth.as_ref());
    notices.extend(nodes.iter().filter_map(|node| nodes::notice(node, &nodes, &work.lines, &facts)));
    let prune_step = prune_step(&work, aws_auth.as_ref(), &mut notices);
    notices.sort_by(|a, b| {
        (&a.severity, &a.at, &a.subject, &a.rule).cmp(&(&b.severity, &b.at, &b.subject, &b.rule))
    });
    let existing = fates(&facts.entries, &work.targets, &facts.nodes, &NamedByLines::of(&work));
    let Lines { lines, targets, bindings, .. } = work;
    Plan {
        format: FormatVersion::CURRENT,
        summary: Summary::default(),
        cluster: snapshot.cluster.as_ref().map(|cluster| cluster.id.clone()),
        mode: facts.mode,
        caller: caller_access,
        source: snapshot.aws_auth.as_ref().map(|manifest| manifest.source.name.clone()),
        fingerprint: fingerprint::of_sources(snapshot, aws_auth.as_ref(), decisions),
        decisions: decisions.clone(),
        own_switch: snapshot.own_switch.clone(),
        unknown: unknowns::unknown(snapshot),
        steps: steps::steps(facts.mode, bindings.into_sorted(), &targets, prune_step),
        lines,
        targets: targets.into_values().collect(),
        existing,
        nodes,
        notices,
        undoes: None,
        digest: String::new(),
    }
    .sealed()
}

/// Every mapping in its outcome, and the targets of those that migrate.
fn read_lines<'a>(
    facts: &'a Facts<'a>,
    decisions: &'a Decisions,
    aws_auth: Option<&'a AwsAuth>,
) -> Lines<'a> {
    let mut work = read_once(facts, decisions, aws_auth, BTreeMap::new());
    let (refused, accepted) = gains::gains(&work);
    if refused.is_empty() {
        work.accepted = accepted;
        return work;
    }
    // what would give somebody more waits, and so do the bindings that would have been made for it
    Lines { accepted, ..read_once(facts, decisions, aws_auth, refused) }
}

fn read_once<'a>(
    facts: &'a Facts<'a>,
    decisions: &'a Decisions,
    aws_auth: Option<&'a AwsAuth>,
    refused: BTreeMap<PrincipalArn, Vec<Gain>>,
) -> Lines<'a> {
    let rbac = facts.snapshot.rbac.as_ref();
    let mut work = Lines {
        context: Context {
            decisions,
            facts,
            rbac,
            index: rbac.map(Rbac::index),
            administrators: Administrators::of(rbac, std::iter::empty()),
            usernames: LazyCell::new(Box::new(move || aws_auth.map(proposal::taken).unwrap_or_default())),
            refused,
        },
        lines: Vec::new(),
        targets: BTreeMap::new(),
        bindings: Bindings::default(),
        used: BTreeSet::new(),
        idle: BTreeSet::new(),
        accepted: BTreeMap::new(),
    };
    if let Some(aws_auth) = aws_auth {
        work.read(aws_auth);
        work.read_accounts(aws_auth);
    }
    work
}

/// By what the caller authenticates after the migration; its own target comes last.
fn mark_caller(facts: &Facts<'_>, targets: &mut BTreeMap<PrincipalArn, Target>) -> CallerAccess {
    let access = caller::access(facts, targets);
    if let CallerAccess::Principal { principal, .. } = &access
        && let Some(target) = targets.get_mut(principal)
    {
        target.is_caller = true;
    }
    access
}

fn findings(
    work: &Lines<'_>,
    made: &[EksMade],
    caller_access: &CallerAccess,
    aws_auth: Option<&AwsAuth>,
) -> Vec<Finding> {
    let Context { facts, decisions, .. } = &work.context;
    let mut found = notices::of_lines(&work.lines, facts.mode);
    // in API mode EKS reads none of them
    let is_read = facts.mode != Some(AuthenticationMode::Api);
    let read = facts.snapshot.aws_auth.as_ref().zip(aws_auth).filter(|_| is_read);
    found.extend(read.into_iter().flat_map(|(manifest, aws_auth)| notices::of_sections(manifest, aws_auth)));
    found.extend(preconditions::of_cluster(facts.snapshot, aws_auth));
    found.extend(preconditions::of_quota(&work.targets, facts.entries.len(), made));
    found.extend(work.targets.values().flat_map(notices::of_target));
    found.extend(notices::of_dead(facts, &work.targets));
    found.extend(unbound::groups(work));
    found.extend(gains::notices(work));
    found.extend(switch::notices(facts, made, &work.lines, &work.targets));
    found.extend(notices::unused(decisions, work));
    found.extend(caller::loses_rights(work, caller_access));
    if facts.mode.is_some_and(AuthenticationMode::reads_config_map) {
        let administrators = administrators_after(work);
        found.extend(notices::of_people(
            caller_access,
            &work.lines,
            &administrators,
            facts.entries.observable,
        ));
    }
    found
}

/// Who is administrator by access entries once the plan is done.
fn administrators_after(work: &Lines<'_>) -> BTreeMap<CanonicalArn, (PrincipalArn, AdministratorBy)> {
    let facts = work.context.facts;
    // an entry that is made for a principal that IAM lists is alive
    let proven = |principal: &PrincipalArn| match facts.iam.created(principal) {
        Some(_) => Liveness::Live,
        None => Liveness::Assumed,
    };
    let planned = work.targets.values().map(|target| (target.entry.clone(), proven(&target.entry.principal)));
    let is_left = |entry: &&EntryFact<'_>| {
        entry.principal.as_ref().is_some_and(|principal| !work.targets.contains_key(principal))
    };
    let left = facts.entries.iter().filter(is_left);
    let left = left.filter_map(|entry| Some((entry.observed.as_entry()?, entry.liveness)));
    let entries: Vec<_> = planned.chain(left).collect();
    Administrators::of(work.context.rbac, work.bindings.iter())
        .among(entries.iter().map(|(entry, liveness)| (entry, *liveness)))
}

fn prune_step(work: &Lines<'_>, aws_auth: Option<&AwsAuth>, notices: &mut Vec<Finding>) -> Option<Action> {
    let facts = work.context.facts;
    let manifest = facts.snapshot.aws_auth.as_ref()?;
    let aws_auth = aws_auth?;
    if facts.mode == Some(AuthenticationMode::Api) {
        return None;
    }
    let pruned = match work.context.decisions.prune {
        Prune::Covered => Ok(prune::prune(manifest, aws_auth, &work.lines)),
        Prune::Delete => prune::delete(manifest, &work.lines),
    };
    let pruned = pruned.unwrap_or_else(|blocked| {
        notices.extend(blocked);
        prune::Pruned::default()
    });
    notices.extend(pruned.immutable.then(prune::immutable));
    notices.extend(pruned.refused.iter().map(|(section, why)| not_pruned(*section, why, aws_auth)));
    let after = match pruned.rest {
        prune::Rest::Same => return None,
        prune::Rest::Cut(data) => Some(data),
        prune::Rest::Deleted => None,
    };
    // only a deletion takes them along
    let parts = if after.is_none() { manifest.config_map.parts() } else { ConfigMapParts::default() };
    Some(Action::AwsAuth { before: Some(manifest.config_map.data.clone()), after, parts })
}

/// The principals that lines without a target name.
#[derive(Default)]
struct NamedByLines {
    overridden: BTreeSet<CanonicalArn>,
    set_aside: BTreeSet<CanonicalArn>,
}

impl NamedByLines {
    fn of(work: &Lines<'_>) -> Self {
        let mut named = Self::default();
        for line in &work.lines {
            match &line.outcome {
                Outcome::Overridden { principal, .. } => {
                    named.overridden.insert(CanonicalArn::of_principal(principal));
                }
                Outcome::Blocked { .. } | Outcome::Skipped { .. } => {
                    named.set_aside.insert(CanonicalArn::as_mapped(&line.arn));
                }
                _ => {}
            }
        }
        named
    }
}

impl Named for NamedByLines {
    fn overridden(&self, key: &CanonicalArn) -> bool {
        self.overridden.contains(key)
    }

    fn set_aside(&self, key: &CanonicalArn) -> bool {
        self.set_aside.contains(key)
    }
}

fn not_pruned(section: SectionName, why: &str, aws_auth: &AwsAuth) -> Finding {
    let at = match section {
        SectionName::MapRoles => aws_auth.roles.entries.first().map(super::mappings::outcomes::place_of),
        SectionName::MapUsers => aws_auth.users.entries.first().map(super::mappings::outcomes::place_of),
        SectionName::MapAccounts => None::<LinePlace>,
    };
    Finding::new(at, section.as_str(), Reason::NotPruned { prose: why.to_owned() })
}

impl Plan {
    /// What has to be decided before a run that ends with this phase.
    pub fn blockers(&self, through: Phase) -> impl Iterator<Item = &Finding> {
        self.notices
            .iter()
            .filter(move |notice| matches!(notice.severity, Severity::Blocks(phase) if phase <= through))
    }
}
