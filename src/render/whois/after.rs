use std::collections::BTreeSet;

use super::views::policy_views;
use super::{AfterPlan, Asked, By, Waits, WhoView};
use crate::facts::{EffectiveBy, Facts, Login, Today, entry_username};
use crate::findings::{Finding, Reason, Severity, Words};
use crate::model::{CanonicalArn, GroupName};
use crate::planner::{After, Line, Outcome, Plan, Target};
use crate::render::fields::is_node;

pub(super) fn after_plan(asked: &Asked<'_>, facts: &Facts<'_>, plan: &Plan, today: &Today<'_>) -> AfterPlan {
    let canonical = asked.identity.canonical_arn().unwrap_or_default();
    let key = CanonicalArn::of(&canonical);
    let result = |result: &'static str| AfterPlan {
        result,
        who: WhoView::default(),
        by: None,
        why: None,
        waits_for: Vec::new(),
    };
    if today.login == Login::Unknown {
        return result("unknown");
    }
    match plan.after(facts, &key, &asked.identity.account) {
        After::Target(target) => of_target(asked, plan, target, today),
        After::Entry(entry) => {
            let (who, by) = match &today.login {
                Login::As(who) => (who.into(), Some(By::entry(entry))),
                _ => (WhoView::default(), None),
            };
            // a mapping behind it that gives more
            let own = plan.lines.iter().filter(|line| CanonicalArn::as_mapped(&line.arn) == key);
            let waits_for = own.flat_map(|line| waits(plan, line)).collect();
            AfterPlan { who, by, waits_for, ..result("same") }
        }
        After::Waits(line) => {
            let why = Some("until then, nothing changes".to_owned());
            AfterPlan { why, waits_for: waits(plan, line), ..result("waits") }
        }
        After::Ends(line) => {
            AfterPlan { why: Some(ends(line)), waits_for: waits(plan, line), ..result("no-access") }
        }
        After::Nobody => result("same"),
    }
}

fn of_target(asked: &Asked<'_>, plan: &Plan, target: &Target, today: &Today<'_>) -> AfterPlan {
    let entry = &target.entry;
    let mut groups: Vec<String> = entry.groups.iter().map(GroupName::to_string).collect();
    if is_node(&entry.entry_type) {
        groups.push(GroupName::NODES.to_owned());
    }
    let username = entry.effective_username().map(|name| entry_username(&name, &asked.values));
    let is_same = match &today.login {
        Login::As(who) => {
            let given = |groups: &[String]| -> BTreeSet<String> { groups.iter().cloned().collect() };
            username.as_ref() == Some(&who.username)
                && given(&who.groups) == given(&groups)
                && who.policies == entry.policies
        }
        _ => false,
    };
    AfterPlan {
        result: if is_same { "same" } else { "changed" },
        who: WhoView { username, groups: Some(groups), policies: Some(policy_views(&entry.policies)) },
        by: Some(By::Entry {
            principal: entry.principal.to_string(),
            entry_type: entry.entry_type.to_string(),
        }),
        why: (is_same && !matches!(today.by, EffectiveBy::Entry(_)))
            .then(|| format!("by the access entry {}", entry.principal)),
        waits_for: plan.waits_at(&target.from).map(of_notice).collect(),
    }
}

fn waits(plan: &Plan, line: &Line) -> Vec<Waits> {
    plan.waits_at(&line.at).map(of_notice).collect()
}

fn of_notice(notice: &Finding) -> Waits {
    let words = notice.words();
    Waits {
        rule: notice.rule.to_string(),
        phase: match notice.severity {
            Severity::Blocks(phase) => phase.to_string(),
            Severity::Warning | Severity::Info => String::new(),
        },
        message: words.message(),
        help: words.help,
    }
}

/// Why a mapping becomes no entry.
fn ends(line: &Line) -> String {
    let why = match &line.outcome {
        Outcome::Skipped { reason } => format!("skipped by decision: {reason}"),
        Outcome::Gone => Words::of(&Reason::PrincipalGone, &line.arn).today,
        Outcome::Expanded { others: Some(others), .. } => {
            format!("the decision for the account leaves it out: {others}")
        }
        _ => "its mapping gets no access entry".to_owned(),
    };
    format!("{why}; its access ends with API mode")
}
