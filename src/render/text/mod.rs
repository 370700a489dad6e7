//! A plan for a terminal: how it stands, who may do more or less, what needs a decision; then what is done, in the file's
//! order; how it stands again.

mod aws_auth;
mod entries;
mod notices;

use super::names::Names;
use super::page::{Page, Shown, paint};
use super::phases::{Undo, phases as phases_of};
use super::style::{BAD, FAINT, HEADING};
use super::verdict::{self, verdict as verdict_of};
use super::{View, parity, words};
use crate::findings::Finding;
use crate::planner::{Action, Plan};

pub fn plan(plan: &Plan, view: &View) -> Page {
    let names = Names::of(plan, view.full);
    let mut page = Page::default();
    cluster(&mut page, plan);
    if let Some(proof) = &plan.parity {
        parity::theorem_of(&mut page, proof);
    }
    notices::needs_decision(&mut page, plan, &names);
    if let Some(proof) = &plan.parity {
        parity::changes(&mut page, proof, &names);
    }
    notices::warnings(&mut page, plan, &names, view.verbose);
    entries::entries(&mut page, plan, &names, view.verbose);
    entries::undone(&mut page, plan, &names);
    bindings(&mut page, plan);
    aws_auth::changes(&mut page, plan, view.verbose);
    nodes(&mut page, plan, &names);
    not_migrated(&mut page, plan, &names);
    entries::unchanged(&mut page, plan, &names, view.verbose);
    not_checked(&mut page, plan);
    phases(&mut page, plan);
    next(&mut page, view);
    page.blank();
    page.line(0, paint(FAINT, format!("plan blake3:{}", verdict::short_digest(plan))));
    let verdict = verdict_of(plan);
    let mut whole = Page::default();
    whole.line(0, verdict.shown());
    whole.append(page);
    whole.line(0, verdict.shown());
    whole
}

/// What is wrong with a plan itself.
pub fn findings_of(plan: &Plan, found: &[Finding]) -> Page {
    let names = Names::of(plan, false);
    let mut page = Page::default();
    found.iter().for_each(|it| notices::notice(&mut page, plan, &names, it));
    page
}

fn cluster(page: &mut Page, plan: &Plan) {
    let mut facts = Vec::new();
    facts.extend(plan.mode.map(|mode| format!("mode {mode}")));
    if plan.undoes.is_none() {
        facts.extend(plan.mode.map(|_| verdict::nodes(plan)));
        facts.extend(plan.mode.map(|_| verdict::caller(plan).to_owned()));
    }
    facts.extend(plan.evidence.as_ref().and_then(|log| Some(format!("audit log of {}", log.period?))));
    facts.extend(plan.source.as_ref().map(|source| format!("aws-auth from {source}")));
    if !facts.is_empty() {
        page.line(0, paint(FAINT, facts.join("; ")));
    }
}

fn bindings(page: &mut Page, plan: &Plan) {
    let changes: Vec<(char, String)> =
        plan.steps.iter().filter_map(|step| words::binding_change(&step.action)).collect();
    if changes.is_empty() {
        return;
    }
    page.heading(HEADING, "role bindings", changes.len());
    for (sign, change) in changes {
        page.signed(1, sign, &change);
    }
}

fn nodes(page: &mut Page, plan: &Plan, names: &Names) {
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
        let role = names.principal(node.role.as_str());
        page.line(1, Shown::from(format!("{role}  ")).and(state).and(users));
    }
}

fn not_migrated(page: &mut Page, plan: &Plan, names: &Names) {
    let source = plan.source.as_deref();
    let left: Vec<_> =
        plan.lines.iter().filter_map(|line| Some((line, words::not_migrated_beside(plan, line)?))).collect();
    if left.is_empty() {
        return;
    }
    page.heading(HEADING, "not migrated", left.len());
    for (line, (what, why)) in left {
        let principal = names.principal(words::or_empty(&line.arn));
        let place = words::short_place(source, &line.at);
        page.line(1, Shown::from(format!("{principal}  ")).and(paint(FAINT, place)));
        page.line(2, format!("{what}: {}", names.prose(&why)));
    }
}

fn not_checked(page: &mut Page, plan: &Plan) {
    if plan.unknown.is_empty() {
        return;
    }
    page.heading(HEADING, "not checked, for data is missing", plan.unknown.len());
    for (source, promise) in &plan.unknown {
        page.line(1, format!("{}: {promise}", words::file_of(*source)));
    }
}

fn phases(page: &mut Page, plan: &Plan) {
    let phases = phases_of(plan);
    if phases.is_empty() {
        return;
    }
    page.heading(HEADING, "phases", 0);
    for summary in phases {
        let undo = match summary.undo() {
            Undo::Irreversible => paint(BAD, summary.undo().as_str()),
            Undo::Reversible | Undo::ReadOnly => summary.undo().as_str().into(),
        };
        let what = format!("{:<10} {}; ", summary.phase.as_str(), summary.what());
        page.line(1, Shown::from(what).and(undo));
    }
}

fn next(page: &mut Page, view: &View) {
    let Some(next) = &view.next else { return };
    page.heading(HEADING, "next", 0);
    page.command(1, next.what.as_str());
    page.line(1, paint(FAINT, next.note.as_str()));
}

/// What the steps of a plan do to `aws-auth`.
fn prunes(plan: &Plan) -> impl Iterator<Item = &Action> {
    plan.steps.iter().map(|step| &step.action).filter(|action| matches!(action, Action::AwsAuth { .. }))
}
