//! The record of a change as a page: what was done, and then the plan that it was done by.

use super::document::document;
use super::element::{Element, Html, el};
use super::parts::{Section, Tone, arn, facts, place_of, sections, table};
use super::verdicts::Verdicts;
use super::{existing, mappings, matrix, nodes, objects, overview};
use crate::planner::Plan;
use crate::render::record::{
    Attempt, CallRecord, ChangeRecord, NOT_LOOKED_AT, Outcome, StepState, Verification, by,
};
use crate::render::verdict;

/// The record of a run of this plan.
pub fn record(plan: &Plan, record: &ChangeRecord) -> String {
    let verdicts = Verdicts::of(plan);
    let parts: Vec<Section> = [
        Some(attempts(record)),
        accepted(record),
        overview::proof(plan),
        Some(calls(record)),
        Some(verification(record)),
        matrix::section(plan, &verdicts),
        mappings::section(plan, &verdicts),
        existing::undone(plan),
        objects::bindings(plan),
        objects::aws_auth(plan),
        nodes::section(plan),
        existing::section(plan),
    ]
    .into_iter()
    .flatten()
    .collect();
    let title = format!("{}: run {}", verdict::name(plan), record.run);
    let body = masthead(plan, record).and(outcome(record)).and(sections(&parts));
    document(&title, body, overview::footer(plan)).finish()
}

fn masthead(plan: &Plan, record: &ChangeRecord) -> Html {
    let what = match &record.undoes {
        None => "Record of a migration: aws-auth to access entries",
        Some(_) => "Record of a rollback",
    };
    let first = record.attempts.first().and_then(|attempt| attempt.began.as_ref());
    let last = record.attempts.last().and_then(|attempt| attempt.ended.clone());
    let known = [
        ("Cluster", plan.cluster.as_ref().map(place_of).map(Html::from)),
        ("Run", Some(record.run.as_str().into())),
        ("Rolls back", record.undoes.as_deref().map(Html::from)),
        ("Begun", first.map(|stamp| stamp.at.as_str().into())),
        ("Last record", last.map(Html::from)),
        ("By", first.and_then(|stamp| stamp.caller.as_deref()).map(Html::from)),
    ];
    let known = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
    el("header")
        .class("masthead")
        .with(el("p").class("eyebrow").with(what))
        .with(el("h1").with(overview::name(plan)))
        .with(facts(known))
        .into()
}

fn outcome(record: &ChangeRecord) -> Html {
    let class = if record.is_good() { "outcome good" } else { "outcome bad" };
    let summary = &record.summary;
    let number = |class: &'static str, value: String, said: &'static str| {
        el("li").class(class).with(el("strong").with(value)).with(" ").with(said)
    };
    let bad = |n: usize| if n == 0 { "good" } else { "bad" };
    let numbers = [
        number("", format!("{} of {}", summary.steps_done, summary.steps), "steps done"),
        number("", summary.applied.to_string(), "calls took effect"),
        number(bad(summary.failed), summary.failed.to_string(), "calls failed"),
        number(bad(summary.in_doubt), summary.in_doubt.to_string(), "outcomes not known"),
        number("", record.attempts.len().to_string(), "times begun or resumed"),
    ];
    el("section")
        .class(class)
        .attribute("aria-label", "Verdict")
        .with(el("p").class("said").with(record.verdict()))
        .with(el("ul").class("numbers").with_all(numbers))
        .into()
}

fn attempts(record: &ChangeRecord) -> Section {
    let item = |attempt: &Attempt| {
        let mut known: Vec<(&'static str, Html)> = Vec::new();
        if let Some(stamp) = &attempt.began {
            known.push(("from", stamp.at.as_str().into()));
            known.push(("to", attempt.ended.as_deref().unwrap_or("not known").into()));
            known.extend(by(stamp).into_iter().map(|(name, value)| (name, web(&value))));
        }
        let allowed = attempt.allow_irreversible.then(|| Tone::Care.badge("irreversible phases allowed"));
        let head = el("p").class("head").with(el("strong").with(format!("through {}", attempt.through)));
        el("li").with(head.with(" ").with(allowed)).with(facts(known))
    };
    let list = el("ol").class("findings attempts").with_all(record.attempts.iter().map(item));
    Section::new("who", "Who and when", list).counted(record.attempts.len())
}

/// A link where it is the address of a page and of nothing else, such as a job of CI.
fn web(text: &str) -> Html {
    let of_url = |c: char| c.is_ascii_alphanumeric() || "-._~:/?=&%+@,".contains(c);
    match text.starts_with("https://") && text.chars().all(of_url) {
        true => el("a").attribute("href", text).attribute("rel", "noreferrer").with(text).into(),
        false => text.into(),
    }
}

fn accepted(record: &ChangeRecord) -> Option<Section> {
    if record.accepted.is_empty() {
        return None;
    }
    let items = record.accepted.iter().map(|accepted| {
        let head = el("p").class("head").with(arn(&accepted.principal)).with(" ");
        let said = format!("until {}: {}", accepted.by.until, accepted.by.reason);
        el("li")
            .with(head.with(el("code").class("faint").with(accepted.id.as_str())))
            .with(el("p").with(said))
    });
    let list = el("ul").class("findings").with_all(items);
    Some(Section::new("accepted", "Accepted by decision", list).counted(record.accepted.len()))
}

fn calls(record: &ChangeRecord) -> Section {
    let heads = ["Time", "Phase", "Call", "Outcome", "Took"];
    let rows = record.calls.iter().map(call);
    Section::new("calls", "Every call", table("Every call of the run", heads, rows))
        .counted(record.calls.len())
}

fn call(call: &CallRecord) -> Element {
    let tone = match call.outcome {
        Outcome::Applied | Outcome::Already => Tone::Good,
        Outcome::Failed => Tone::Bad,
        Outcome::Unknown | Outcome::NotWritten => Tone::Care,
    };
    let why = call.why.as_deref().map(|why| el("p").class("faint").with(why));
    let update = call.update.as_deref().map(|update| el("p").class("faint").with("update ").with(update));
    el("tr")
        .with(el("td").class("when").with(call.at.as_deref().unwrap_or("not known")))
        .with(el("td").with(call.phase.map(|phase| phase.as_str())))
        .with(
            el("th")
                .attribute("scope", "row")
                .with(el("code").with(call.operation))
                .with(el("p").with(call.about())),
        )
        .with(el("td").with(tone.badge(call.outcome.said())).with(why).with(update))
        .with(el("td").class("when").with(call.took()))
}

fn verification(record: &ChangeRecord) -> Section {
    let said = record.read_back();
    let left = record.steps_in(StepState::Begun).chain(record.steps_in(StepState::NotBegun));
    let left: Vec<Element> = left
        .map(|step| {
            let what = format!("{}: {}", step.phase, step.resource);
            el("li").with(Tone::Care.badge("not done")).with(" ").with(what)
        })
        .collect();
    let left = (!left.is_empty()).then(|| el("ul").class("checks").with_all(left));
    let looked = match &record.verification {
        Some(verification) => looked(verification),
        None => el("p").class("faint").with(NOT_LOOKED_AT).into(),
    };
    Section::new("verification", "Verification", Html::from(el("p").with(said)).and(left).and(looked))
}

fn looked(verification: &Verification) -> Html {
    let Verification { at, equal, through, differences, checks } = verification;
    let (tone, said) = match equal {
        true => (Tone::Good, "as planned"),
        false => (Tone::Bad, "not as planned"),
    };
    let head = el("p").with(tone.badge(said)).with(format!(" through {through}, looked at {at}"));
    let differences = differences.iter().map(|it| el("li").with(it.as_str()));
    let checks = checks.iter().map(|check| {
        let tone = match check.result {
            "passed" => Tone::Good,
            "failed" => Tone::Bad,
            _ => Tone::Care,
        };
        el("li").with(tone.badge(check.result)).with(" ").with(check.what.as_str())
    });
    let all: Vec<Element> = differences.chain(checks).collect();
    let all = (!all.is_empty()).then(|| el("ul").class("checks").with_all(all));
    Html::from(head).and(all)
}
