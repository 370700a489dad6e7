//! A plan as one comment of a pull request: the verdict, what must be decided, then the details, folded.
//!
//! The first line is a marker by which a bot finds its comment again; there are no times in it, so that the same
//! plan gives the same comment.

mod block;
mod blocks;
mod inline;
mod parity;
mod plans;
mod section;

use std::collections::BTreeSet;

pub use plans::plans;

use block::Block;
use inline::Inline;
use section::{Section, fit};

use super::names::Names;
use super::phases::{PhaseSummary, Undo, phases as phases_of};
use super::verdict::{self, Mark, verdict as verdict_of};
use super::{View, words};
use crate::planner::{ExistingFate, Plan, Severity};

/// GitHub refuses a comment of more than 65,536 characters, and a bot may want to add a few.
const LIMIT: usize = 60_000;

pub fn plan(plan: &Plan, view: &View) -> String {
    fit(std::iter::once(Section::fixed(head(plan))).chain(sections(plan, view)).collect(), LIMIT)
}

/// All behind the title, in the order of weight.
fn sections(plan: &Plan, view: &View) -> Vec<Section> {
    let names = Names::of(plan, view.full);
    vec![
        Section::fixed(alerts(plan)),
        Section::fixed(plan.parity.as_ref().map(parity::proof).unwrap_or_default()),
        notices(plan, &names, "Needs a decision", |severity| matches!(severity, Severity::Blocks(_))),
        plan.parity
            .as_ref()
            .map_or_else(|| Section::fixed(Block::default()), |proof| parity::changes(proof, &names)),
        notices(plan, &names, "Warnings", |severity| severity == Severity::Warning),
        blocks::table(plan, &names, view.verbose),
        blocks::details(plan, &names, view.verbose),
        blocks::undone(plan, &names),
        bindings(plan),
        not_migrated(plan, &names),
        unknown(plan),
        Section::fixed(phases(plan)),
        blocks::pruned(plan),
        nodes(plan, &names),
        unchanged(plan, &names, view.verbose),
        plan.parity.as_ref().map(parity::assumptions).unwrap_or_else(|| Section::fixed(Block::default())),
        Section::fixed(next(plan, view)),
    ]
}

/// The marker, of the cluster alone so that each plan of it finds the same comment; and the plan in one line.
fn head(plan: &Plan) -> Block {
    let verdict = verdict_of(plan);
    let of = plan.cluster.as_ref().map(ToString::to_string).or_else(|| plan.source.clone());
    let title = Inline::default().own(sign_of(verdict.mark)).prose(verdict.said);
    Block::marker(of.as_deref().unwrap_or("aws-auth")).and(&Block::title(&title))
}

/// How a title begins.
fn sign_of(mark: Mark) -> &'static str {
    match mark {
        Mark::Good => "✓ eksodus · ",
        Mark::Care => "⚠ eksodus · ",
        Mark::Bad => "✗ eksodus · ",
        Mark::Idle => "eksodus · ",
    }
}

/// What nobody should miss.
fn alerts(plan: &Plan) -> Block {
    let open = verdict::blockers(plan).count();
    let decide = (open > 0).then(|| {
        let said = Inline::default().count(open, "finding needs", "findings need");
        Block::alert("IMPORTANT", &[said.own(" a decision before this can be applied.")])
    });
    let irreversible: Vec<Inline> = phases_of(plan)
        .iter()
        .filter(|summary| summary.undo() == Undo::Irreversible)
        .map(|summary| Inline::default().code(summary.phase))
        .collect();
    let caution = (!irreversible.is_empty()).then(|| {
        let said = Inline::list(irreversible).own(" cannot be undone: AWS has no way back from it.");
        Block::alert("CAUTION", &[Inline::default().own("Irreversible: ").and(&said)])
    });
    match (decide, caution) {
        (Some(decide), Some(caution)) => decide.and(&Block::own("\n")).and(&caution),
        (one, other) => one.or(other).unwrap_or_default(),
    }
}

fn notices(plan: &Plan, names: &Names, title: &'static str, wanted: impl Fn(Severity) -> bool) -> Section {
    let mut section = Section::titled(title, "findings");
    for notice in plan.notices.iter().filter(|notice| wanted(notice.severity)) {
        let said = notice.words();
        let mut line = Inline::default();
        if let Some(at) = &notice.at {
            line = line.code(words::place(plan.source.as_deref(), at)).own(" ");
        }
        let subject = names.principal(words::or_empty(&notice.subject));
        line = line.code(subject).own(": ").prose(names.prose(&said.message()));
        line = line.own(" (").code(notice.rule).own(")");
        let mut item = Block::item(0, &line);
        for option in &said.help {
            item = item.and(&Block::item(1, &Inline::default().prose(option)));
        }
        section.items.push(item);
    }
    section
}

fn bindings(plan: &Plan) -> Section {
    let mut section = Section::titled("Role bindings", "bindings");
    let changes = plan.steps.iter().filter_map(|step| words::binding_change(&step.action));
    section.items.extend(
        changes
            .map(|(sign, change)| Block::item(0, &Inline::default().code(format_args!("{sign} {change}")))),
    );
    section
}

fn nodes(plan: &Plan, names: &Names) -> Section {
    let is_fine = plan.nodes.iter().all(|node| node.covered);
    let made = if is_fine { Section::folded } else { Section::titled };
    let mut section = made("Nodes", "roles");
    for node in &plan.nodes {
        let line = Inline::default().code(names.principal(node.role.as_str())).own(": ");
        let uncovered = |line: Inline| line.own("**not covered**: needs ").code(&node.needs).own(", gets ");
        let line = match (&node.gets, node.covered) {
            (Some(gets), true) => line.own("covered by an entry of type ").code(gets),
            (Some(gets), false) => uncovered(line).code(gets),
            (None, _) => uncovered(line).own("no entry"),
        };
        let users = Inline::list(node.used_by.iter().map(|user| Inline::default().prose(user)));
        section.items.push(Block::item(0, &line.own("; ").and(&users)));
    }
    section
}

fn not_migrated(plan: &Plan, names: &Names) -> Section {
    let source = plan.source.as_deref();
    let mut section = Section::titled("Not migrated", "mappings");
    for line in &plan.lines {
        if let Some((what, why)) = words::not_migrated_beside(plan, line) {
            let place = Inline::default().code(words::place(source, &line.at)).own(" ");
            let principal = names.principal(words::or_empty(&line.arn));
            let item = place.code(principal).own(": ").own(what).own(": ").prose(names.prose(&why));
            section.items.push(Block::item(0, &item));
        }
    }
    section
}

fn unchanged(plan: &Plan, names: &Names, verbose: bool) -> Section {
    let mut section = Section::folded("Existing entries, unchanged", "groups of entries");
    let fates: BTreeSet<ExistingFate> = plan.existing.iter().map(|existing| existing.fate).collect();
    let changes = [ExistingFate::Update, ExistingFate::Replace];
    for fate in fates.into_iter().filter(|fate| !changes.contains(fate)) {
        let principals: Vec<_> = plan.existing.iter().filter(|existing| existing.fate == fate).collect();
        let count = Inline::default().count(principals.len(), "existing entry", "existing entries");
        let mut item = Block::item(0, &count.own(" ").own(words::fate(fate)));
        if verbose {
            for existing in principals {
                item =
                    item.and(&Block::item(1, &Inline::default().code(names.principal(&existing.principal))));
            }
        }
        section.items.push(item);
    }
    section
}

fn unknown(plan: &Plan) -> Section {
    let mut section = Section::titled("Not checked, for data is missing", "sources");
    for (source, promise) in &plan.unknown {
        let line = Inline::default().code(words::file_of(*source)).own(": ").prose(promise);
        section.items.push(Block::item(0, &line));
    }
    section
}

fn phases(plan: &Plan) -> Block {
    let phases = phases_of(plan);
    if phases.is_empty() {
        return Block::default();
    }
    let row = |summary: &PhaseSummary<'_>| {
        let undo = Inline::default().own(match summary.undo() {
            Undo::Irreversible => "**irreversible**",
            other => other.as_str(),
        });
        Block::row([Inline::default().code(summary.phase), Inline::default().prose(summary.what()), undo])
    };
    let table = Block::heading("Phases").and(&Block::own("| phase | does | undo |\n|---|---|---|\n"));
    phases.iter().fold(table, |table, summary| table.and(&row(summary)))
}

/// The command, and by which build of the program, and from which plan, the comment was made.
fn next(plan: &Plan, view: &View) -> Block {
    let made = Inline::default()
        .own("eksodus ")
        .own(env!("CARGO_PKG_VERSION"))
        .own(", plan ")
        .code(format_args!("blake3:{}", plan.digest));
    let made = Block::line(&made);
    let Some(next) = &view.next else { return made };
    Block::heading("Next")
        .and(&Block::command(&next.what))
        .and(&Block::own("\n"))
        .and(&Block::line(&Inline::default().prose(&next.note)))
        .and(&Block::own("\n"))
        .and(&made)
}
