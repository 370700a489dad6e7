//! A plan as one comment of a pull request: the verdict, what must be decided, then the details, folded.
//!
//! The first line is a marker by which a bot finds its comment again; there are no times in it, so that the same
//! plan gives the same comment.

mod block;
mod blocks;
mod inline;
mod parity;
mod section;

use block::Block;
use inline::Inline;
use section::{Section, fit};

use super::verdict::{self, PhaseSummary, verdict as verdict_of};
use super::{View, words};
use crate::planner::{ExistingFate, Plan, Severity};

/// GitHub refuses a comment of more than 65,536 characters, and a bot may want to add a few.
const LIMIT: usize = 60_000;

pub fn plan(plan: &Plan, view: &View) -> String {
    fit(
        vec![
            Section::fixed(head(plan)),
            Section::fixed(plan.parity.as_ref().map(parity::proof).unwrap_or_default()),
            plan.parity.as_ref().map_or_else(|| Section::fixed(Block::default()), parity::changes),
            notices(plan, "Blocked", |severity| matches!(severity, Severity::Blocks(_))),
            notices(plan, "Warnings", |severity| severity == Severity::Warning),
            blocks::table(plan),
            blocks::details(plan),
            blocks::undone(plan),
            bindings(plan),
            blocks::pruned(plan),
            nodes(plan),
            not_migrated(plan),
            untouched(plan, view.verbose),
            unknown(plan),
            Section::fixed(phases(plan)),
            Section::fixed(next(plan, view)),
        ],
        LIMIT,
    )
}

/// `<!-- eksodus:prod-eu:ab12cd34ef56 -->`, and the plan in one line.
fn head(plan: &Plan) -> Block {
    let mut line = Inline::strong(&Inline::default().prose(verdict_of(plan)));
    if let Some(mode) = plan.mode {
        line = line.own(" Authentication mode today: ").code(mode).own(".");
    }
    Block::marker(verdict::name(plan), verdict::short_digest(plan))
        .and(&Block::own("### eksodus\n\n"))
        .and(&Block::line(&line))
}

fn notices(plan: &Plan, title: &'static str, wanted: impl Fn(Severity) -> bool) -> Section {
    let mut section = Section::titled(title, "findings");
    for notice in plan.notices.iter().filter(|notice| wanted(notice.severity)) {
        let said = notice.words();
        let mut line = Inline::default();
        if let Some(at) = &notice.at {
            line = line.code(words::place(plan.source.as_deref(), at)).own(" ");
        }
        line = line.code(&notice.subject).own(": ").prose(said.message());
        line = line.own(" (").code(notice.rule).own(", ").prose(notice.severity.to_string()).own(")");
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
    section.items.extend(changes.map(|change| Block::item(0, &Inline::default().code(change))));
    section
}

fn nodes(plan: &Plan) -> Section {
    let mut section = Section::titled("Nodes", "roles");
    for node in &plan.nodes {
        let line = Inline::default().code(&node.role).own(": ");
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

fn not_migrated(plan: &Plan) -> Section {
    let source = plan.source.as_deref();
    let mut section = Section::titled("No equivalent", "lines");
    for line in &plan.lines {
        if let Some((what, why)) = words::not_migrated(line, source) {
            let place = Inline::default().code(words::place(source, &line.at)).own(" ");
            let item = place.code(words::or_empty(&line.arn)).own(": ").own(what).own(": ").prose(why);
            section.items.push(Block::item(0, &item));
        }
    }
    section
}

fn untouched(plan: &Plan, verbose: bool) -> Section {
    let mut section = Section::titled("Will not be touched", "groups of entries");
    for fate in [ExistingFate::Equal, ExistingFate::Foreign, ExistingFate::EksOwned, ExistingFate::Blocked] {
        let principals: Vec<_> = plan.existing.iter().filter(|existing| existing.fate == fate).collect();
        if principals.is_empty() {
            continue;
        }
        let count = Inline::default().count(principals.len(), "existing entry", "existing entries");
        let mut item = Block::item(0, &count.own(" ").own(words::fate(fate)));
        if verbose {
            for existing in principals {
                item = item.and(&Block::item(1, &Inline::default().code(&existing.principal)));
            }
        }
        section.items.push(item);
    }
    section
}

fn unknown(plan: &Plan) -> Section {
    let mut section = Section::titled("Not known, so not promised", "sources");
    for (source, promise) in &plan.unknown {
        let line = Inline::default().code(words::file_of(*source)).own(": ").prose(promise);
        section.items.push(Block::item(0, &line));
    }
    section
}

fn phases(plan: &Plan) -> Block {
    let phases = verdict::phases(plan);
    if phases.is_empty() {
        return Block::own("Nothing to do.\n");
    }
    let row = |summary: &PhaseSummary<'_>| {
        let undo = Inline::default().own(match summary.undo() {
            "none" => "**none**",
            other => other,
        });
        Block::row([Inline::default().code(summary.phase), Inline::default().prose(summary.what()), undo])
    };
    let table = Block::heading("Phases").and(&Block::own("| phase | does | undo |\n|---|---|---|\n"));
    phases.iter().fold(table, |table, summary| table.and(&row(summary)))
}

fn next(plan: &Plan, view: &View) -> Block {
    let Some(next) = &view.next else { return Block::default() };
    let line = Inline::default().code(&next.what).own(": ").prose(&next.note);
    let digest = Inline::default().own("Plan ").code(format_args!("blake3:{}", plan.digest));
    Block::heading("Next").and(&Block::line(&line)).and(&Block::own("\n")).and(&Block::line(&digest))
}
