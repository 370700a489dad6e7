//! Which bytes go when list items go.

use std::collections::BTreeSet;

use crate::reader::Span;
use crate::reader::layout::Layout;

/// The bytes of the given items, in order, with the commas and line ends that go with them.
pub(in crate::reader) fn cut_spans(text: &str, layout: &Layout, items: &BTreeSet<usize>) -> Vec<Span> {
    let list = layout.items.as_slice();
    let mut spans = if layout.is_block {
        items.iter().map(|item| whole_lines(text, list[*item], list[*item].end)).collect()
    } else {
        flow_spans(text, list, items)
    };
    spans.sort_unstable();
    spans
}

/// In `[a, b, c]` an item takes the comma behind it along. The last one has none: there the comma goes that stands
/// behind the last item that stays.
fn flow_spans(text: &str, list: &[Span], items: &BTreeSet<usize>) -> Vec<Span> {
    let mut spans = Vec::new();
    for &item in items {
        let comma = comma_behind(text, list[item].end);
        spans.push(whole_lines(text, list[item], comma.map_or(list[item].end, |comma| comma + 1)));
    }
    let last = list.len() - 1;
    if items.contains(&last)
        && comma_behind(text, list[last].end).is_none()
        && let Some(kept) = (0..last).rev().find(|item| !items.contains(item))
        && let Some(comma) = comma_behind(text, list[kept].end)
    {
        // the blanks between the comma and the next item, which goes too, are of no use to anyone
        let next = list[kept + 1].start;
        let blank = text[comma + 1..next].bytes().all(|byte| matches!(byte, b' ' | b'\t'));
        spans.push(Span { start: comma, end: if blank { next } else { comma + 1 } });
    }
    spans
}

/// An item up to `end`, with its whole lines if nothing else stands on them but a comment behind it. Otherwise with
/// the blanks behind it, in favour of what follows on its line.
fn whole_lines(text: &str, item: Span, end: usize) -> Span {
    let before = &text[..item.start];
    let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
    let start = item.start - indent;
    let starts_line =
        text[..start].is_empty() || text[..start].ends_with(is_break) || text[..start] == *"\u{feff}";
    // a block scalar ends with its lines
    if starts_line && text[..end].ends_with(is_break) {
        return Span { start, end };
    }
    let behind = &text[end..];
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    let tail = &behind[blanks..];
    let line = tail.find(is_break).unwrap_or(tail.len());
    if starts_line && (tail[..line].is_empty() || tail.starts_with('#')) {
        return Span { start, end: end + blanks + line + break_length(&tail[line..]) };
    }
    let ends_line = tail[..line].is_empty();
    Span { start: item.start, end: if ends_line { end } else { end + blanks } }
}

/// The comma behind an item of a flow list, comments aside.
fn comma_behind(text: &str, end: usize) -> Option<usize> {
    let mut at = end;
    loop {
        let behind = &text[at..];
        at += behind.len() - behind.trim_start_matches(|c| is_break(c) || matches!(c, ' ' | '\t')).len();
        match text[at..].chars().next()? {
            ',' => return Some(at),
            '#' => at += text[at..].find(is_break)?,
            _ => return None,
        }
    }
}

/// What YAML 1.1 takes for a line end.
fn is_break(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn break_length(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { text.chars().next().map_or(0, char::len_utf8) }
}
