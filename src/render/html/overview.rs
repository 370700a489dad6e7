//! What somebody reads who reads nothing else: what this is, whether it can be done, and what is proved.

use super::element::{Element, Html, el};
use super::parts::{Section, Tone, arn, command, facts, place_of};
use crate::planner::{Administrator, CallerAccess, Plan, Standing};
use crate::render::parity::{NOT_COVERED, assuming, theorem};
use crate::render::verdict::{Mark, Verdict, verdict as verdict_of_plan};
use crate::render::words::{self, count};
use crate::render::{View, verdict};

/// Whose plan it is.
pub(super) fn masthead(plan: &Plan) -> Html {
    let what = match plan.undoes {
        None => "Migration plan: aws-auth to access entries",
        Some(_) => "Rollback plan",
    };
    let mut known = Vec::new();
    if let Some(cluster) = &plan.cluster {
        known.push(("Cluster", place_of(cluster).into()));
    }
    if let Some(mode) = plan.mode {
        known.push(("Authentication mode today", mode.to_string().into()));
    }
    if let Some(source) = &plan.source {
        known.push(("Mappings from", source.as_str().into()));
    }
    if let CallerAccess::Elsewhere { arn } | CallerAccess::Principal { arn, principal: _ } = &plan.caller {
        known.push(("Planned as", arn.as_str().into()));
    }
    if let Some(period) = plan.evidence.as_ref().and_then(|log| log.period.as_ref()) {
        known.push(("Audit log of", period.to_string().into()));
    }
    el("header")
        .class("masthead")
        .with(el("p").class("eyebrow").with(what))
        .with(el("h1").with(name(plan)))
        .with(facts(known))
        .into()
}

/// The cluster alone: its account and Region stand below it.
pub(super) fn name(plan: &Plan) -> String {
    plan.cluster.as_ref().map_or_else(|| verdict::name(plan), |cluster| cluster.name.clone())
}

/// Whether it can be done as it is, and the numbers that say why.
pub(super) fn outcome(plan: &Plan) -> Html {
    let (tone, said) = verdict_of(plan);
    let class = match tone {
        Tone::Good => "outcome good",
        Tone::Care => "outcome care",
        Tone::Bad => "outcome bad",
        Tone::Plain => "outcome",
    };
    let heading = el("p").class("said").with(said);
    el("section")
        .class(class)
        .attribute("aria-label", "Verdict")
        .with(heading)
        .with(el("ul").class("numbers").with_all(numbers(plan)))
        .into()
}

fn verdict_of(plan: &Plan) -> (Tone, String) {
    let Verdict { mark, said } = verdict_of_plan(plan);
    let tone = match mark {
        Mark::Good => Tone::Good,
        Mark::Care => Tone::Care,
        Mark::Bad => Tone::Bad,
        Mark::Idle => Tone::Plain,
    };
    // whose plan it is stands above it
    let name = format!("{}: ", verdict::name(plan));
    let said = said.strip_prefix(&name).unwrap_or(&said);
    (tone, format!("{} {said}", mark.sign()))
}

fn numbers(plan: &Plan) -> Vec<Element> {
    let summary = &plan.summary;
    let mut numbers = Vec::new();
    let standing =
        |wanted: fn(&Standing) -> bool| plan.targets.iter().filter(|it| wanted(&it.standing)).count();
    if plan.undoes.is_none() {
        let create = standing(|it| matches!(it, Standing::Create | Standing::NotYetObservable));
        let change = standing(|it| matches!(it, Standing::Update { .. } | Standing::Replace { .. }));
        let equal = standing(|it| matches!(it, Standing::Equal));
        let value = format!("{} → {}", plan.lines.len(), plan.targets.len());
        let said = format!("mappings to entries: {create} created, {change} changed, {equal} as they are");
        numbers.push(number(Tone::Plain, value, said));
    }
    if let Some(parity) = &plan.parity {
        let tone = |n: usize| if n == 0 { Tone::Good } else { Tone::Bad };
        let of = |n: usize| format!("by {}", count(n, "principal", "principals"));
        let (lost, gained) = (parity.summary.permissions_lost, parity.summary.permissions_gained);
        numbers.push(number(
            tone(lost),
            format!("{lost} lost"),
            format!("permissions, {}", of(parity.summary.lose)),
        ));
        numbers.push(number(
            tone(gained),
            format!("{gained} gained"),
            format!("permissions, {}", of(parity.summary.gain)),
        ));
    }
    let open: usize = summary.blocks.values().sum();
    let tone = if open == 0 { Tone::Good } else { Tone::Bad };
    numbers.push(number(tone, open.to_string(), "to be decided".to_owned()));
    let tone = if summary.warnings == 0 { Tone::Good } else { Tone::Care };
    numbers.push(number(
        tone,
        summary.warnings.to_string(),
        if summary.warnings == 1 { "warning" } else { "warnings" }.to_owned(),
    ));
    let nodes = summary.nodes;
    let all = nodes.covered + nodes.uncovered;
    if all > 0 {
        let tone = if nodes.uncovered == 0 { Tone::Good } else { Tone::Bad };
        numbers.push(number(
            tone,
            format!("{} of {all}", nodes.covered),
            "uses of node roles covered".to_owned(),
        ));
    }
    numbers
}

fn number(tone: Tone, value: String, said: String) -> Element {
    let class = match tone {
        Tone::Good => "good",
        Tone::Care => "care",
        Tone::Bad => "bad",
        Tone::Plain => "",
    };
    el("li").class(class).with(el("strong").with(value)).with(" ").with(said)
}

/// The sentence, what it assumes, and what it says nothing of.
pub(super) fn proof(plan: &Plan) -> Option<Section> {
    let parity = plan.parity.as_ref()?;
    let assuming = assuming(parity);
    let assuming = (!assuming.is_empty()).then(|| {
        let items = assuming.into_iter().map(|it| el("li").with(it));
        el("div").with(el("h3").with("Assuming that")).with(el("ul").with_all(items))
    });
    let excluded = el("ul").with_all(NOT_COVERED.split(", ").map(|it| el("li").with(it)));
    let excluded = el("div").with(el("h3").with("Not covered")).with(excluded);
    let admins = administrators(plan);
    let content = Html::from(el("p").class("theorem").with(theorem(parity)))
        .and(el("div").class("columns").with(assuming).with(excluded).with(admins));
    Some(Section::new("proof", "What is proved", content))
}

/// Who is one once all of the plan is done.
fn administrators(plan: &Plan) -> Option<Element> {
    let admins = plan.administrators.iter().flatten().filter(|it| it.after.is_some());
    let item = |it: &Administrator| {
        let is_new = it.before.is_none();
        el("li").with(arn(&it.principal)).with(is_new.then(|| Tone::Care.badge("new")))
    };
    let items: Vec<Element> = admins.map(item).collect();
    let title = format!("Administrators afterwards: {}", items.len());
    let list = match items.len() {
        0 => return None,
        1..=8 => Html::from(el("ul").with_all(items)),
        _ => el("details").with(el("summary").with("Who they are")).with(el("ul").with_all(items)).into(),
    };
    Some(el("div").with(el("h3").with(title)).with(list))
}

pub(super) fn unknown(plan: &Plan) -> Option<Section> {
    if plan.unknown.is_empty() {
        return None;
    }
    let items = plan.unknown.iter().map(|(source, promise)| {
        el("li").with(el("code").with(words::file_of(*source))).with(": ").with(promise.as_str())
    });
    let list = el("ul").with_all(items);
    Some(Section::new("unknown", "Not checked, for data is missing", list).counted(plan.unknown.len()))
}

pub(super) fn next(view: &View) -> Option<Section> {
    let next = view.next.as_ref()?;
    let content =
        Html::from(command(next.what.as_str())).and(el("p").class("faint").with(next.note.as_str()));
    Some(Section::new("next", "Next", content))
}

/// By what the plan can be told from any other.
pub(super) fn footer(plan: &Plan) -> Html {
    let made = format!("eksodus {}", env!("CARGO_PKG_VERSION"));
    let digest = el("code").with(format!("blake3:{}", plan.digest));
    let cluster = plan.cluster.as_ref().map(|cluster| el("p").with(el("code").with(cluster.to_string())));
    el("footer")
        .with(el("p").with("Plan ").with(digest))
        .with(cluster)
        .with(
            el("p")
                .class("faint")
                .with(made)
                .with("; the same plan gives the same page, and the page loads nothing."),
        )
        .into()
}
