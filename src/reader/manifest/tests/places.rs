use proptest::prelude::*;

use crate::reader::manifest::tests::*;
use crate::reader::yaml::{Event, Events, Kind};

/// Every line of the value with the text that it maps to.
fn lines(manifest: &str) -> Vec<(String, String)> {
    let manifest = parse(manifest);
    let (value, places) = manifest.section(SectionName::MapRoles).unwrap();
    let mut at = 0;
    let pieces = value.split('\n').map(|line| {
        let span = places.to_source(Span { start: at, end: at + line.len() });
        at += line.len() + 1;
        (line.to_owned(), manifest.source.text[span.start..span.end].to_owned())
    });
    pieces.collect()
}

fn same(texts: &[&str]) -> Vec<(String, String)> {
    texts.iter().map(|text| ((*text).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn blocks() {
    for header in ["|", "|-", "|+", "|2", "|-2 # why", "!!str |", "&a\n    |"] {
        let text = format!("data:\n  mapRoles: {header}\n    - a: é\n\n      b: c\n");
        let mut expected = same(&["- a: é", "", "  b: c"]);
        if !header.contains('-') {
            expected.extend(same(&[""]));
        }
        assert_eq!(lines(&text), expected, "{header}");
        assert_eq!(lines(&text.replace('\n', "\r\n")), expected, "{header}, CRLF");
    }
    assert_eq!(lines("data:\n  mapRoles: |2\n      x\n    y"), same(&["  x", "y"]));
}

#[test]
fn folded_lines_map_to_all_the_lines_they_come_from() {
    let text = "data:\n  mapRoles: >-\n    a\n    b\n\n    c\n      d\n    e\n";
    let expected = [("a b", "a\n    b"), ("c", "c"), ("  d", "  d"), ("e", "e")];
    assert_eq!(lines(text), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn quotes_escapes_and_plain_text() {
    let of = |text: &str| lines(&format!("data:\n  mapRoles: {text}\n"));
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    assert_eq!(
        of("\"- a\\n- \\\"b\\\"\\n\""),
        pairs(&[("- a", "- a"), ("- \"b\"", "- \\\"b\\\""), ("", "")])
    );
    assert_eq!(of("'- a: ''b''\n\n    - c'"), pairs(&[("- a: 'b'", "- a: ''b''"), ("- c", "- c")]));
    assert_eq!(of("\"a \\\n    \\ b\\x41\\u00e9\""), pairs(&[("a  bAé", "a \\\n    \\ b\\x41\\u00e9")]));
    assert_eq!(of("a b\n    c\n\n    d"), pairs(&[("a b c", "a b\n    c"), ("d", "d")]));
}

#[test]
fn an_empty_value_is_its_quotes_and_a_place_behind_the_end_is_the_end() {
    let manifest = parse("data:\n  mapRoles: \"\"\n  mapUsers: ab\n");
    let (_, places) = manifest.section(SectionName::MapRoles).unwrap();
    assert_eq!(places.to_source(Span::default()), places.span());
    let (_, places) = manifest.section(SectionName::MapUsers).unwrap();
    let end = places.span().end;
    assert_eq!(places.to_source(Span { start: 2, end: 2 }), Span { start: end, end });
}

#[test]
fn memory_is_a_run_a_line() {
    let text = format!("data:\n  mapRoles: |\n{}", "    - some text, and more of it\n".repeat(100));
    assert_eq!(parse(&text).section(SectionName::MapRoles).unwrap().1.runs().len(), 100);
}

/// Pieces that YAML makes something of.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        " ",
        "  ",
        "\n",
        "\n    ",
        "\r\n",
        "\r\n     ",
        "\r",
        "\t",
        "a",
        "b",
        "é",
        "한",
        "'",
        "''",
        "\"",
        "\\\"",
        "\\n",
        "\\\n",
        "\\\r\n    ",
        "\\x41",
        "\\u00e9",
        "\\U0001F600",
        "\\N",
        "#",
        "-",
        "\u{85}",
        "\u{2028}",
        "|",
        ">",
        ",",
        "\\",
        "\\ ",
        "\\/",
        "\\t",
        ":",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Whatever the parser reads, the second reading agrees with, so that no place is ever a whole scalar for want of better.
    #[test]
    fn every_scalar_is_read_a_second_time_alike(
        body in pieces(),
        head in prop::sample::select(vec![
            "", "\"", "'", "|\n    ", "|-\n    ", "|+\r\n    ", ">\n    ", ">-\n    ", ">+\n    ", "|2\n    ",
            ">1-\n    ", "|\n", ">\n", "!!str ", "&a \"", "!x\n   '",
        ]),
        flow in any::<bool>(),
    ) {
        let close = head.chars().last().filter(|c| "\"'".contains(*c)).map(String::from).unwrap_or_default();
        let text = if flow {
            format!("- {{k: [{head}{body}{close}, x]}}")
        } else {
            format!("a:\n  k: {head}{body}{close}\n  z: x\n")
        };
        for event in Events::new(&text) {
            let Ok(Event { kind: Kind::Scalar { value, .. }, span, .. }) = event else { continue };
            let places = ValuePlaces::of_scalar(&text, span, &value);
            prop_assert_eq!(places.runs().is_empty(), value.is_empty(), "{:?} {:?}", value, text);
            for (at, c) in value.char_indices() {
                let source = places.to_source(Span { start: at, end: at + c.len_utf8() });
                prop_assert!(source.start < source.end && source.end <= span.end && source.start >= span.start);
                let cut = &text[source.start..source.end];
                let escaped = cut.starts_with('\\') || cut == "''";
                let folded = matches!(c, ' ' | '\n');
                prop_assert!(cut == c.to_string() || escaped || folded, "{:?} for {:?} in {:?}", cut, c, text);
            }
        }
    }
}
