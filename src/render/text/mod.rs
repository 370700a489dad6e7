//! A plan for a terminal: what must be decided first, what needs no attention last.

mod entries;

use super::page::{Page, Shown, paint};
use super::style::{BAD, CARE, FAINT, HEADING};
use super::verdict::{phases as phases_of, verdict as verdict_of};
use super::{View, parity, words};
use crate::findings::{Finding, Severity};
use crate::planner::{Action, Plan};

pub fn plan(plan: &Plan, view: &View) -> Page {
    let mut page = Page::default();
    page.line(0, paint(HEADING, verdict_of(plan)));
    cluster(&mut page, plan);
    if let Some(proof) = &plan.parity {
        parity::theorem_of(&mut page, proof);
    }
    notices(&mut page, plan, view);
    if let Some(proof) = &plan.parity {
        parity::changes(&mut page, proof);
    }
    entries::entries(&mut page, plan, view.verbose);
    entries::undone(&mut page, plan);
    bindings(&mut page, plan);
    nodes(&mut page, plan);
    not_migrated(&mut page, plan);
    entries::left_alone(&mut page, plan, view.verbose);
    unknown(&mut page, plan);
    phases(&mut page, plan);
    next(&mut page, view);
    page
}

/// What is wrong with a plan itself.
pub fn findings_of(plan: &Plan, found: &[Finding]) -> Page {
    let mut page = Page::default();
    found.iter().for_each(|it| notice(&mut page, plan, it));
    page
}

fn cluster(page: &mut Page, plan: &Plan) {
    let mut facts = Vec::new();
    facts.extend(plan.cluster.as_ref().map(ToString::to_string));
    facts.extend(plan.mode.map(|mode| format!("mode {mode}")));
    facts.extend(plan.evidence.as_ref().and_then(|log| Some(format!("audit log of {}", log.period?))));
    if !facts.is_empty() {
        page.line(0, paint(FAINT, facts.join(", ")));
    }
}

fn notices(page: &mut Page, plan: &Plan, view: &View) {
    let of = |wanted: fn(Severity) -> bool| {
        plan.notices.iter().filter(move |notice| wanted(notice.severity)).collect::<Vec<_>>()
    };
    let blocking = of(|severity| matches!(severity, Severity::Blocks(_)));
    let warnings = of(|severity| severity == Severity::Warning);
    let infos = of(|severity| severity == Severity::Info);
    if !blocking.is_empty() {
        page.heading(BAD, "blocked", blocking.len());
        blocking.iter().for_each(|found| notice(page, plan, found));
    }
    if !warnings.is_empty() {
        page.heading(CARE, "warnings", warnings.len());
        warnings.iter().for_each(|found| notice(page, plan, found));
    }
    if !infos.is_empty() && view.verbose {
        page.heading(HEADING, "for information", infos.len());
        infos.iter().for_each(|found| notice(page, plan, found));
    }
}

fn notice(page: &mut Page, plan: &Plan, found: &Finding) {
    let Finding { rule, severity, at, subject, .. } = found;
    let said = found.words();
    let place = at.as_ref().map(|at| format!("{}: ", words::place(plan.source.as_deref(), at)));
    let about = format!("[{rule}] {}", severity);
    let head = format!("{}{subject}  ", place.unwrap_or_default());
    page.line(1, Shown::from(head).and(paint(FAINT, about)));
    page.line(2, said.message());
    match said.help.as_slice() {
        [] => {}
        [one] => page.line(2, format!("do: {one}")),
        several => {
            page.line(2, "one of:");
            for option in several {
                page.line(3, format!("- {option}"));
            }
        }
    }
}

fn bindings(page: &mut Page, plan: &Plan) {
    let changes: Vec<String> =
        plan.steps.iter().filter_map(|step| words::binding_change(&step.action)).collect();
    if !changes.is_empty() {
        page.heading(HEADING, "role bindings", changes.len());
        for change in changes {
            page.line(1, change);
        }
    }
    for step in &plan.steps {
        if let Action::AwsAuth { before, after, parts: _ } = &step.action {
            page.heading(HEADING, "aws-auth", 0);
            for line in super::config_map::diff(before.as_ref(), after.as_ref()) {
                page.signed(2, line.sign, &line.text);
            }
        }
    }
}

fn nodes(page: &mut Page, plan: &Plan) {
    if plan.nodes.is_empty() {
        return;
    }
    page.heading(HEADING, "nodes", plan.nodes.len());
    for node in &plan.nodes {
        let state = match (&node.gets, node.covered) {
            (Some(gets), true) => format!("covered by an entry of type {gets}").into(),
            (Some(gets), false) => paint(BAD, format!("NOT covered: needs {}, gets {gets}", node.needs)),
            (None, _) => paint(BAD, format!("NOT covered: needs {}, gets no entry", node.needs)),
        };
        let users = format!("; {}", words::list(&node.used_by));
        page.line(1, Shown::from(format!("{}  ", node.role)).and(state).and(users));
    }
}

fn not_migrated(page: &mut Page, plan: &Plan) {
    let source = plan.source.as_deref();
    let left: Vec<_> =
        plan.lines.iter().filter_map(|line| Some((line, words::not_migrated(line, source)?))).collect();
    if left.is_empty() {
        return;
    }
    page.heading(HEADING, "not migrated", left.len());
    for (line, (what, why)) in left {
        let place = words::place(source, &line.at);
        page.line(1, format!("{place}: {} {}", line.at.entry.section, words::or_empty(&line.arn)));
        page.line(2, format!("{what}: {why}"));
    }
}

fn unknown(page: &mut Page, plan: &Plan) {
    if plan.unknown.is_empty() {
        return;
    }
    page.heading(HEADING, "not known, so not promised", plan.unknown.len());
    for (source, promise) in &plan.unknown {
        page.line(1, format!("{}: {promise}", words::file_of(*source)));
    }
}

fn phases(page: &mut Page, plan: &Plan) {
    let phases = phases_of(plan);
    if phases.is_empty() {
        page.blank();
        page.line(0, "Nothing to do.");
        return;
    }
    page.heading(HEADING, "phases", 0);
    for summary in phases {
        let undo = match summary.undo() {
            "none" => paint(BAD, "undo: none"),
            "full" => "undo: full".into(),
            other => other.into(),
        };
        let what = format!("{:<10} {}; ", summary.phase.as_str(), summary.what());
        page.line(1, Shown::from(what).and(undo));
    }
}

fn next(page: &mut Page, view: &View) {
    let Some(next) = &view.next else { return };
    page.heading(HEADING, "next", 0);
    page.line(1, next.what.as_str());
    page.line(1, paint(FAINT, next.note.as_str()));
}
