use std::collections::{BTreeMap, BTreeSet};

use super::has_target;
use crate::calls::{ConfigData, ResourceState};
use crate::executor::Refusal;
use crate::executor::verify::may_adopt;
use crate::facts::Facts;
use crate::model::{CanonicalArn, ConfigMap, PrincipalArn};
use crate::observe::entry_in;
use crate::planner::{Action, Line, Outcome, Plan, Step, Target};
use crate::reader::{AwsAuth, Manifest, Status, read};
use crate::snapshot::Snapshot;

/// Every mapping that migrates has its entries, each equal to its target.
pub(super) fn covered(plan: &Plan, now: &Facts<'_>) -> Vec<Refusal> {
    let targets: BTreeMap<&PrincipalArn, &Target> =
        plan.targets.iter().map(|target| (&target.entry.principal, target)).collect();
    let adopted = may_adopt(plan);
    let has_entry = |principal: &PrincipalArn| {
        targets.get(principal).is_some_and(|target| has_target(target, &adopted, now))
    };
    let not_covered = |line: &Line, principal: &PrincipalArn| {
        (!has_entry(principal))
            .then(|| Refusal::NotCovered { at: line.at.clone(), arn: principal.to_string() })
    };
    let is_live = |principal: &PrincipalArn| {
        now.entries.of_principal(principal).is_some_and(|entry| !entry.liveness.is_dead())
    };
    let mut refusals = Vec::new();
    for line in &plan.lines {
        match &line.outcome {
            Outcome::Migrates { principal } => refusals.extend(not_covered(line, principal)),
            Outcome::Expanded { principals, unresolved: _, others: _ } => {
                refusals.extend(principals.iter().filter_map(|principal| not_covered(line, principal)));
            }
            // decided by the entry that was there before, which must still be there and alive
            Outcome::Overridden { principal, gives_more: None, unproven: false } if !is_live(principal) => {
                refusals.push(Refusal::NotCovered { at: line.at.clone(), arn: principal.to_string() });
            }
            Outcome::Overridden { .. }
            | Outcome::Superseded { .. }
            | Outcome::NeverMatches { .. }
            | Outcome::Dropped { .. }
            | Outcome::NotRead
            | Outcome::Gone
            | Outcome::Skipped { .. }
            | Outcome::Blocked { .. } => {}
        }
    }
    refusals
}

/// An entry that overrides a mapping gives what it gave when the phase began: of what that was the plan says nothing.
pub(super) fn less_by_entry(plan: &Plan, before: Option<&Snapshot>, now: &Facts<'_>) -> Vec<Refusal> {
    let Some(before) = before else { return Vec::new() };
    let less = plan.lines.iter().filter_map(|line| {
        let Outcome::Overridden { principal, .. } = &line.outcome else { return None };
        let gave = ResourceState::observed_entry(Some(entry_in(before, principal.as_str())?));
        let gives = ResourceState::observed_entry(entry_in(now.snapshot, principal.as_str()));
        let is_less = gives != ResourceState::Entry(None) && !gives.gives_at_least(&gave);
        is_less.then(|| Refusal::NotCovered { at: line.at.clone(), arn: principal.to_string() })
    });
    less.collect()
}

/// Those whose mapping may go: their entry is there, or nobody is there to lose anything.
fn may_go(plan: &Plan, now: &Facts<'_>) -> BTreeSet<CanonicalArn> {
    let adopted = may_adopt(plan);
    let covered = plan.targets.iter().filter(|target| has_target(target, &adopted, now));
    let covered = covered.map(|target| CanonicalArn::of_principal(&target.entry.principal));
    covered
        .chain(plan.lines.iter().filter_map(|line| covered_by_entry(line, now)))
        // nobody is there to lose it
        .chain(plan.lines.iter().filter(|line| is_gone(line)).map(|line| CanonicalArn::as_mapped(&line.arn)))
        .collect()
}

/// What the phase has taken out of `aws-auth`, or somebody else meanwhile, has its entry still.
pub(super) fn gone(plan: &Plan, before: Option<&Snapshot>, now: &Facts<'_>) -> Vec<Refusal> {
    let Some(before) = before.and_then(|before| before.aws_auth.as_ref()) else { return Vec::new() };
    let stays = now.snapshot.aws_auth.as_ref().map(|manifest| &manifest.config_map.data);
    let lost = uncovered(&before.config_map.data, stays, &may_go(plan, now)).into_iter();
    lost.map(|arn| Refusal::LostAccess { arn }).collect()
}

/// Every effective mapping that goes has an entry equal to its target.
pub(super) fn removed(plan: &Plan, steps: &[&Step], now: &Facts<'_>) -> Vec<Refusal> {
    let covered = may_go(plan, now);
    let mut refusals = Vec::new();
    for step in steps {
        let Action::AwsAuth { before: Some(before), after, .. } = &step.action else { continue };
        let lost = uncovered(before, after.as_ref(), &covered).into_iter();
        refusals.extend(lost.map(|arn| Refusal::NotPrunable { step: step.id.clone(), arn }));
    }
    refusals
}

/// The ARNs and accounts whose effective mapping goes without being covered.
fn uncovered(
    before: &ConfigData,
    after: Option<&ConfigData>,
    covered: &BTreeSet<CanonicalArn>,
) -> Vec<String> {
    let stays = after.map(effective).unwrap_or_default();
    let is_lost = |arn: &String| {
        let arn = CanonicalArn::as_mapped(arn);
        !stays.contains(&arn) && !covered.contains(&arn)
    };
    effective_arns(before).into_iter().filter(is_lost).collect()
}

/// The canonical ARN of an overridden mapping whose entry is there and alive.
fn covered_by_entry(line: &Line, facts: &Facts<'_>) -> Option<CanonicalArn> {
    let Outcome::Overridden { principal, gives_more: None, unproven: false } = &line.outcome else {
        return None;
    };
    let live = facts.entries.of_principal(principal).filter(|entry| !entry.liveness.is_dead());
    live.map(|_| CanonicalArn::of_principal(principal))
}

fn is_gone(line: &Line) -> bool {
    matches!(line.outcome, Outcome::Gone)
}

/// No mapping is effective that the plan leaves behind without a decision.
pub(super) fn migrated(plan: &Plan, now: &Facts<'_>) -> Vec<Refusal> {
    let blocked = plan.lines.iter().filter_map(|line| match &line.outcome {
        Outcome::Blocked { .. }
        | Outcome::Overridden { gives_more: Some(_), .. }
        | Outcome::Overridden { unproven: true, .. } => {
            Some(Refusal::NotMigrated { at: line.at.clone(), arn: line.arn.clone() })
        }
        _ => None,
    });
    let known: BTreeSet<CanonicalArn> =
        plan.lines.iter().map(|line| CanonicalArn::as_mapped(&line.arn)).collect();
    let arns =
        now.snapshot.aws_auth.as_ref().map(|it| effective_arns(&it.config_map.data)).unwrap_or_default();
    let unknown = arns.into_iter().filter(|arn| !known.contains(&CanonicalArn::as_mapped(arn)));
    blocked.chain(unknown.map(|arn| Refusal::UnknownLine { arn })).collect()
}

/// The canonical ARNs, and accounts, of the effective mappings.
pub(crate) fn effective(data: &ConfigData) -> BTreeSet<CanonicalArn> {
    effective_arns(data).iter().map(|arn| CanonicalArn::as_mapped(arn)).collect()
}

/// The ARNs and accounts of the effective mappings, as they are written.
pub(super) fn effective_arns(data: &ConfigData) -> Vec<String> {
    let aws_auth = read_data(data);
    let mappings = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries);
    let arns = mappings.filter(|mapping| is_effective(&mapping.status)).map(|mapping| mapping.arn.clone());
    let accounts = aws_auth.accounts.entries.iter().filter(|account| is_effective(&account.status));
    arns.chain(accounts.map(|account| account.text.clone())).collect()
}

pub(super) fn read_data(data: &ConfigData) -> AwsAuth {
    read(&Manifest::from_config_map(ConfigMap { data: data.clone(), ..ConfigMap::default() }))
}

pub(super) fn is_effective(status: &Status) -> bool {
    matches!(status, Status::InForce | Status::Random { .. })
}
