use crate::reader::manifest::tests::*;
use ManifestErrorKind as Kind;

fn error(text: &str) -> (ManifestErrorKind, Option<(usize, usize)>) {
    let ManifestError { kind, place } = Manifest::parse("x", text.as_bytes()).unwrap_err();
    (kind, place.map(|Place { line, column }| (line, column)))
}

#[test]
fn what_is_not_text_or_yaml() {
    let binary = Manifest::parse("x", b"data:\n  a\xff: b").unwrap_err();
    assert_eq!(binary, ManifestError { kind: Kind::NotUtf8, place: Some(Place { line: 2, column: 4 }) });
    let large = Manifest::parse("x", &vec![b' '; MAX_BYTES + 1]).unwrap_err();
    assert_eq!(large.kind, Kind::TooLarge(MAX_BYTES + 1));
    assert!(matches!(error("data: \"a\0\""), (Kind::Syntax(_), Some((1, _)))));
    assert!(matches!(error("data:\n  a: @b\n"), (Kind::Syntax(_), Some((2, 6)))));
    assert!(matches!(error("data: {a: b"), (Kind::Syntax(_), Some(_))));
    assert_eq!(error(""), (Kind::Empty, None));
    assert_eq!(error("# nothing\n---\n"), (Kind::Empty, None));
}

#[test]
fn another_document() {
    assert_eq!(error("- a\n"), (Kind::NotAMapping("a list"), Some((1, 1))));
    assert_eq!(error("7\n"), (Kind::NotAMapping("a number"), Some((1, 1))));
    assert_eq!(error("mapRoles: x\n"), (Kind::NotAManifest, Some((1, 1))));
    assert_eq!(error("kind: Secret\ndata: {}\n"), (Kind::WrongKind("Secret".into()), Some((1, 7))));
    assert_eq!(error("data: {}\nmetadata: {name: b}\n"), (Kind::WrongName("b".into()), Some((2, 18))));
    assert_eq!(
        error("kind: ConfigMap\nmetadata:\n  name: aws-auth\n  namespace: default\n"),
        (Kind::WrongNamespace("default".into()), Some((4, 14)))
    );
    assert_eq!(error("data: {}\n---\na: b\n"), (Kind::SecondDocument, Some((3, 1))));
    assert_eq!(
        error("kind: ConfigMap\nmetadata: x\n"),
        (Kind::FieldNotAMapping { field: "metadata", found: "a string" }, Some((2, 11)))
    );
}

#[test]
fn lists_without_it_or_with_two() {
    let item = "- {kind: ConfigMap, metadata: {name: aws-auth, namespace: kube-system}}\n";
    assert_eq!(error("kind: List\n"), (Kind::NotInList, Some((1, 1))));
    assert_eq!(error(&format!("kind: List\nitems:\n{item}{item}")), (Kind::TwiceInList, Some((4, 3))));
    assert_eq!(error("kind: List\nitems: {}\n"), (Kind::ItemsNotAList("a mapping"), Some((2, 8))));
}

#[test]
fn data_that_the_api_server_refuses() {
    let value = |found| Kind::NotAString { key: "mapRoles".into(), found };
    for (text, found) in [
        ("- rolearn: a", "a list"),
        ("{}", "a mapping"),
        ("123", "a number"),
        ("1.5", "a number"),
        ("yes", "a boolean"),
    ] {
        let manifest = format!("data:\n  mapRoles:\n    {text}\n");
        assert_eq!(error(&manifest).0, value(found), "{text}");
        assert_eq!(error(&manifest).1, Some((3, 5)), "{text}");
    }
    assert_eq!(error("{\"data\": {\"mapRoles\": []}}"), (value("a list"), Some((1, 23))));
    assert_eq!(
        error("data:\n- a\n"),
        (Kind::FieldNotAMapping { field: "data", found: "a list" }, Some((2, 1)))
    );
    assert_eq!(
        error("data:\n  ? [a]\n  : b\n"),
        (Kind::KeyNotAString { field: "data", found: "a list" }, Some((2, 5)))
    );
}

#[test]
fn depth_and_expansion_have_an_end() {
    let deep = format!("data: {}1{}", "[".repeat(MAX_DEPTH + 1), "]".repeat(MAX_DEPTH + 1));
    assert!(matches!(error(&deep).0, Kind::TooDeep(_)));
    let mut bomb = "a0: &a0 [xxxxxxxxxxxxxxxx]\n".to_owned();
    for level in 1..9 {
        let alias = format!("*a{},", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
    }
    assert_eq!(error(&bomb).0, Kind::TooManyAliases);
    assert_eq!(error("data: {a: *b}"), (Kind::UnknownAnchor("b".into()), Some((1, 11))));
    assert_eq!(error("data: &b {a: *b}").0, Kind::UnknownAnchor("b".into()));
}

const MAX_DEPTH: usize = 100;

#[test]
fn messages_are_fragments() {
    let message = Manifest::parse("x", b"data: {mapRoles: 1}").unwrap_err().to_string();
    assert_eq!(message, "mapRoles is a number, not a string");
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "([ \t\r\n\u{85}\u{2028}'\"|!>&*%@`#,:?\\[\\]{}\\-+~a0\\\\é\u{feff}\0]|data|kind){0,40}") {
        let _ = Manifest::parse("x", text.as_bytes());
        let _ = Manifest::parse("x", format!("data:\n  k: {text}").as_bytes());
        let _ = Manifest::parse("x", format!("{{\"data\": {{\"k\": \"{text}\"}}}}").as_bytes());
    }
}
