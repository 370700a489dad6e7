//! No text panics, hangs, or fills the memory; what is too deep or too long ends in the server's own answer.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::ConfigMap;
use eksodus::reader::{AwsAuth, Identity, Lookup, Manifest, SectionName, SectionStatus, cut, lookup, read};
use proptest::prelude::*;

use super::logged::logged_errors;

fn all(text: &str) -> (Manifest, AwsAuth) {
    let data = SectionName::ALL.map(|name| (name.to_string(), text.to_owned()));
    let manifest = Manifest::from_config_map(ConfigMap { data: data.into(), ..ConfigMap::default() });
    let auth = read(&manifest);
    (manifest, auth)
}

/// Everything that takes a section's text, on one text.
fn survive(text: &str) {
    let (manifest, auth) = all(text);
    let source = &manifest.source.text;
    for mapping in auth.roles.entries.iter().chain(&auth.users.entries) {
        let spans = [Some(mapping.span), mapping.arn_span, mapping.username_span, mapping.groups_span];
        let keys = mapping.unknown_keys.iter().map(|(_, span)| *span);
        for span in spans.into_iter().flatten().chain(keys) {
            assert!(source.get(span.start..span.end).is_some(), "{span:?} of {text:?}");
        }
    }
    for error in logged_errors(&auth) {
        assert!(source.get(error.span.start..error.span.end).is_some(), "{error:?} of {text:?}");
    }
    if let SectionStatus::CutShort { span, .. } = auth.roles.status {
        assert!(source.get(span.start..span.end).is_some_and(|rest| !rest.is_empty()), "{text:?}");
    }
    let arn = auth.roles.entries.first().map_or("", |entry| &entry.arn);
    lookup(&auth, &Identity::from_arn(arn, "s"), &BTreeMap::new());
    for name in SectionName::ALL {
        drop(cut(text, name, &BTreeSet::from([0])));
    }
}

fn lost(text: &str) -> bool {
    matches!(all(text).1.roles.status, SectionStatus::Lost { .. })
}

#[test]
fn nesting_ends_where_the_server_ends_it() {
    let flow = |depth: usize| format!("- rolearn: a\n  x: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    // two levels of JSON are the list and its entry
    assert!(!lost(&flow(9_998)));
    assert!(lost(&flow(9_999)));
    let block = |depth: usize| format!("- rolearn: a\n  x:\n   {}a\n", "- ".repeat(depth));
    assert!(!lost(&block(9_998)));
    assert!(lost(&block(9_999)));
    let merges = |depth: usize| format!("- rolearn: a\n  {}{}\n", "<<: {".repeat(depth), "}".repeat(depth));
    assert!(!lost(&merges(10_000)));
    assert!(lost(&merges(10_001)));
    for open in ["[", "{", "- ", "? ", "[a: ", "{a: ", "- [", "&a [", "!t {"] {
        all(&open.repeat(12_000));
    }
}

#[test]
fn aliases_end_where_the_server_ends_them() {
    let bomb = |width: usize| {
        let mut text = "- rolearn: a\n  l0: &l0 [x]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*l{}", level - 1); width].join(",");
            text.push_str(&format!("  l{level}: &l{level} [{aliases}]\n"));
        }
        text
    };
    assert!(!lost(&bomb(2)));
    assert!(lost(&bomb(10)));
    assert!(lost("- &a [*a]\n"));
    assert!(lost("- rolearn: a\n  x: &a {<<: *a}\n"));
    // texts are shared until they would have to be kept
    let long = "x".repeat(4_000);
    survive(&format!(
        "- &a {{rolearn: &b {long}, groups: [{}]}}\n{}",
        "*b,".repeat(4_000),
        "- *a\n".repeat(4_000)
    ));
    survive(&format!("- &a !!binary {}\n{}", "ZGV2".repeat(4_000), "- *a\n".repeat(4_000)));
    survive(&format!("- &a {}\n{}", "1".repeat(20_000), "- *a\n".repeat(4_000)));
}

#[test]
fn long_texts_take_time_in_proportion() {
    const LENGTH: usize = 1 << 14;
    let deep = format!("- x: {}{}{}\n", "[".repeat(9_000), "a,".repeat(LENGTH), "]".repeat(9_000));
    assert!(!lost(&deep));
    for piece in
        ["-\n", "a,", "[a,", "#\n", " ", "\t", "- a: b\n", "\u{85}", "\"", "'", "\\", "é: ", "|\n", ": "]
    {
        survive(&piece.repeat(LENGTH / piece.len()));
    }
    let user = |number: usize| {
        let name: String = (0..14).map(|bit| if number >> bit & 1 == 0 { 'a' } else { 'A' }).collect();
        format!("- userarn: arn:aws:iam::111122223333:user/{name}\n")
    };
    let auth = all(&(0..4_000).map(user).collect::<String>()).1;
    let identity = Identity::from_arn("arn:aws:iam::111122223333:user/aaaaaaaaaaaaaa", "");
    // no groups and no names: whichever is taken, the user is the same
    assert!(matches!(lookup(&auth, &identity, &BTreeMap::new()), Lookup::Mapped(_)));
}

#[test]
fn odd_bytes_have_places_on_character_boundaries() {
    for text in [
        "- rolearn: 한글 @\n",
        "- 한글: \u{1}",
        "\u{feff}- é: [\u{7f}]",
        "\u{feff}\u{feff}\n- a: b\n- c: d\n",
        "- \"\\",
        "- \"\\x",
        "- !a,\n- [!b,c]",
        "- |",
        "- >-",
        "%TAG ! \n",
        "%YAML 1.",
        "- !<",
        "- !%",
        "- &",
        "- *",
        "'",
        "?",
        "-",
        "- - - -",
        "\r\n\r",
    ] {
        survive(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_text_is_read(text in any::<String>()) {
        survive(&text);
    }

    #[test]
    fn any_yaml_like_text_is_read(text in "([-?:,\\[\\]{}#&*!|>'\"%@`~ \t\n\ra-c0-9_.<=+é\u{85}\u{2028}\u{feff}]|- |: |<<: |&a |\\*a|!!|---\n|\r\n|rolearn: |userarn: |groups: |sso: |\\\\x){0,40}") {
        survive(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survive(&String::from_utf8_lossy(&bytes));
    }
}
