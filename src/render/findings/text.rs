use annotate_snippets::{AnnotationKind, Element, Group, Level as Shown, Renderer, Snippet};

use super::excerpt::Excerpt;
use super::place::floor;
use crate::lint::{Finding, Level};
use crate::reader::Source;
use crate::render::escape::terminal;
use crate::render::page::Page;
use crate::render::words::count;

/// Each finding under the lines it is about, then how many there are. Empty when there are none.
///
/// `width` is the terminal's, in columns.
pub fn text(source: &Source, findings: &[Finding], width: usize) -> Page {
    let mut page = Page::default();
    if findings.is_empty() {
        return page;
    }
    let renderer = Renderer::styled().term_width(width);
    let excerpt = Excerpt::of(&source.text);
    for finding in findings {
        page.drawn(&renderer.render(&groups(source, &excerpt, finding)));
        page.line(0, "");
        page.line(0, "");
    }
    page.line(0, summary(findings));
    page
}

/// Everything in them is escaped: the renderer draws what it gets.
fn groups<'a>(source: &'a Source, excerpt: &'a Excerpt<'a>, finding: &'a Finding) -> Vec<Group<'a>> {
    let Finding { rule, severity, title, span, label, notes, help } = finding;
    let level = match severity {
        Level::Blocks => Shown::ERROR.with_name("blocks"),
        Level::Warning => Shown::WARNING,
        Level::Info => Shown::INFO,
    };
    let snippet = Snippet::source(excerpt.text()).path(terminal(&source.name)).annotation(
        AnnotationKind::Primary.span(within(source, excerpt, span.start, span.end)).label(terminal(label)),
    );
    let notes = notes.iter().map(|note| Element::from(Shown::NOTE.message(terminal(note))));
    let help = help.iter().map(|help| Element::from(Shown::HELP.message(terminal(help))));
    vec![level.primary_title(terminal(title)).id(*rule).element(snippet).elements(notes).elements(help)]
}

/// Inside the text and on character boundaries, whatever the span says.
fn within(source: &Source, excerpt: &Excerpt<'_>, start: usize, end: usize) -> std::ops::Range<usize> {
    let start = floor(&source.text, start);
    let end = floor(&source.text, end).max(start);
    excerpt.at(start)..excerpt.at(end)
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
