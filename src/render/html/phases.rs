//! The phases in their order, as a picture: a station each, with another shape where nothing leads back.

use super::element::{Element, el};
use super::parts::{Section, Tone};
use crate::planner::{Phase, Plan};
use crate::render::phases::{PhaseSummary, phases};
use crate::render::words::count;

pub(super) fn section(plan: &Plan) -> Option<Section> {
    let phases = phases(plan);
    if phases.is_empty() {
        return None;
    }
    let list = el("ol").class("phases").with_all(phases.iter().map(|summary| phase(plan, summary)));
    Some(Section::new("phases", "Phases", list))
}

fn phase(plan: &Plan, summary: &PhaseSummary<'_>) -> Element {
    let undo = match summary.phase {
        phase if phase.is_irreversible() => Tone::Bad.badge("irreversible"),
        Phase::Entries | Phase::Prune => Tone::Good.badge("can be rolled back"),
        _ => Tone::Plain.badge("read-only"),
    };
    let steps = summary.steps.len();
    let steps = (steps > 1).then(|| el("p").class("faint").with(count(steps, "step", "steps")));
    let waits = plan.summary.blocks.get(&summary.phase);
    let waits = waits.map(|n| {
        let said = format!("waits for {}", count(*n, "decision", "decisions"));
        el("p").with(Tone::Bad.badge(said))
    });
    el("li")
        .with(station(summary.phase))
        .with(el("h3").with(summary.phase.as_str()))
        .with(el("p").with(undo))
        .with(el("p").with(summary.what()))
        .with(steps)
        .with(waits)
}

/// A circle where one can turn round, a filled diamond where not, a small ring where nothing changes.
fn station(phase: Phase) -> Element {
    let (class, path) = match phase {
        phase if phase.is_irreversible() => ("station bad", "M12 2 L22 12 L12 22 L2 12 Z"),
        Phase::Entries | Phase::Prune => ("station good", "M12 3 A9 9 0 1 1 11.99 3 Z"),
        _ => ("station", "M12 6 A6 6 0 1 1 11.99 6 Z"),
    };
    let mark = match phase {
        phase if phase.is_irreversible() => Some("M12 7 V13 M12 16 V16.5"),
        Phase::Entries | Phase::Prune => Some("M9 14 L7 12 L9 10 M7 12 H15 A2 2 0 0 1 15 16 H13"),
        _ => None,
    };
    el("svg")
        .class(class)
        .attribute("viewBox", "0 0 24 24")
        .attribute("width", 28)
        .attribute("height", 28)
        .attribute("aria-hidden", "true")
        .attribute("focusable", "false")
        .with(el("path").class("shape").attribute("d", path))
        .with(mark.map(|mark| el("path").class("mark").attribute("d", mark)))
}
