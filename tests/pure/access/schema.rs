//! The documentation, the JSON Schema and the parser of assertions say the same.

use eksodus::access::assertions::Assertions;
use jsonschema::Validator;
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../docs/schemas/assertions.schema.json")).unwrap()
}

fn validator() -> Validator {
    assert!(jsonschema::meta::is_valid(&schema()));
    jsonschema::validator_for(&schema()).unwrap()
}

fn by_schema(text: &str) -> bool {
    serde_saphyr::from_str::<Value>(text).is_ok_and(|value| validator().is_valid(&value))
}

const PAGE: &str = include_str!("../../../docs/assertions.md");

#[test]
fn the_examples_of_the_documentation_hold() {
    let examples: Vec<&str> =
        PAGE.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 2);
    for example in examples {
        Assertions::parse("assertions.md", example).unwrap_or_else(|error| panic!("{error}\n{example}"));
        assert!(by_schema(example), "{example}");
    }
}

#[test]
fn the_documentation_names_every_key() {
    for of in ["Assertion", "Request"] {
        for key in schema()["$defs"][of]["properties"].as_object().unwrap().keys() {
            assert!(PAGE.contains(&format!("\n| `{key}` |")), "{key}");
        }
    }
}

const ROLE: &str = "principal: 'arn:aws:iam::111122223333:role/team/dev'";
const USER: &str = "principal: 'arn:aws-cn:iam::111122223333:user/a@b.c'";
const SESSION: &str = "principal: 'arn:aws:sts::111122223333:assumed-role/dev/ann'";
const CAN: &str = "can: {verb: get, resource: pods}";

fn samples(good: bool) -> Vec<String> {
    let with = |who: &str, rest: &str| format!("{{{who}, {rest}}}");
    let can = |request: &str| format!("{{user: a, can: {{{request}}}}}");
    if good {
        return vec![
            with(ROLE, CAN),
            with(USER, CAN),
            with(SESSION, CAN),
            with(ROLE, "session: ann@x, when: same, cannot: {verb: get, path: /metrics}"),
            with("user: ''", CAN),
            with("user: a, groups: []", CAN),
            with("user: a, groups: ['', b]", CAN),
            with("groups: [b]", CAN),
            with("user: a, when: before", CAN),
            with("user: a, when: after", CAN),
            with("user: a, when: both", CAN),
            can("verb: '*', resource: '*.*'"),
            can("verb: create, resource: deployments.apps/scale, name: web, namespace: shop"),
            can("verb: get, resource: pods, name: '', namespace: ''"),
            can("verb: '', path: ''"),
        ];
    }
    vec![
        "{}".to_owned(),
        "x".to_owned(),
        with("when: both", CAN),
        with("groups: []", CAN),
        with("user: 1", CAN),
        with("groups: b", CAN),
        with("groups: [1]", CAN),
        with(&format!("{ROLE}, user: a"), CAN),
        with(&format!("{ROLE}, groups: [a]"), CAN),
        with(&format!("{ROLE}, session: ''"), CAN),
        with(&format!("{USER}, session: a"), CAN),
        with(&format!("{SESSION}, session: a"), CAN),
        with("user: a, session: b", CAN),
        with("groups: [a], session: b", CAN),
        with("principal: a", CAN),
        with("principal: 'arn:aws:iam::111122223333:root'", CAN),
        with("principal: 'arn:aws:iam::111122223333:group/a'", CAN),
        with("principal: 'arn:aws:iam::1111:role/a'", CAN),
        with("principal: 'arn:aws:sts::111122223333:federated-user/a'", CAN),
        with("user: a, when: never", CAN),
        with("user: a, more: b", CAN),
        with("user: a, cannot: {verb: get, path: /}", CAN),
        "{user: a}".to_owned(),
        "{user: a, can: [get, pods]}".to_owned(),
        can("resource: pods"),
        can("verb: get"),
        can("verb: 1, resource: pods"),
        can("verb: get, resource: pods, path: /"),
        can("verb: get, path: /, name: a"),
        can("verb: get, path: /, namespace: a"),
        can("verb: get, resource: pods, group: apps"),
    ]
}

#[test]
fn schema_and_parser_agree() {
    for good in [true, false] {
        for sample in samples(good) {
            let text = format!("version: 1\nassertions: [{sample}]\n");
            let parsed = Assertions::parse("x", &text);
            assert_eq!(parsed.is_ok(), good, "parser: {sample}: {parsed:?}");
            assert_eq!(by_schema(&text), good, "schema: {sample}");
        }
    }
    let one = format!("assertions: [{{user: a, {CAN}}}]");
    for text in [
        one.clone(),
        format!("version: 2\n{one}"),
        format!("version: '1'\n{one}"),
        format!("version: 1\n{one}\nmore: x"),
        "version: 1".to_owned(),
        "version: 1\nassertions: []".to_owned(),
        "version: 1\nassertions: {}".to_owned(),
    ] {
        assert!(Assertions::parse("x", &text).is_err(), "{text}");
        assert!(!by_schema(&text), "{text}");
    }
}
