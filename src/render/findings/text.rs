use annotate_snippets::{AnnotationKind, Element, Group, Level as Shown, Renderer, Snippet};

use super::excerpt::Excerpt;
use super::place::floor;
use crate::findings::{Severity, Words};
use crate::lint::Located;
use crate::reader::Source;
use crate::render::escape::terminal;
use crate::render::page::Page;
use crate::render::words::count;
use crate::render::{Mark, Verdict};

/// How the text stands: the first line of what is printed, and the last.
pub fn verdict(source: &Source, mappings: usize, findings: &[Located]) -> Verdict {
    let is_care = findings.iter().any(|it| it.finding.severity != Severity::Info);
    let mark = if is_care { Mark::Care } else { Mark::Good };
    let found = if findings.is_empty() { "nothing found".to_owned() } else { summary(findings) };
    let mappings = count(mappings, "mapping", "mappings");
    Verdict::new(mark, format!("{}: {mappings}: {found}", source.name))
}

/// Each finding under the lines it is about. Empty when there are none.
///
/// `width` is the terminal's, in columns.
pub fn text(source: &Source, findings: &[Located], width: usize) -> Page {
    let mut page = Page::default();
    if findings.is_empty() {
        return page;
    }
    let renderer = Renderer::styled().term_width(width);
    let excerpt = Excerpt::of(&source.text);
    for located in findings {
        let words = located.finding.words();
        page.drawn(&renderer.render(&groups(source, &excerpt, located, &words)));
        page.blank();
    }
    page
}

/// Everything in them is escaped: the renderer draws what it gets.
fn groups<'a>(
    source: &'a Source,
    excerpt: &'a Excerpt<'a>,
    Located { span, finding }: &'a Located,
    words: &'a Words,
) -> Vec<Group<'a>> {
    let level = match finding.severity {
        Severity::Blocks(_) => Shown::ERROR.with_name(finding.severity.as_str()),
        Severity::Warning => Shown::WARNING,
        Severity::Info => Shown::INFO,
    };
    let snippet = Snippet::source(excerpt.text()).path(terminal(&source.name)).annotation(
        AnnotationKind::Primary
            .span(within(source, excerpt, span.start, span.end))
            .label(terminal(&words.label)),
    );
    let notes = words.notes().into_iter().map(|note| Element::from(Shown::NOTE.message(terminal(note))));
    let help = words.help.iter().map(|help| Element::from(Shown::HELP.message(terminal(help))));
    vec![
        level
            .primary_title(terminal(&words.title))
            .id(finding.rule.as_str())
            .element(snippet)
            .elements(notes)
            .elements(help),
    ]
}

/// Inside the text and on character boundaries, whatever the span says.
fn within(source: &Source, excerpt: &Excerpt<'_>, start: usize, end: usize) -> std::ops::Range<usize> {
    let start = floor(&source.text, start);
    let end = floor(&source.text, end).max(start);
    excerpt.at(start)..excerpt.at(end)
}

fn summary(findings: &[Located]) -> String {
    let of = |is: fn(Severity) -> bool| findings.iter().filter(|it| is(it.finding.severity)).count();
    let parts: Vec<String> = [
        (of(Severity::is_blocking), "needs a decision", "need a decision"),
        (of(|it| it == Severity::Warning), "warning", "warnings"),
        (of(|it| it == Severity::Info), "info", "info"),
    ]
    .into_iter()
    .filter(|(n, _, _)| *n > 0)
    .map(|(n, one, many)| count(n, one, many))
    .collect();
    parts.join(", ")
}
