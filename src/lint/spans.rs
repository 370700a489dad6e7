//! The bytes a finding points at: the value where there is one, else what stands for the mapping.

use crate::reader::{Account, Mapping, Span};

pub(crate) fn arn(mapping: &Mapping) -> Span {
    mapping.arn_span.unwrap_or(mapping.span)
}

pub(crate) fn username(source: &str, mapping: &Mapping) -> Span {
    value(source, mapping, mapping.username_span, "username")
}

pub(crate) fn groups(source: &str, mapping: &Mapping) -> Span {
    value(source, mapping, mapping.groups_span, "groups")
}

/// A key without a value stands for it, and the ARN for a key that is not there.
fn value(source: &str, mapping: &Mapping, span: Option<Span>, key: &str) -> Span {
    match span {
        None => arn(mapping),
        Some(span) if span.start == span.end => field(source, mapping, key),
        Some(span) => span,
    }
}

/// The element without its dash.
pub(crate) fn account(source: &str, account: &Account) -> Span {
    let Span { start, end } = account.span;
    let item = source.get(start..end).unwrap_or_default();
    let value = item.trim_start_matches(|c: char| c == '-' || c.is_whitespace());
    if value.is_empty() { account.span } else { Span { start: end - value.len(), end } }
}

/// Each group of the list; the whole list from the first one on that an escape or an alias hides.
pub(crate) fn each_group(source: &str, mapping: &Mapping) -> Vec<Span> {
    let list = groups(source, mapping);
    let mut rest = Some(list);
    let mut next = |group: &String| {
        let span = words(source, rest?, group).next();
        rest = span.map(|span| Span { start: span.end, end: list.end });
        span
    };
    // an empty one has no text to look for
    let spans =
        mapping.groups.iter().flatten().map(|group| if group.is_empty() { None } else { next(group) });
    spans.map(|span| span.unwrap_or(list)).collect()
}

/// A data key in the manifest's text, or the beginning of the text.
pub(crate) fn key(source: &str, key: &str) -> Span {
    words(source, Span { start: 0, end: source.len() }, key)
        .find(|span| {
            let line = source[..span.start].rsplit('\n').next().unwrap_or_default();
            let behind = source[span.end..].trim_start_matches(['"', '\'']).trim_start();
            !line.contains('#') && behind.starts_with(':')
        })
        .unwrap_or_default()
}

/// The key of a mapping's field, in whatever case it is spelled; the mapping where an alias hides it.
pub(crate) fn field(source: &str, mapping: &Mapping, field: &str) -> Span {
    let line = source.get(mapping.span.start..mapping.span.end).unwrap_or_default();
    words(&line.to_ascii_lowercase(), Span { start: 0, end: line.len() }, field).next().map_or(
        mapping.span,
        |span| Span { start: mapping.span.start + span.start, end: mapping.span.start + span.end },
    )
}

/// Where a text stands as a word of its own.
fn words<'t>(source: &'t str, within: Span, word: &'t str) -> impl Iterator<Item = Span> + 't {
    let joins = |c: char| c.is_alphanumeric() || ":_./-{}".contains(c);
    let text = source.get(within.start..within.end).unwrap_or_default();
    let matches = if word.is_empty() { None } else { Some(text.match_indices(word)) };
    matches.into_iter().flatten().filter_map(move |(at, word)| {
        let before = text[..at].chars().next_back();
        let behind = &text[at + word.len()..];
        // a colon that ends a key joins nothing
        let after =
            behind.chars().next().filter(|c| *c != ':' || behind[1..].starts_with(char::is_alphanumeric));
        let alone = !before.is_some_and(joins) && !after.is_some_and(joins);
        alone.then(|| Span { start: within.start + at, end: within.start + at + word.len() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_not_found_within_another() {
        let text = "groups: [dev-ops, dev, my:dev]";
        let whole = Span { start: 0, end: text.len() };
        assert_eq!(words(text, whole, "dev").collect::<Vec<_>>(), [Span { start: 18, end: 21 }]);
        assert_eq!(words(text, whole, "").count(), 0);
    }

    #[test]
    fn a_key_ends_with_a_colon() {
        let text = "# maproles: no\nnote: maproles\nmaproles: |\n";
        assert_eq!(key(text, "maproles"), Span { start: 30, end: 38 });
        assert_eq!(key("{\"maproles\": \"\"}", "maproles"), Span { start: 2, end: 10 });
    }
}
