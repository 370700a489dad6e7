use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::lines::{self, some};
use super::words::{self, caveats, is_by_everybody, request, taken, who};
use crate::access::{Answer, Change, Counts, Reading, Roll, Row, Sides, Taken, Who, WhoCan};
use crate::model::GroupName;
use crate::parity::{Assumption, MissingInput};
use crate::render::page::{Page, Shown, paint};
use crate::render::parity::by;
use crate::render::style::{BAD, CARE, GOOD, HEADING};
use crate::render::words::{count, or_empty};

/// Who may make one request, before and after.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WhoMay {
    #[serde(flatten)]
    pub answer: WhoCan,
    pub taken: Vec<Taken>,
    /// Without these no answer is whole.
    pub missing: BTreeSet<MissingInput>,
    pub assumptions: BTreeSet<Assumption>,
    /// Where others may besides, by namespace, when the whole cluster was asked about.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub elsewhere: BTreeMap<String, Counts>,
}

impl WhoMay {
    pub fn new(sides: &Sides<'_>, asked: &Reading) -> Self {
        let roll = Roll::of(sides);
        Self {
            answer: roll.who_can(&asked.what),
            elsewhere: roll.elsewhere(&asked.what),
            taken: asked.taken.clone(),
            missing: sides.missing.clone(),
            assumptions: sides.assumptions.clone(),
        }
    }

    pub fn text(&self, verbose: bool) -> Page {
        let WhoCan { request: what, counts, who } = &self.answer;
        let mut page = Page::default();
        let title = paint(HEADING, format!("who can {}", request(what)));
        page.line(0, title.and(": ").and(numbers(counts)));
        for it in &self.taken {
            page.line(0, format!("note: {}", taken(it)));
        }
        caveats(&mut page, &self.missing, &self.assumptions);
        let shown: Vec<&Row> = who.iter().filter(|row| verbose || !is_with_everybody(row)).collect();
        let with_everybody = who.len() - shown.len();
        if shown.iter().any(|row| matches!(row.change, Change::Loses | Change::Gains | Change::Same)) {
            page.blank();
        }
        for row in &shown {
            one(&mut page, 1, row);
            let is_everybody = matches!(&row.who, Who::Group { name } if name == GroupName::AUTHENTICATED);
            if is_everybody && with_everybody > 0 {
                page.line(
                    3,
                    format!("everyone who authenticates is in it: {with_everybody} more (-v lists them)"),
                );
            }
        }
        unknown(&mut page, &shown, &self.missing, verbose);
        nodes(&mut page, &shown, verbose);
        if !self.elsewhere.is_empty() {
            page.blank();
            page.line(0, "also in single namespaces (-n shows who)");
            for (namespaces, counts) in self.alike() {
                let names = some(namespaces.iter().copied(), 6, verbose);
                page.line(1, format!("{names}: {} → {}", counts.before, counts.after));
            }
        }
        page
    }

    fn alike(&self) -> Vec<(Vec<&str>, &Counts)> {
        let mut alike: Vec<(Vec<&str>, &Counts)> = Vec::new();
        for (namespace, counts) in &self.elsewhere {
            match alike.iter_mut().find(|(_, other)| *other == counts) {
                Some((names, _)) => names.push(namespace),
                None => alike.push((vec![namespace], counts)),
            }
        }
        alike
    }
}

/// `9 → 9`, and of how many it is not known.
pub fn numbers(counts: &Counts) -> Shown {
    let Counts { before, after, unknown, nodes } = counts;
    let style = match (before == after, unknown) {
        (true, 0) => GOOD,
        (true, _) => CARE,
        (false, _) => BAD,
    };
    let unknown = match unknown {
        0 => String::new(),
        n => format!(", {n} unknown"),
    };
    let nodes = match nodes {
        0 => String::new(),
        n => format!(", {}", count(*n, "node role", "node roles")),
    };
    paint(style, format!("{before} → {after}")).and(unknown).and(nodes)
}

/// Somebody who may, with by what; who changes is marked.
pub fn one(page: &mut Page, level: usize, row: &Row) {
    let sign = match row.change {
        Change::Loses => '-',
        Change::Gains => '+',
        Change::Same => ' ',
        // these are told by what is missing
        Change::Unknown | Change::Node => return,
    };
    let (before, after) = (&row.before, &row.after);
    let names = match (before.username.as_deref(), after.username.as_deref()) {
        _ if !matches!(row.who, Who::Principal { .. }) => String::new(),
        (Some(before), Some(after)) if before == after => format!(" ({})", or_empty(before)),
        (Some(before), Some(after)) => format!(" ({}, then {})", or_empty(before), or_empty(after)),
        (Some(name), None) | (None, Some(name)) => format!(" ({})", or_empty(name)),
        (None, None) => String::new(),
    };
    page.signed(level, sign, &format!("{}{names}", who(&row.who)));
    let said = match (&before.answer, &after.answer) {
        (Answer::Yes { by: before, .. }, Answer::Yes { by: after, .. }) if before == after => {
            format!("by {}", by(before))
        }
        (Answer::Yes { by: before, .. }, Answer::Yes { by: after, .. }) => {
            format!("by {}, then by {}", by(before), by(after))
        }
        (Answer::Yes { by: source, .. }, Answer::NoLogin) => {
            format!("by {}; then it does not authenticate", by(source))
        }
        (Answer::Yes { by: source, .. }, _) => format!("by {}, then no longer", by(source)),
        (_, Answer::Yes { by: source, .. }) => format!("not today, then by {}", by(source)),
        _ => return,
    };
    page.line(level + 2, said);
}

/// By the group of all who authenticate, on both sides.
fn is_with_everybody(row: &Row) -> bool {
    let by_it = |answer: &Answer| matches!(answer, Answer::Yes { by, .. } if is_by_everybody(by));
    !matches!(row.who, Who::Group { .. }) && by_it(&row.before.answer) && by_it(&row.after.answer)
}

/// Of whom it is not known, by what is missing, as far as that was not told.
fn unknown(page: &mut Page, rows: &[&Row], told: &BTreeSet<MissingInput>, verbose: bool) {
    let mut by_missing: BTreeMap<BTreeSet<&MissingInput>, Vec<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.change == Change::Unknown) {
        let mut missing = BTreeSet::new();
        for answer in [&row.before.answer, &row.after.answer] {
            if let Answer::Unknown { missing: inputs } = answer {
                missing.extend(inputs);
            }
        }
        by_missing.entry(missing).or_default().push(who(&row.who));
    }
    for (missing, names) in by_missing {
        page.blank();
        page.line(1, paint(CARE, format!("unknown of {}", names.len())));
        missing
            .iter()
            .filter(|input| !told.contains(**input))
            .for_each(|input| words::unknown(page, 2, input));
        lines::names(page, 2, &names, verbose);
    }
}

fn nodes(page: &mut Page, rows: &[&Row], verbose: bool) {
    let nodes = rows.iter().filter(|row| row.change == Change::Node).map(|row| who(&row.who));
    let nodes: Vec<String> = nodes.collect();
    if !nodes.is_empty() {
        page.blank();
        page.line(1, paint(CARE, "the Node authorizer decides, by the Pods on the node"));
        lines::names(page, 2, &nodes, verbose);
    }
}
