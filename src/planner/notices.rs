use super::accounts::open_account;
use super::blocker::place;
use super::caller;
use super::{
    CallerAccess, Decisions, Line, LinePlace, NodeRole, Note, Notice, Outcome, Phase, Severity, Target,
};
use crate::reader::{AwsAuth, Section, SectionStatus};

/// What the lines of `aws-auth` give rise to.
pub(super) fn of_line(line: &Line) -> Option<Notice> {
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
        severity: Severity::Blocks(blocker.phase()),
        at: Some(line.at.clone()),
        subject: line.arn.clone(),
        message: blocker.message(line),
        help: blocker.options(line),
    })
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
            Note::GroupDropped { group } => {
                Some(warning("group-dropped", format!("by decision the group {group} is given up"), ""))
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
            Note::PoliciesKept { policies } => Some(info(
                "policies-kept",
                format!("its entry has policies beyond the line, and keeps them: {}", policies.join(", ")),
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
    match &target.standing {
        super::Standing::Update { .. } => notices.push(warning(
            "entry-differs",
            "its access entry, which is what is in force, differs; the plan makes it equal to the line"
                .to_owned(),
            "`skip` it in eksodus.yaml to leave the entry as it is",
        )),
        super::Standing::Replace { why, .. } => notices.push(warning(
            "entry-replaced",
            format!("its access entry is deleted and made again: {why}"),
            "between the two it has no access, for seconds",
        )),
        _ => {}
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

pub(super) fn of_node(node: &NodeRole) -> Option<Notice> {
    if node.covered {
        return None;
    }
    let gets = match &node.gets {
        None => "it has none and no line gives it one".to_owned(),
        Some(entry_type) => format!("it has type {entry_type}"),
    };
    Some(Notice {
        rule: "node-uncovered".to_owned(),
        severity: Severity::Blocks(Phase::ApiMode),
        at: None,
        subject: node.role.to_string(),
        message: format!(
            "{} need an entry of type {} for this role, and {gets}",
            node.used_by.join(", "),
            node.needs
        ),
        help: vec!["EKS may make it in dual mode: plan again then; or create it by hand".to_owned()],
    })
}

/// Decisions that decided nothing.
pub(super) fn unused(decisions: &Decisions, is_used: &dyn Fn(usize) -> bool, lines: &[Line]) -> Vec<Notice> {
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
        .enumerate()
        .filter(|(index, _)| !is_used(*index))
        .map(|(_, decision)| notice(decision.principal.clone(), Some(decision.line)));
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
    principals.chain(groups).chain(accounts).collect()
}

/// Who is left to mend things, seen from the end of the migration.
pub(super) fn of_people(
    access: &CallerAccess,
    lines: &[Line],
    other_admins: usize,
    observable: bool,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let CallerAccess::Elsewhere { arn } = access {
        notices.extend(caller::elsewhere(arn, lines));
    }
    if other_admins == 0 {
        notices.push(Notice {
            rule: "no-other-admin".to_owned(),
            severity: if observable { Severity::Blocks(Phase::ApiMode) } else { Severity::Warning },
            at: None,
            subject: "administrators".to_owned(),
            message: "no cluster administrator but the caller would be left by entries".to_owned(),
            help: vec!["give a second principal AmazonEKSClusterAdminPolicy".to_owned()],
        });
    }
    notices
}
