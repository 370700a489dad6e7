//! What needs a decision, what to look at, and what is good to know.

use super::element::{Element, Html, el};
use super::parts::{Section, Tone, arn};
use crate::findings::{Finding, Severity};
use crate::planner::Plan;
use crate::render::words;

pub(super) fn needs_decision(plan: &Plan) -> Option<Section> {
    section(plan, "decisions", "Needs a decision", Severity::is_blocking)
}

pub(super) fn warnings(plan: &Plan) -> Option<Section> {
    section(plan, "warnings", "Warnings", |severity| severity == Severity::Warning)
}

/// Folded: nobody has to do anything about it.
pub(super) fn infos(plan: &Plan) -> Option<Section> {
    let found: Vec<&Finding> = of(plan, |severity| severity == Severity::Info);
    if found.is_empty() {
        return None;
    }
    let summary = el("summary").with(words::count(found.len(), "note", "notes"));
    let list = el("details").with(summary).with(list(plan, &found));
    Some(Section::new("notes", "Info", list).counted(found.len()))
}

fn section(
    plan: &Plan,
    name: &'static str,
    title: &'static str,
    wanted: fn(Severity) -> bool,
) -> Option<Section> {
    let found = of(plan, wanted);
    (!found.is_empty()).then(|| Section::new(name, title, list(plan, &found)).counted(found.len()))
}

fn of(plan: &Plan, wanted: fn(Severity) -> bool) -> Vec<&Finding> {
    plan.notices.iter().filter(|finding| wanted(finding.severity)).collect()
}

fn list(plan: &Plan, found: &[&Finding]) -> Element {
    el("ul").class("findings").with_all(found.iter().map(|finding| item(plan, finding)))
}

fn item(plan: &Plan, finding: &Finding) -> Element {
    let said = finding.words();
    let tone = match finding.severity {
        Severity::Blocks(_) => Tone::Bad,
        Severity::Warning => Tone::Care,
        Severity::Info => Tone::Plain,
    };
    let weight = match finding.severity {
        Severity::Blocks(phase) => format!("before {phase}"),
        Severity::Warning | Severity::Info => finding.severity.to_string(),
    };
    let head = el("p")
        .class("head")
        .with(tone.badge(weight))
        .with(" ")
        .with(subject(finding))
        .with(" ")
        .with(el("code").class("faint").with(finding.rule.to_string()))
        .with(" ")
        .with(place(plan, finding));
    let help = match said.help.as_slice() {
        [] => Html::default(),
        [one] => el("p").class("help").with("Do: ").with(one.as_str()).into(),
        several => {
            let options = several.iter().map(|option| el("li").with(option.as_str()));
            Html::from(el("p").class("help").with("One of:")).and(el("ul").class("help").with_all(options))
        }
    };
    el("li").with(head).with(el("p").with(said.message())).with(help)
}

fn subject(finding: &Finding) -> Element {
    match finding.subject.starts_with("arn:") {
        true => arn(&finding.subject),
        false => el("strong").with(finding.subject.as_str()),
    }
}

/// Where it stands, and the way to the mapping there.
fn place(plan: &Plan, finding: &Finding) -> Option<Element> {
    let at = finding.at.as_ref()?;
    let text = words::place(plan.source.as_deref(), at);
    Some(match plan.lines.iter().position(|line| line.at == *at) {
        Some(index) => el("a").to("mapping", index).with(text),
        None => el("span").class("faint").with(text),
    })
}
