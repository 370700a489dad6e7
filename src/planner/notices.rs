use std::collections::{BTreeMap, BTreeSet};

use super::existing::caller;
use super::findings::Draft;
use super::mappings::accounts::open_account;
use super::{CallerAccess, Line, Origins, Outcome, Standing, Target};
use crate::facts::{AdministratorBy, EntryFact, Facts, Liveness};
use crate::findings::{Finding, Note, Reason, Severity, UnusedDecision};
use crate::model::{AuthenticationMode, CanonicalArn, Phase, PolicyArn, PrincipalArn};
use crate::rbac::access_policy;
use crate::reader::{AwsAuth, Manifest};

/// Findings about the mappings of `aws-auth`, in the order of the file.
pub(super) fn of_lines(lines: &[Line], mode: Option<AuthenticationMode>) -> Vec<Finding> {
    let of_line = |line: &Line| {
        let reason = reason(line, lines)?;
        let found = Finding::new(Some(line.at.clone()), line.arn.as_str(), reason);
        Some(match found.severity {
            // what waits for a mode that is there already waits for the entries
            Severity::Blocks(Phase::DualMode) if mode.is_some_and(AuthenticationMode::has_entries) => {
                found.with_severity(Severity::Blocks(Phase::Entries))
            }
            _ => found,
        })
    };
    lines.iter().filter_map(of_line).collect()
}

fn reason(line: &Line, lines: &[Line]) -> Option<Reason> {
    Some(match &line.outcome {
        Outcome::Blocked { by } => Reason::Waits { by: by.clone() },
        Outcome::Expanded { .. } => Reason::Waits { by: open_account(line)? },
        Outcome::Overridden { principal: _, gives_more: Some(more), unproven: _ } => {
            Reason::EntryGivesLess { gives_more: more.clone() }
        }
        Outcome::Overridden { principal, gives_more: None, unproven: true } => {
            Reason::EntryUnproven { principal: principal.clone() }
        }
        Outcome::Overridden { principal: _, gives_more: None, unproven: false } => Reason::Covered,
        Outcome::NeverMatches { why } => Reason::NeverMatches { why: why.clone() },
        Outcome::Dropped { why } => Reason::Dropped { why: why.clone(), misspelt: None },
        Outcome::Gone => Reason::PrincipalGone,
        Outcome::Superseded { by } => {
            let winner = lines.binary_search_by_key(&by.entry, |line| line.at.entry);
            let winner = winner.ok().and_then(|at| lines.get(at));
            let of_winner = winner.map_or(&[][..], |winner| winner.groups.as_slice());
            Reason::of_superseded(line.at.entry, &line.groups, by.clone(), of_winner)
        }
        Outcome::Migrates { .. } | Outcome::Skipped { .. } | Outcome::NotRead => return None,
    })
}

/// Dead entries that the plan does not replace.
pub(super) fn of_dead(facts: &Facts<'_>, targets: &BTreeMap<PrincipalArn, Target>) -> Vec<Finding> {
    let is_replaced =
        |entry: &&EntryFact<'_>| entry.principal.as_ref().is_some_and(|it| targets.contains_key(it));
    let notice = |entry: &EntryFact<'_>| {
        let reason = match entry.liveness {
            Liveness::Gone => Reason::DeadEntry { recreated: false },
            Liveness::Recreated => Reason::DeadEntry { recreated: true },
            Liveness::Unreadable => Reason::UnreadableTime,
            Liveness::Live | Liveness::Assumed => return None,
        };
        Some(Finding::new(None, entry.observed.principal.as_str(), reason))
    };
    facts.entries.iter().filter(|entry| !is_replaced(entry)).filter_map(notice).collect()
}

/// Policies of entries that stay, which the Region does not offer: EKS honours the association and would not make it again.
///
/// What the plan itself would associate is refused before; entries that EKS keeps for services have policies of their own.
pub(super) fn of_policies(facts: &Facts<'_>, targets: &BTreeMap<PrincipalArn, Target>) -> Vec<Finding> {
    let Some(offered) = &facts.snapshot.access_policies else { return Vec::new() };
    let offered: BTreeSet<&PolicyArn> = offered.iter().collect();
    let stays = |entry: &EntryFact<'_>, policy: &PolicyArn| {
        let target = entry.principal.as_ref().and_then(|principal| targets.get(principal));
        target.is_none_or(|target| target.entry.policies.contains_key(policy))
    };
    let kept = facts.entries.iter().filter(|entry| !entry.liveness.is_dead() && !entry.is_eks_owned());
    let of_entry = |entry: &EntryFact<'_>| -> Vec<Finding> {
        let not_listed = entry.observed.policies.keys().filter(|policy| !offered.contains(policy));
        let found = not_listed.filter(|policy| stays(entry, policy)).map(|policy| {
            let (policy, known) = (policy.name().to_owned(), access_policy(policy.name()).is_some());
            let reason = Reason::PolicyNotListed { policy, known };
            Finding::new(None, entry.observed.principal.as_str(), reason)
        });
        found.collect()
    };
    kept.flat_map(of_entry).collect()
}

/// What an entry does differently from its mapping.
pub(super) fn of_target(target: &Target) -> Vec<Finding> {
    let notice = |reason| Finding::new(Some(target.from.clone()), target.entry.principal.as_str(), reason);
    let notes = target.notes.iter().filter(|note| note.rule().is_some());
    let mut found: Vec<Finding> =
        notes.map(|note: &Note| notice(Reason::Differs { note: note.clone() })).collect();
    if let Standing::Replace { from, dead } = &target.standing {
        let (from, to) = (from.entry_type.clone(), target.entry.entry_type.clone());
        found.push(notice(Reason::Replaced { from, to, dead: *dead }));
    }
    found
}

/// Sections that EKS could not read to their end.
pub(super) fn of_sections(manifest: &Manifest, aws_auth: &AwsAuth) -> Vec<Finding> {
    let text = manifest.source.text.as_str();
    let AwsAuth { roles, users, accounts } = aws_auth;
    let ends = [Reason::of_end(roles, text), Reason::of_end(users, text), Reason::of_end(accounts, text)];
    let found = ends.into_iter().flatten();
    found.map(|(reason, at, _)| Finding::new(Some(at.clone()), at.entry.section.as_str(), reason)).collect()
}

/// Decisions that decided nothing.
pub(super) fn unused(draft: &Draft<'_>) -> Vec<Finding> {
    let notice = |subject: String, what| Finding::new(None, subject, Reason::UnusedDecision { what });
    let (decisions, lines) = (draft.given.decisions, &draft.settled.lines);
    let principals = decisions
        .principals
        .iter()
        .filter(|decision| !decision.shared && !draft.is_used(decision))
        .map(|it| notice(it.principal.clone(), UnusedDecision::OnLine { at: it.at() }));
    let groups = decisions
        .groups
        .keys()
        .filter(|group| !lines.iter().any(|line| line.groups.contains(group)))
        .filter(|group| !Origins::is_shared(&decisions.origins.groups, group))
        .map(|group| notice(format!("group {group}"), UnusedDecision::Group));
    let accounts = decisions
        .accounts
        .iter()
        .filter(|(account, it)| !it.shared && !lines.iter().any(|line| line.arn == account.as_str()))
        .map(|(account, it)| notice(format!("account {account}"), UnusedDecision::OnLine { at: it.at() }));
    let idle = draft.idle();
    let idle = idle.into_iter().map(|at| notice("keep or take".to_owned(), UnusedDecision::Choice { at }));
    let accepted = decisions
        .accept_gains
        .keys()
        .filter(|name| !draft.gains.accepted.values().flatten().any(|gain| gain.name == **name))
        .filter(|name| !Origins::is_shared(&decisions.origins.accept_gains, name))
        .map(|name| notice(format!("accept-gains {name}"), UnusedDecision::Gains));
    principals.chain(groups).chain(accounts).chain(idle).chain(accepted).collect()
}

/// Who is left to fix things, seen from the end of the migration.
pub(super) fn of_people(
    access: &CallerAccess,
    lines: &[Line],
    administrators: &BTreeMap<CanonicalArn, (PrincipalArn, AdministratorBy)>,
    observable: bool,
) -> Vec<Finding> {
    let mut found = Vec::new();
    if let CallerAccess::Elsewhere { arn } = access {
        found.extend(caller::elsewhere(arn, lines, observable));
    }
    let caller = match access {
        CallerAccess::Principal { arn, .. } | CallerAccess::Elsewhere { arn } => Some(CanonicalArn::of(arn)),
        CallerAccess::Unknown => None,
    };
    let others = administrators.keys().filter(|key| Some(*key) != caller.as_ref()).count();
    if others == 0 {
        let you = caller.is_some_and(|caller| administrators.contains_key(&caller));
        found.push(Finding::new(None, "administrators", Reason::NoOtherAdministrator { you, observable }));
    }
    found
}
