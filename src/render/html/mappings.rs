//! Each mapping beside what it becomes, in the order of the file.

use std::collections::BTreeMap;

use super::element::{Element, Html, el};
use super::parts::{Section, Tone, arn, diff, facts, glyph, names};
use super::verdicts::{Verdicts, Word};
use crate::model::EntryType;
use crate::planner::{Line, Outcome, Plan, Standing, Target};
use crate::reader::LinePlace;
use crate::render::{fields, words};

pub(super) fn section(plan: &Plan, verdicts: &Verdicts<'_>) -> Option<Section> {
    if plan.lines.is_empty() {
        return None;
    }
    let mut targets: BTreeMap<&LinePlace, Vec<&Target>> = BTreeMap::new();
    for target in &plan.targets {
        targets.entry(&target.from).or_default().push(target);
    }
    let items = plan.lines.iter().enumerate().map(|(index, line)| {
        let targets = targets.get(&line.at).map_or(&[][..], Vec::as_slice);
        mapping(plan, verdicts, line, targets, index)
    });
    let list = el("ol").class("mappings").with_all(items);
    Some(
        Section::new("mappings", "Each mapping, and what it becomes", list)
            .counted(plan.lines.len())
            .filtered(),
    )
}

fn mapping(plan: &Plan, verdicts: &Verdicts<'_>, line: &Line, targets: &[&Target], index: usize) -> Element {
    let source = plan.source.as_deref();
    // another mapping may be about the same principal
    let own = (verdicts.mapping(&line.arn) == Some(index)).then_some(line.arn.as_str());
    let principals = targets.iter().map(|target| target.entry.principal.as_str()).chain(own);
    let rows: Vec<(usize, Word)> = principals.filter_map(|principal| verdicts.row(principal)).collect();
    let mut filter: Vec<&str> = rows.iter().flat_map(|(_, word)| word.filter().split(' ')).collect();
    filter.sort_unstable();
    filter.dedup();
    let after = match words::not_migrated(line, source) {
        Some((what, why)) => {
            let tone = match line.outcome {
                Outcome::Blocked { .. } => Tone::Bad,
                Outcome::Overridden { gives_more: Some(_), .. } => Tone::Care,
                _ => Tone::Plain,
            };
            Html::from(el("p").with(tone.badge(what)).with(" ").with(why))
        }
        None => Html::default(),
    };
    let with_name = targets.len() > 1 || !matches!(line.outcome, Outcome::Migrates { .. });
    let after = after.and(targets.iter().map(|target| entry(target, with_name)).collect::<Html>());
    el("li")
        .id("mapping", index)
        .attribute("data-verdict", filter.join(" "))
        .with(el("div").class("today").with(today(line, source)))
        .with(el("div").class("after").with(after).with(verdict(&rows)))
}

fn today(line: &Line, source: Option<&str>) -> Html {
    let place = format!("{}, {}", line.at.entry.section, words::place(source, &line.at));
    let head = el("h3").with(arn(words::or_empty(&line.arn)));
    let place = el("p").class("faint").with(place);
    let groups = names(line.groups.iter().map(|group| words::or_empty(group)));
    let username = el("code").with(words::or_empty(&line.username));
    // an account has neither
    let is_account = line.username.is_empty() && line.groups.is_empty();
    let given = [("username", username.into()), ("groups", groups)];
    let given = (!is_account).then(|| facts(given));
    Html::from(head).and(place).and(given)
}

/// The entry as a diff against what there is today.
fn entry(target: &Target, with_name: bool) -> Element {
    let tone = match target.standing {
        Standing::Equal => Tone::Plain,
        Standing::Create | Standing::NotYetObservable => Tone::Good,
        Standing::Update { .. } | Standing::Replace { .. } => Tone::Care,
    };
    let standing = match words::standing(&target.standing) {
        ('+', _) => "create",
        ('=', _) => "up to date",
        (_, verb) => verb,
    };
    let mut head = el("p").with(tone.badge(standing));
    if target.entry.entry_type != EntryType::Standard {
        head = head.with(" ").with(Tone::Plain.badge(target.entry.entry_type.to_string()));
    }
    if target.is_caller {
        head = head.with(" ").with(Tone::Plain.badge("you"));
    }
    if with_name {
        head = head.with(" ").with(arn(target.entry.principal.as_str()));
    }
    let changes = fields::changes(target);
    // almost all are of this type, and nobody chooses it
    let changes = changes.iter().filter(|change| change.text != "type: STANDARD");
    let why = words::replaced(target).map(|why| el("p").with(why));
    let notes = target.notes.iter().map(|note| el("li").with(words::note(note)));
    let notes = (!target.notes.is_empty()).then(|| el("ul").class("notes").with_all(notes));
    el("div").class("entry").with(head).with(why).with(diff(changes)).with(notes)
}

/// The way to what is said of it in the matrix.
fn verdict(rows: &[(usize, Word)]) -> Option<Element> {
    let (row, word) = rows.iter().min_by_key(|(_, word)| *word)?;
    let mark = el("span")
        .class(word.class())
        .with(glyph(word.glyph()))
        .with(" ")
        .with(el("span").class("word").with(word.said()));
    Some(el("p").class("to-matrix").with(el("a").to("principal", *row).with(mark)))
}
