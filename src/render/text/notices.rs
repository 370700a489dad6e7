use crate::findings::{Choice, Finding, Severity, choice_words};
use crate::planner::Plan;
use crate::render::names::Names;
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{BAD, CARE, FAINT, HEADING};
use crate::render::words;

pub(super) fn needs_decision(page: &mut Page, plan: &Plan, names: &Names) {
    section(page, plan, names, (BAD, "needs a decision"), |severity| matches!(severity, Severity::Blocks(_)));
}

/// And what informs, when everything is asked for.
pub(super) fn warnings(page: &mut Page, plan: &Plan, names: &Names, verbose: bool) {
    section(page, plan, names, (CARE, "warnings"), |severity| severity == Severity::Warning);
    if verbose {
        section(page, plan, names, (HEADING, "info"), |severity| severity == Severity::Info);
    }
}

fn section(
    page: &mut Page,
    plan: &Plan,
    names: &Names,
    (style, title): (anstyle::Style, &str),
    wanted: impl Fn(Severity) -> bool,
) {
    let found: Vec<&Finding> = plan.notices.iter().filter(|notice| wanted(notice.severity)).collect();
    if found.is_empty() {
        return;
    }
    page.heading(style, title, found.len());
    for (at, finding) in found.into_iter().enumerate() {
        if at > 0 {
            page.blank();
        }
        notice(page, plan, names, finding);
    }
}

pub(super) fn notice(page: &mut Page, plan: &Plan, names: &Names, found: &Finding) {
    let Finding { rule, severity, at, subject, .. } = found;
    let said = found.words();
    let place = at.as_ref().map(|at| words::short_place(plan.source.as_deref(), at));
    let until = match severity {
        Severity::Blocks(phase) => Some(format!("before {phase}")),
        Severity::Warning | Severity::Info => None,
    };
    let about: Vec<String> = place.into_iter().chain([format!("[{rule}]")]).chain(until).collect();
    let head = format!("{}  ", names.principal(words::or_empty(subject)));
    page.line(1, Shown::from(head).and(paint(FAINT, about.join(" "))));
    page.line(2, names.prose(&said.message()));
    let first = said.choices.first();
    match said.help.as_slice() {
        [] => {}
        [one] => option(page, 2, "→", one, first),
        [one, others @ ..] => {
            page.line(2, "→ one of:");
            option(page, 3, "-", one, first);
            others.iter().for_each(|option| page.line(3, format!("- {option}")));
        }
    }
}

/// A decision is shown as a whole file, to be pasted as it is: there may be none yet.
fn option(page: &mut Page, depth: usize, mark: &str, help: &str, decision: Option<&Choice>) {
    let Some(decision) = decision else { return page.line(depth, format!("{mark} {help}")) };
    page.line(depth, format!("{mark} {}: in eksodus.yaml", choice_words(decision)));
    decision.yaml().lines().for_each(|line| page.verbatim(depth + 2, line));
}
