use std::collections::BTreeMap;

use super::existing::caller;
use super::findings::Draft;
use super::mappings::accounts::open_account;
use super::plan::blocker::place;
use super::{CallerAccess, GivesMore, Line, LinePlace, Note, Notice, Outcome, Phase, Severity, Target};
use crate::facts::{AdministratorBy, EntryFact, Facts, Liveness};
use crate::model::{AuthenticationMode, CanonicalArn, PrincipalArn};
use crate::reader::{AwsAuth, Section, SectionStatus};

/// What the lines of `aws-auth` give rise to.
pub(super) fn of_line(line: &Line, mode: Option<AuthenticationMode>) -> Option<Notice> {
    let warning = |rule: &str, message: String, help: Vec<String>| {
        Some(Notice {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            at: Some(line.at.clone()),
            subject: line.arn.clone(),
            message,
            help,
        })
    };
    let open;
    let blocker = match &line.outcome {
        Outcome::Overridden { principal, gives_more, unproven } => {
            return Some(of_overridden(line, principal, gives_more.as_ref(), *unproven));
        }
        Outcome::Blocked { by } => by,
        Outcome::Expanded { .. } => {
            open = open_account(line)?;
            &open
        }
        Outcome::NeverMatches { why } => {
            return warning(
                "never-matches",
                format!("it lets nobody in today: {why}; an entry would grant access, so none is made"),
                vec!["if somebody misses this access, give it by an entry of its own".to_owned()],
            );
        }
        Outcome::Dropped { why } => {
            return warning(
                "dropped-entry",
                format!("the server throws the line away: {why}"),
                vec!["mend the line or delete it".to_owned()],
            );
        }
        Outcome::Gone { why } => {
            return warning(
                "principal-gone",
                format!("{why}; should it be made again, aws-auth would let it in and an entry will not"),
                vec!["delete the line".to_owned()],
            );
        }
        Outcome::Superseded { by } => {
            return warning(
                "superseded-line",
                format!("{} names the same principal and replaces it whole", place(by)),
                vec!["delete the line".to_owned()],
            );
        }
        Outcome::Migrates { .. } | Outcome::Skipped { .. } | Outcome::NotRead => return None,
    };
    Some(Notice {
        rule: blocker.rule().to_owned(),
        // what waits for a mode that is there already waits for the entries
        severity: Severity::Blocks(match blocker.phase() {
            Phase::DualMode if mode.is_some_and(AuthenticationMode::has_entries) => Phase::Entries,
            phase => phase,
        }),
        at: Some(line.at.clone()),
        subject: line.arn.clone(),
        message: blocker.message(line),
        help: blocker.options(line),
    })
}

/// A mapping behind an effective entry: covered by it, or waiting for the one word that says which of the two is meant.
fn of_overridden(
    line: &Line,
    principal: &PrincipalArn,
    gives_more: Option<&GivesMore>,
    unproven: bool,
) -> Notice {
    let notice = |rule: &str, severity, message: String, help: Vec<String>| Notice {
        rule: rule.to_owned(),
        severity,
        at: Some(line.at.clone()),
        subject: line.arn.clone(),
        message,
        help,
    };
    let for_principal = |rest: &str| format!("in eksodus.yaml, for principal {}: {rest}", line.arn);
    let options = || {
        vec![
            for_principal("`keep: entry` gives up what the mapping would give"),
            for_principal(
                "`take: mapping` makes the entry what the mapping gives, if the entry is half-made",
            ),
            for_principal("`skip: <why>` leaves both as they are"),
        ]
    };
    match gives_more {
        Some(GivesMore { groups, cluster_admin, username, node, half_made }) => {
            let groups = groups.iter().map(|group| format!("group {group}"));
            let admin = cluster_admin.then(|| "cluster administration by system:masters".to_owned());
            let username = username.iter().map(|name| format!("username {name}, which bindings name"));
            let node = node.iter().map(|node| format!("access for nodes of type {node}"));
            let more: Vec<String> = groups.chain(admin).chain(username).chain(node).collect();
            let message = format!(
                "overridden: its access entry is effective, and the mapping would give more, which nobody has today: {}",
                more.join(", ")
            );
            let (message, options) = match half_made {
                true => {
                    let message = message
                        + "; the entry gives nothing at all, so it is probably half-made, and its principal has no access now";
                    let mut options = options();
                    // what finishes it comes first
                    options.swap(0, 1);
                    (message, options)
                }
                false => (message, options()),
            };
            notice("entry-gives-less", Severity::Blocks(Phase::ApiMode), message, options)
        }
        None if unproven => {
            let message = format!(
                "overridden by the access entry of {principal}, but IAM does not tell whether that entry is older than its principal: if it is dead, the mapping is all the access there is"
            );
            let mut help = vec![format!(
                "add the IAM roles and users of account {} to the snapshot",
                principal.account()
            )];
            help.extend(options());
            notice("entry-unproven", Severity::Blocks(Phase::ApiMode), message, help)
        }
        None => {
            let message =
                "overridden: its access entry is effective and stays as it is; the mapping gives nothing beyond it"
                    .to_owned();
            notice("entry-differs", Severity::Info, message, Vec::new())
        }
    }
}

/// Dead entries that the plan does not replace.
pub(super) fn of_dead(facts: &Facts<'_>, targets: &BTreeMap<PrincipalArn, Target>) -> Vec<Notice> {
    let is_replaced =
        |entry: &&EntryFact<'_>| entry.principal.as_ref().is_some_and(|it| targets.contains_key(it));
    let notice = |entry: &EntryFact<'_>| {
        let (rule, message, help) = match entry.liveness {
            Liveness::Gone => (
                "dead-entry",
                "IAM has no such principal: the access entry authenticates nobody",
                "delete the entry",
            ),
            Liveness::Recreated => (
                "dead-entry",
                "the principal was recreated after the access entry was made: the entry authenticates nobody",
                "delete the entry, and make it again if the principal is to have access",
            ),
            Liveness::Unreadable => (
                "entry-unproven",
                "the time of the access entry, or of its principal in IAM, cannot be read: whether the entry is dead is unknown",
                "take the snapshot again, as `aws … --output json` prints it",
            ),
            Liveness::Live | Liveness::Assumed => return None,
        };
        Some(Notice {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            at: None,
            subject: entry.observed.principal.clone(),
            message: message.to_owned(),
            help: vec![help.to_owned()],
        })
    };
    facts.entries.iter().filter(|entry| !is_replaced(entry)).filter_map(notice).collect()
}

/// What an entry does differently from its line.
pub(super) fn of_target(target: &Target) -> Vec<Notice> {
    let notice = |rule: &str, severity, message: String, help: &str| Notice {
        rule: rule.to_owned(),
        severity,
        at: Some(target.from.clone()),
        subject: target.entry.principal.to_string(),
        message,
        help: if help.is_empty() { Vec::new() } else { vec![help.to_owned()] },
    };
    let warning = |rule: &str, message: String, help: &str| notice(rule, Severity::Warning, message, help);
    let info = |rule: &str, message: String| notice(rule, Severity::Info, message, "");
    let list = |names: &mut dyn Iterator<Item = &String>| names.cloned().collect::<Vec<_>>().join(", ");
    let mut notices: Vec<Notice> = target
        .notes
        .iter()
        .filter_map(|note| match note {
            Note::MastersByPolicy => Some(info(
                "system-masters",
                "system:masters becomes AmazonEKSClusterAdminPolicy: an authorizer's yes, no longer a bypass of all of them; RBAC's escalation checks do not see it"
                    .to_owned(),
            )),
            Note::MastersByGroup { group, binding } => {
                Some(info("system-masters", format!("system:masters becomes the group {group}, by {binding}")))
            }
            Note::PathUnchecked => None,
            Note::GroupsLost { groups } => Some(warning(
                "groups-lost",
                format!("a node's entry cannot carry these groups of the line: {}", list(&mut groups.iter())),
                "bind what they are needed for in another way",
            )),
            Note::GroupsDropped { groups } => Some(warning(
                "group-dropped",
                format!("by decision these groups of the line are given up: {}", list(&mut groups.iter())),
                "",
            )),
            Note::GroupDropped { group, bindings } => {
                let lost = match bindings.as_slice() {
                    [] => "no binding names it".to_owned(),
                    bindings => format!("lost with it: {}", bindings.join(", ")),
                };
                Some(warning("group-dropped", format!("by decision the group {group} is given up; {lost}"), ""))
            }
            Note::UsernameChanged { from, to, carried, left, gained, unchecked } => {
                let bindings = match (unchecked, carried.len()) {
                    (true, _) => "bindings by User were not looked at".to_owned(),
                    (false, 0) if left.is_empty() => "no binding names the old one".to_owned(),
                    (false, 0) => "no binding can be repeated for the new one".to_owned(),
                    (false, 1) => "one binding is repeated for the new name".to_owned(),
                    (false, n) => format!("{n} bindings are repeated for the new name"),
                };
                let lost = match left.is_empty() {
                    true => String::new(),
                    false => format!("; what the old one has is lost by {}", list(&mut left.iter())),
                };
                let gained = match gained.is_empty() {
                    true => String::new(),
                    false => format!("; the new one has rights already by {}", list(&mut gained.iter())),
                };
                Some(warning(
                    "username-changed",
                    format!("its username changes from {from:?} to {to:?}; {bindings}{lost}{gained}"),
                    "audit rules and admission policies may name the old one: look there too",
                ))
            }
            Note::UsernameDefaulted { to } => Some(warning(
                "missing-username",
                format!("today its username is empty, which aggregated APIs refuse; the entry's will be {to:?}"),
                "",
            )),
            Note::Damaged { what } => Some(warning(
                "damaged-entry",
                format!("{what}; the entry gives what is in force, not what was meant"),
                "mend the line first if it should give more",
            )),
            Note::NotRevived { what } => Some(info(
                "not-revived",
                format!("its dead access entry had more, which does not come back: {}", what.join(", ")),
            )),
            Note::TakenFromEntry { what } => Some(warning(
                "taken-from-entry",
                format!("by decision its access entry loses: {}", what.join(", ")),
                "",
            )),
            Note::BroughtToMapping => Some(info(
                "made-by-eks",
                "EKS made its access entry when the mode changed, and it gives less than the mapping gave, or another name: it is brought to that"
                    .to_owned(),
            )),
            Note::PathResolved
            | Note::AccountIdWrittenOut
            | Note::ImplicitGroups { .. }
            | Note::GroupRenamed { .. }
            | Note::Decided { .. }
            | Note::FromAccount { .. }
            | Note::PassRole => None,
        })
        .collect();
    if let super::Standing::Replace { why, .. } = &target.standing {
        notices.push(warning(
            "entry-replaced",
            format!("its access entry is deleted and recreated: {why}"),
            "between the two it has no access by an entry, for seconds",
        ));
    }
    notices
}

/// Sections that the server could not read to their end.
pub(super) fn of_sections(aws_auth: &AwsAuth) -> Vec<Notice> {
    fn section<E>(section: &Section<E>) -> Option<Notice> {
        let (rule, severity, place, message) = match &section.status {
            SectionStatus::Absent | SectionStatus::Read => return None,
            SectionStatus::Lost { why, place, span: _ } => (
                "section-lost",
                Severity::Blocks(Phase::ApiMode),
                place,
                format!("the server reads nothing of it: {why}; nobody named in it is let in by it today"),
            ),
            SectionStatus::CutShort { place, span: _ } => (
                "section-cut-short",
                Severity::Warning,
                place,
                "the server reads no further and says nothing; what follows lets nobody in".to_owned(),
            ),
        };
        let at = crate::reader::EntryRef { section: section.name, index: section.entries.len() };
        Some(Notice {
            rule: rule.to_owned(),
            severity,
            at: Some(LinePlace { entry: at, place: *place }),
            subject: section.name.to_string(),
            message,
            help: vec!["mend the section, or empty it if nobody misses it".to_owned()],
        })
    }
    [section(&aws_auth.roles), section(&aws_auth.users), section(&aws_auth.accounts)]
        .into_iter()
        .flatten()
        .collect()
}

/// Decisions that decided nothing.
pub(super) fn unused(draft: &Draft<'_>) -> Vec<Notice> {
    let (decisions, lines) = (draft.given.decisions, &draft.settled.lines);
    let notice = |subject: String, line: Option<usize>| Notice {
        rule: "unused-decision".to_owned(),
        severity: Severity::Warning,
        at: None,
        subject,
        message: match line {
            Some(line) => format!("line {line} of the decisions matches nothing"),
            None => "this decision matches nothing".to_owned(),
        },
        help: vec!["correct it or take it out".to_owned()],
    };
    let principals = decisions
        .principals
        .iter()
        .filter(|decision| !draft.is_used(decision))
        .map(|decision| notice(decision.principal.clone(), Some(decision.line)));
    let groups = decisions
        .groups
        .keys()
        .filter(|group| !lines.iter().any(|line| line.groups.contains(group)))
        .map(|group| notice(format!("group {group}"), None));
    let accounts = decisions
        .accounts
        .iter()
        .filter(|(account, _)| !lines.iter().any(|line| line.arn == account.as_str()))
        .map(|(account, decision)| notice(format!("account {account}"), Some(decision.line)));
    let idle = draft.idle().into_iter().map(|line| Notice {
        message: format!("line {line} of the decisions chooses between an entry and a mapping, and there is no live access entry: the mapping is effective"),
        ..notice("keep or take".to_owned(), Some(line))
    });
    let accepted = decisions
        .accept_gains
        .keys()
        .filter(|name| !draft.gains.accepted.values().flatten().any(|gain| gain.name == **name));
    let accepted = accepted.map(|name| Notice {
        message: "nobody gains anything by this name".to_owned(),
        ..notice(format!("accept-gains {name}"), None)
    });
    principals.chain(groups).chain(accounts).chain(idle).chain(accepted).collect()
}

/// Who is left to mend things, seen from the end of the migration.
pub(super) fn of_people(
    access: &CallerAccess,
    lines: &[Line],
    administrators: &BTreeMap<CanonicalArn, (PrincipalArn, AdministratorBy)>,
    observable: bool,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let CallerAccess::Elsewhere { arn } = access {
        notices.extend(caller::elsewhere(arn, lines, observable));
    }
    let caller = match access {
        CallerAccess::Principal { arn, .. } | CallerAccess::Elsewhere { arn } => Some(CanonicalArn::of(arn)),
        CallerAccess::Unknown => None,
    };
    let others = administrators.keys().filter(|key| Some(*key) != caller.as_ref()).count();
    if others == 0 {
        let by_caller = caller.is_some_and(|caller| administrators.contains_key(&caller));
        let message = match (by_caller, observable) {
            (true, _) => {
                "no cluster administrator but you would be left by entries that are known to be alive"
            }
            (false, true) => {
                "nobody would be cluster administrator by entries that are known to be alive, you neither"
            }
            (false, false) => {
                "nobody would be cluster administrator by the entries of this plan, you neither; those that are there already cannot be listed yet"
            }
        };
        notices.push(Notice {
            rule: "no-other-admin".to_owned(),
            severity: if observable { Severity::Blocks(Phase::ApiMode) } else { Severity::Warning },
            at: None,
            subject: "administrators".to_owned(),
            message: message.to_owned(),
            help: vec![
                "give a principal that IAM lists AmazonEKSClusterAdminPolicy on the whole cluster".to_owned(),
            ],
        });
    }
    notices
}
