use annotate_snippets::{AnnotationKind, Element, Group, Level as Shown, Renderer, Snippet};

use super::place::floor;
use crate::planner::lint::{Finding, Level};
use crate::reader::Source;
use crate::render::escape::terminal;
use crate::render::words::count;

/// Each finding under the lines it is about, then how many there are. Empty when there are none.
///
/// `width` is the terminal's, in columns.
pub fn text(source: &Source, findings: &[Finding], width: usize) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let renderer = Renderer::styled().term_width(width);
    let mut shown = String::new();
    for finding in findings {
        shown.push_str(&renderer.render(&groups(source, finding)));
        shown.push_str("\n\n");
    }
    shown.push_str(&summary(findings));
    shown.push('\n');
    shown
}

fn groups<'a>(source: &'a Source, finding: &'a Finding) -> Vec<Group<'a>> {
    let Finding { rule, severity, title, span, label, notes, help } = finding;
    let level = match severity {
        Level::Blocks => Shown::ERROR.with_name("blocks"),
        Level::Warning => Shown::WARNING,
        Level::Info => Shown::INFO,
    };
    let snippet = Snippet::source(&source.text).path(terminal(&source.name)).annotation(
        AnnotationKind::Primary.span(within(source, span.start, span.end)).label(terminal(label)),
    );
    let notes = notes.iter().map(|note| Element::from(Shown::NOTE.message(terminal(note))));
    let help = help.iter().map(|help| Element::from(Shown::HELP.message(terminal(help))));
    vec![level.primary_title(terminal(title)).id(*rule).element(snippet).elements(notes).elements(help)]
}

/// Inside the text and on character boundaries, whatever the span says.
fn within(source: &Source, start: usize, end: usize) -> std::ops::Range<usize> {
    let start = floor(&source.text, start);
    start..floor(&source.text, end).max(start)
}

fn summary(findings: &[Finding]) -> String {
    let of = |level| findings.iter().filter(|finding| finding.severity == level).count();
    let parts: Vec<String> = [
        (of(Level::Blocks), "finding blocks", "findings block"),
        (of(Level::Warning), "warning", "warnings"),
        (of(Level::Info), "for information", "for information"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, one, many)| count(n, one, many))
    .collect();
    parts.join(", ")
}
