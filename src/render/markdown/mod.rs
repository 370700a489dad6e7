//! A plan as one comment of a pull request: the verdict, what must be decided, then the details, folded.
//!
//! The first line is a marker by which a bot finds its comment again; there are no times in it, so that the same
//! plan gives the same comment.

mod blocks;
mod section;

use section::{Section, fit};

use super::escape::{code, markdown};
use super::verdict::{self, PhaseSummary, verdict as verdict_of};
use super::{View, words};
use crate::planner::{ExistingFate, Plan, Severity};

/// GitHub refuses a comment of more than 65,536 characters, and a bot may want to add a few.
const LIMIT: usize = 60_000;

pub fn plan(plan: &Plan, view: &View) -> String {
    fit(
        vec![
            Section::fixed(format!("{}\n{}\n", marker(plan), headline(plan))),
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

/// `<!-- eksodus:prod-eu:ab12cd34ef56 -->`; a file's name may hold what would end the comment.
fn marker(plan: &Plan) -> String {
    let name: String = verdict::name(plan)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/') { c } else { '_' })
        .collect();
    format!("<!-- eksodus:{name}:{} -->", verdict::short_digest(plan))
}

fn headline(plan: &Plan) -> String {
    let mode = plan.mode.map(|mode| format!(" Authentication mode today: `{mode}`.")).unwrap_or_default();
    format!("### eksodus\n\n**{}**{mode}", markdown(&verdict_of(plan)))
}

fn notices(plan: &Plan, title: &str, wanted: impl Fn(Severity) -> bool) -> Section {
    let mut section = Section::titled(title, "findings");
    for notice in plan.notices.iter().filter(|notice| wanted(notice.severity)) {
        let place = notice.at.as_ref().map(|at| words::place(plan.source.as_deref(), at));
        let place = place.map(|place| format!("{} ", code(&place))).unwrap_or_default();
        let mut item = format!(
            "- {place}{}: {} (`{}`, {})\n",
            code(&notice.subject),
            markdown(&notice.message),
            markdown(&notice.rule),
            words::severity(notice.severity),
        );
        for option in &notice.help {
            item.push_str(&format!("  - {}\n", markdown(option)));
        }
        section.items.push(item);
    }
    section
}

fn bindings(plan: &Plan) -> Section {
    let mut section = Section::titled("Role bindings", "bindings");
    let changes = plan.steps.iter().filter_map(|step| words::binding_change(&step.action));
    section.items.extend(changes.map(|change| format!("- {}\n", code(&change))));
    section
}

fn nodes(plan: &Plan) -> Section {
    let mut section = Section::titled("Nodes", "roles");
    for node in &plan.nodes {
        let state = match (&node.gets, node.covered) {
            (Some(gets), true) => format!("covered by an entry of type {}", code(gets.as_str())),
            (Some(gets), false) => {
                format!("**not covered**: needs {}, gets {}", code(node.needs.as_str()), code(gets.as_str()))
            }
            (None, _) => format!("**not covered**: needs {}, gets no entry", code(node.needs.as_str())),
        };
        let users = markdown(&words::list(&node.used_by));
        section.items.push(format!("- {}: {state}; {users}\n", code(&node.role.to_string())));
    }
    section
}

fn not_migrated(plan: &Plan) -> Section {
    let source = plan.source.as_deref();
    let mut section = Section::titled("No equivalent", "lines");
    for line in &plan.lines {
        if let Some((what, why)) = words::not_migrated(line, source) {
            let place = code(&words::place(source, &line.at));
            let arn = code(words::or_empty(&line.arn));
            section.items.push(format!("- {place} {arn}: {what}: {}\n", markdown(&why)));
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
        let count = words::count(principals.len(), "existing entry", "existing entries");
        let mut item = format!("- {count} {}\n", words::fate(fate));
        if verbose {
            item.extend(principals.iter().map(|existing| format!("  - {}\n", code(&existing.principal))));
        }
        section.items.push(item);
    }
    section
}

fn unknown(plan: &Plan) -> Section {
    let mut section = Section::titled("Not known, so not promised", "sources");
    let each = plan.unknown.iter();
    section.items.extend(
        each.map(|(source, promise)| format!("- `{}`: {}\n", words::file_of(*source), markdown(promise))),
    );
    section
}

fn phases(plan: &Plan) -> String {
    let phases = verdict::phases(plan);
    if phases.is_empty() {
        return "Nothing to do.\n".to_owned();
    }
    let row = |summary: &PhaseSummary<'_>| {
        let undo = match summary.undo() {
            "none" => "**none**",
            other => other,
        };
        format!("| `{}` | {} | {undo} |\n", summary.phase, summary.what())
    };
    let rows: String = phases.iter().map(row).collect();
    format!("#### Phases\n\n| phase | does | undo |\n|---|---|---|\n{rows}")
}

fn next(plan: &Plan, view: &View) -> String {
    let Some(next) = &view.next else { return String::new() };
    let (what, note) = (code(&next.what), markdown(&next.note));
    format!("#### Next\n\n{what}: {note}\n\nPlan `blake3:{}`\n", markdown(&plan.digest))
}
