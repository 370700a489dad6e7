use proptest::prelude::*;
use serde_json::{Value, json};

use crate::reader::manifest::tests::*;

fn config_map(data: &[(&str, &str)]) -> ConfigMap {
    ConfigMap {
        data: data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        ..ConfigMap::default()
    }
}

#[test]
fn it_looks_as_kubectl_prints_it() {
    let Value::Object(metadata) = json!({
        "namespace": "kube-system", "name": "aws-auth", "creationTimestamp": "2024-01-01T00:00:00Z",
        "annotations": {"a/b": "{\"x\":1}\n"}, "ownerReferences": [{"kind": "A", "controller": true}],
        "finalizers": ["x/y"],
    }) else {
        unreachable!()
    };
    let mut config_map = config_map(&[
        ("mapAccounts", "[]\n"),
        ("mapRoles", "- rolearn: a\n  groups:\n  - 'b'\n"),
        ("mapUsers", "- tab:\there\n"),
        ("other", "plain text"),
        ("number", "12"),
    ]);
    config_map.metadata = metadata;
    config_map.resource_version = "77".to_owned();
    let expected = r#"apiVersion: v1
data:
  mapAccounts: |
    []
  mapRoles: |
    - rolearn: a
      groups:
      - 'b'
  mapUsers: "- tab:\there\n"
  number: "12"
  other: plain text
kind: ConfigMap
metadata:
  annotations:
    a/b: |
      {"x":1}
  creationTimestamp: "2024-01-01T00:00:00Z"
  finalizers:
  - x/y
  name: aws-auth
  namespace: kube-system
  ownerReferences:
  - controller: true
    kind: A
  resourceVersion: "77"
"#;
    assert_eq!(emit(&config_map), expected);
}

#[test]
fn awkward_strings_come_back() {
    for value in [
        "",
        " ",
        "\n",
        "\n\n",
        " \n",
        "a\n ",
        "a \nb\n",
        "\na",
        " a\nb",
        "a\r\nb\r\n",
        "\ta\n",
        "a\n\tb\n",
        "a\n\n",
        "---",
        "--- a\n",
        "...\n",
        "a\n...\n",
        "\u{feff}a\n",
        "\u{85}",
        "a\u{2028}b\n",
        "\u{7f}",
        "\0",
        "# a\n",
        "~",
        "null",
        "yes",
        "0x1f",
        "2024-01-01",
        "a: b",
        "a #b",
        "- a",
        "'",
        "\"",
        "{{SessionName}}",
        "😀\n",
        "\u{ffff}\n",
        "=",
        "<<",
        "%a\n",
        "@",
        "`",
        "!a",
        "&a",
        "*a",
        "|\n",
        "?",
        ":",
        "a:",
    ] {
        let before = config_map(&[("mapRoles", value)]);
        let manifest = Manifest::parse("x", emit(&before).as_bytes()).unwrap();
        assert_eq!(manifest.config_map, before, "{value:?}");
    }
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            " ", "\n", "\t", "\r\n", "- ", "a", "b: ", "#", "'", "\"", "\\", "é", "{", "[", ",", "\u{85}", "\u{2028}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn metadata_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z./]{0,8}|[ -~é]{1,9}", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn any_config_map()(
        data in prop::collection::btree_map("mapRoles|mapUsers|[-._a-zA-Z0-9]{1,9}", text(), 0..4),
        fields in prop::collection::btree_map("[a-z]{3}[A-Z]{2,6}", metadata_value(), 0..3),
        binary_data in prop::collection::btree_map("[-._a-zA-Z0-9]{1,9}", "|[A-Za-z0-9+/]{4}", 0..3),
        immutable in prop::option::of(any::<bool>()),
        resource_version in "|[0-9]{1,9}",
    ) -> ConfigMap {
        ConfigMap {
            data,
            binary_data,
            immutable,
            // null is absent
            metadata: fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            resource_version,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_emitted_reads_back_with_the_same_places(before in any_config_map()) {
        let text = emit(&before);
        let parsed = Manifest::parse("aws-auth", text.as_bytes()).map_err(|e| TestCaseError::fail(format!("{e:?}\n{text}")))?;
        prop_assert_eq!(&parsed.config_map, &before, "{}", text);
        let made = Manifest::from_config_map(before);
        prop_assert_eq!(&made.source, &parsed.source);
        for (key, places) in &made.places {
            for (at, _) in made.config_map.data[key].char_indices() {
                let span = Span { start: at, end: at };
                prop_assert_eq!(places.to_source(span), parsed.places[key].to_source(span), "{}\n{}", key, text);
            }
        }
    }

    /// A line of the value stands on the line of the source that shows it.
    #[test]
    fn each_line_of_a_block_is_a_line_of_the_source(lines in prop::collection::vec("[!-~]([ -~é한]{0,20}[!-~])?", 1..12)) {
        let value: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let made = Manifest::from_config_map(config_map(&[("mapRoles", &value)]));
        let (_, places) = made.section(SectionName::MapRoles).unwrap();
        let mut at = 0;
        for (nth, line) in lines.iter().enumerate() {
            let span = places.to_source(Span { start: at, end: at + line.len() });
            prop_assert_eq!(&made.source.text[span.start..span.end], line);
            prop_assert_eq!(made.source.text[..span.start].matches('\n').count(), nth + 3);
            at += line.len() + 1;
        }
    }
}
