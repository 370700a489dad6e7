use crate::reader::manifest::*;
use crate::reader::{Place, Span};

mod emitting;
mod errors;
mod places;

fn parse(text: &str) -> Manifest {
    Manifest::parse("aws-auth.yaml", text.as_bytes()).unwrap()
}

fn roles(manifest: &Manifest) -> &str {
    manifest.section(SectionName::MapRoles).unwrap().0
}

#[test]
fn what_kubectl_prints_is_read_with_its_metadata() {
    let manifest = parse(
        "apiVersion: v1\ndata:\n  mapRoles: |\n    - rolearn: a\n  mapUsers: \"\"\nkind: ConfigMap\nmetadata:\n  \
         creationTimestamp: \"2024-01-01T00:00:00Z\"\n  labels:\n    n: \"1\"\n  name: aws-auth\n  \
         namespace: kube-system\n  resourceVersion: \"812\"\n  uid: u\n",
    );
    assert_eq!(roles(&manifest), "- rolearn: a\n");
    assert_eq!(manifest.section(SectionName::MapUsers).unwrap().0, "");
    assert_eq!(manifest.section(SectionName::MapAccounts), None);
    assert_eq!(manifest.config_map.resource_version, "812");
    let metadata = serde_json::json!({
        "creationTimestamp": "2024-01-01T00:00:00Z", "labels": {"n": "1"}, "name": "aws-auth",
        "namespace": "kube-system", "uid": "u",
    });
    assert_eq!(serde_json::Value::Object(manifest.config_map.metadata), metadata);
}

#[test]
fn json_is_read_as_json() {
    let manifest = parse(
        "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"aws-auth\"},\n\t\"data\":{\"mapRoles\":\"a\\u00e9\\ud83d\\ude00\\/\"}}",
    );
    assert_eq!(roles(&manifest), "aé😀/");
    let (_, places) = manifest.section(SectionName::MapRoles).unwrap();
    let span = places.to_source(Span { start: 3, end: 7 });
    assert_eq!(&manifest.source.text[span.start..span.end], "\\ud83d\\ude00");
}

#[test]
fn a_list_may_hold_it_among_others() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- kind: ConfigMap\n  metadata: {name: other, namespace: kube-system}\n\
                - kind: Secret\n  metadata: {name: aws-auth, namespace: kube-system}\n\
                - kind: ConfigMap\n  metadata: {name: aws-auth, namespace: default}\n\
                - kind: ConfigMap\n  metadata: {name: aws-auth, namespace: kube-system}\n  data: {mapRoles: x}\n";
    assert_eq!(roles(&parse(list)), "x");
}

#[test]
fn excerpts_and_empty_ones_are_read() {
    assert_eq!(roles(&parse("data:\n  mapRoles: x\n")), "x");
    assert_eq!(roles(&parse("{data: {mapRoles: x}}")), "x");
    assert_eq!(roles(&parse("---\ndata:\n  mapRoles: x\n---\n# nothing\n---\n")), "x");
    for text in ["kind: ConfigMap\nmetadata: {name: aws-auth}\n", "kind: ConfigMap\ndata:\n", "data: {}"] {
        assert!(parse(text).config_map.data.is_empty(), "{text}");
    }
}

#[test]
fn null_is_an_empty_string_as_for_the_api_server() {
    let manifest = parse("data:\n  mapRoles:\n  # - rolearn: a\n  mapUsers: x\n");
    assert_eq!(roles(&manifest), "");
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let manifest = parse("data: {mapRoles: a}\ndata:\n  mapRoles: b\n  mapRoles: c\n");
    assert_eq!(roles(&manifest), "c");
    let (_, places) = manifest.section(SectionName::MapRoles).unwrap();
    assert_eq!(places.span().start, manifest.source.text.rfind('c').unwrap());
}

#[test]
fn an_alias_is_where_its_anchor_is() {
    let manifest = parse("data:\n  mapRoles: &all |\n    - x\n  mapUsers: *all\n");
    let (value, places) = manifest.section(SectionName::MapUsers).unwrap();
    assert_eq!(value, "- x\n");
    let span = places.to_source(Span { start: 2, end: 3 });
    assert_eq!(&manifest.source.text[span.start..span.end], "x");
}

#[test]
fn a_block_may_end_with_the_text_and_without_a_line_break() {
    for (text, value) in [
        ("|\n    x", "x"),
        ("|+\n    x", "x"),
        ("|-\n    x", "x"),
        (">\n    x\n    y", "x y"),
        ("|\n    x\n ", "x\n"),
        ("|+\n    x\n ", "x\n"),
        ("|\n    x\n     ", "x\n "),
        ("|", ""),
        ("x", "x"),
        ("'x'", "x"),
    ] {
        assert_eq!(roles(&parse(&format!("data:\n  mapRoles: {text}"))), value, "{text:?}");
    }
}

#[test]
fn tags_make_strings_and_binary_text_is_decoded() {
    assert_eq!(roles(&parse("data: {mapRoles: !!str 1}")), "1");
    assert_eq!(roles(&parse("data: {mapRoles: !mine 1}")), "1");
    let manifest = parse("data: {mapRoles: !!binary LSBh}");
    let (value, places) = manifest.section(SectionName::MapRoles).unwrap();
    assert_eq!(value, "- a");
    let span = places.to_source(Span { start: 2, end: 3 });
    assert_eq!(&manifest.source.text[span.start..span.end], "LSBh");
}
