use libyaml_safer::{EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle};

use crate::reader::Span;

/// One event of the YAML stream, with the bytes it came from.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::reader) struct Event {
    pub kind: Kind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::reader) enum Kind {
    StreamStart,
    StreamEnd,
    DocumentStart { version: Option<(i32, i32)>, implicit: bool },
    DocumentEnd { implicit: bool },
    Alias { anchor: String },
    Scalar { anchor: Option<String>, tag: Option<String>, value: String, style: Style, plain_implicit: bool },
    SequenceStart { anchor: Option<String>, tag: Option<String>, flow: bool },
    SequenceEnd,
    MappingStart { anchor: Option<String>, tag: Option<String>, flow: bool },
    MappingEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reader) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// The text is no YAML from `at` on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::reader) struct SyntaxError {
    pub what: String,
    /// Byte offset.
    pub at: usize,
}

/// The events of a text, one at a time: what follows the last one asked for is never scanned.
pub(in crate::reader) struct Events<'t> {
    parser: Parser<&'t [u8]>,
    /// Bytes before the first one the parser sees: a byte order mark.
    skipped: usize,
    ended: bool,
}

impl<'t> Events<'t> {
    pub(in crate::reader) fn new(text: &'t str) -> Self {
        let mut parser = Parser::new();
        parser.set_encoding(libyaml_safer::Encoding::Utf8);
        // the parser takes a byte order mark for a character once the encoding is set
        let input = text.strip_prefix('\u{feff}').unwrap_or(text);
        parser.set_input(input.as_bytes());
        Self { parser, skipped: text.len() - input.len(), ended: false }
    }

    /// A mark's index counts bytes.
    fn byte(&self, mark: Mark) -> usize {
        self.skipped + usize::try_from(mark.index).unwrap_or(usize::MAX)
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Event, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        // not the parser's own iterator: it repeats an error for ever, and ends before its last events
        match self.parser.parse() {
            Err(error) => {
                self.ended = true;
                let at = error.problem_mark().or(error.context_mark()).map_or(0, |mark| self.byte(mark));
                let what = match error.context() {
                    Some(context) => format!("{} {}", error.problem(), context),
                    None => error.problem().to_owned(),
                };
                Some(Err(SyntaxError { what, at }))
            }
            Ok(event) => {
                self.ended = event.data == EventData::StreamEnd;
                let start = self.byte(event.start_mark);
                let end = self.byte(event.end_mark);
                Some(Ok(Event { kind: kind(event.data), span: Span { start, end } }))
            }
        }
    }
}

fn kind(data: EventData) -> Kind {
    match data {
        EventData::StreamStart { encoding: _ } => Kind::StreamStart,
        EventData::StreamEnd => Kind::StreamEnd,
        EventData::DocumentStart { version_directive, tag_directives: _, implicit } => {
            Kind::DocumentStart { version: version_directive.map(|v| (v.major, v.minor)), implicit }
        }
        EventData::DocumentEnd { implicit } => Kind::DocumentEnd { implicit },
        EventData::Alias { anchor } => Kind::Alias { anchor },
        EventData::Scalar { anchor, tag, value, plain_implicit, quoted_implicit: _, style } => {
            Kind::Scalar { anchor, tag, value, style: scalar_style(style), plain_implicit }
        }
        EventData::SequenceStart { anchor, tag, implicit: _, style } => {
            Kind::SequenceStart { anchor, tag, flow: style == SequenceStyle::Flow }
        }
        EventData::SequenceEnd => Kind::SequenceEnd,
        EventData::MappingStart { anchor, tag, implicit: _, style } => {
            Kind::MappingStart { anchor, tag, flow: style == MappingStyle::Flow }
        }
        EventData::MappingEnd => Kind::MappingEnd,
    }
}

fn scalar_style(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal => Style::Literal,
        ScalarStyle::Folded => Style::Folded,
        _ => Style::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_bytes_also_behind_wide_characters_and_line_ends() {
        let text = "\u{feff}- é: \"x\"\r\n- 한: [a, b]\r\n";
        let scalars: Vec<(String, &str)> = Events::new(text)
            .map(|event| event.unwrap())
            .filter_map(|event| match event.kind {
                Kind::Scalar { value, .. } => Some((value, &text[event.span.start..event.span.end])),
                _ => None,
            })
            .collect();
        let expected = [("é", "é"), ("x", "\"x\""), ("한", "한"), ("a", "a"), ("b", "b")];
        assert_eq!(scalars, expected.map(|(value, text)| (value.to_owned(), text)));
    }

    #[test]
    fn an_error_has_its_place_and_ends_the_stream() {
        let text = "- a\n- @b\n";
        let last = Events::new(text).last().unwrap().unwrap_err();
        assert_eq!(&text[last.at..=last.at], "@");
    }
}
