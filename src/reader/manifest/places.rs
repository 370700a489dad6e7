use super::runs::{Run, is_break};
use super::style::Style;
use super::{block, flow};
use crate::reader::Span;

/// Where the characters of one data value stand in the manifest's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuePlaces {
    whole: Span,
    /// In order, without gaps in the value. Empty when only the whole is known.
    runs: Vec<Run>,
}

impl ValuePlaces {
    /// The places of a scalar that the parser found at `span` and read as `value`.
    pub(super) fn of_scalar(text: &str, span: Span, value: &str) -> Self {
        let span = behind_properties(text, span);
        let runs = runs(text, span, value);
        Self { whole: span, runs: runs.unwrap_or_default() }
    }

    /// The whole value in the source, quotes and block indicators included.
    pub fn span(&self) -> Span {
        self.whole
    }

    /// A range of bytes of the value, as a range of bytes of the source; indentation between its lines is included.
    ///
    /// An empty range is an empty one in the source, before the byte that it precedes.
    pub fn to_source(&self, span: Span) -> Span {
        let start = match (self.run_at(span.start), self.runs.last()) {
            (Some(run), _) => run.start_of(span.start),
            (None, Some(last)) => last.source + last.source_len,
            (None, None) => return self.whole,
        };
        let end = match span.end.checked_sub(1) {
            Some(last) if span.end > span.start => {
                self.run_at(last).map_or(start, |run| run.end_of(span.end))
            }
            _ => start,
        };
        Span { start, end: end.max(start) }
    }

    fn run_at(&self, at: usize) -> Option<&Run> {
        let next = self.runs.partition_point(|run| run.value <= at);
        self.runs.get(next.checked_sub(1)?).filter(|run| at < run.value + run.value_len)
    }
}

fn runs(text: &str, span: Span, value: &str) -> Option<Vec<Run>> {
    match Style::of(text.get(span.start..span.end)?) {
        Style::Literal => block::runs(text, span, false, value),
        Style::Folded => block::runs(text, span, true, value),
        style => flow::runs(text, span, style, value),
    }
}

/// The parser counts tag and anchor into the scalar; no scalar begins with the sign of either.
fn behind_properties(text: &str, span: Span) -> Span {
    let mut start = span.start;
    loop {
        let rest = text.get(start..span.end).unwrap_or_default();
        start += match rest.chars().next() {
            Some('!' | '&') => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            Some(c) if start > span.start && (matches!(c, ' ' | '\t') || is_break(c)) => c.len_utf8(),
            Some('#') if start > span.start => rest.find(is_break).unwrap_or(rest.len()),
            _ => return Span { start, end: span.end },
        };
    }
}

#[cfg(test)]
impl ValuePlaces {
    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }
}
