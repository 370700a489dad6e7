//! The documentation, the JSON Schema and the parser of `eksodus.yaml` say the same.

#![cfg(test)]

use eksodus::planner::Decisions;
use jsonschema::Validator;
use serde_json::Value;

fn validator() -> Validator {
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/schemas/decisions.schema.json")).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

fn by_schema(text: &str) -> bool {
    serde_saphyr::from_str::<Value>(text).is_ok_and(|value| validator().is_valid(&value))
}

#[test]
fn the_examples_of_the_documentation_hold() {
    let page = include_str!("../../docs/decisions.md");
    let examples: Vec<&str> =
        page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 6);
    for example in examples {
        Decisions::parse("decisions.md", example).unwrap_or_else(|error| panic!("{error}\n{example}"));
        assert!(by_schema(example), "{example}");
    }
}

#[test]
fn the_documentation_names_every_key() {
    let page = include_str!("../../docs/decisions.md");
    let schema: Value =
        serde_json::from_str(include_str!("../../docs/schemas/decisions.schema.json")).unwrap();
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(page.contains(&format!("\n## `{key}`\n")), "{key}");
    }
    let account = &schema["$defs"]["Account"]["properties"];
    for properties in [&schema["$defs"]["Principal"]["properties"], account] {
        for key in properties.as_object().unwrap().keys() {
            assert!(page.contains(&format!("\n| `{key}` |")), "{key}");
        }
    }
}

const GOOD: &[&str] = &[
    "masters: access-policy",
    "masters: {group: a}",
    "proposed-usernames: ask",
    "prune: covered",
    "prune: delete",
    "groups: {}",
    "groups:",
    "principals:",
    "accounts:",
    "accept-gains:",
    "groups: {'system:a': drop, 'a b': {rename: eks:b}}",
    "principals: []",
    "principals: [{principal: '*', skip: x}]",
    "principals: [{principal: '*', username: default}]",
    "principals: [{principal: '*', username: 'a:{{SessionName}}'}]",
    "principals: [{principal: '*', groups: []}]",
    "principals: [{principal: '*', groups: [a, a]}]",
    "principals: [{principal: '*', type: STANDARD, username: a, groups: [b], policies: []}]",
    "principals: [{principal: '*', type: EC2_LINUX, username: default, groups: [], policies: []}]",
    "principals: [{principal: '*', type: EC2, policies: [{policy: AmazonEKSAutoNodePolicy, scope: cluster}]}]",
    "principals: [{principal: '*', policies: [{policy: A, scope: {namespaces: ['a*']}}]}]",
    "principals: [{principal: '*', arn: 'arn:aws-cn:iam::111122223333:role/a/b/c'}]",
    "principals: [{principal: '*', arn: 'arn:aws:iam::111122223333:user/a@b.c'}]",
    "accounts: {'444455556666': {skip-others: x}}",
    "accounts: {'444455556666': {principals: ['arn:aws:iam::444455556666:role/a']}}",
    "accounts: {'444455556666': {principals: [], skip-others: x}}",
];

const BAD: &[&str] = &[
    "more: x",
    "masters: drop",
    "masters: {group: system:masters}",
    "masters: {group: ''}",
    "masters: {group: a, more: b}",
    "masters: {}",
    "proposed-usernames: yes",
    "prune: none",
    "prune: {}",
    "groups: []",
    "groups: {a: keep}",
    "groups: {a: {rename: 'x-{{AccountID}}'}}",
    "groups: {'': drop}",
    "groups: {a: {rename: 1}}",
    "principals: {}",
    "principals: [{skip: x}]",
    "principals: [{principal: '*'}]",
    "principals: [{principal: '', skip: x}]",
    "principals: [{principal: '*', skip: ''}]",
    "principals: [{principal: '*', skip: <why>}]",
    "principals: [{principal: '*', username: <username>}]",
    "principals: [{principal: '*', groups: [<groups>]}]",
    "principals: [{principal: '*', arn: <arn>}]",
    "groups: {a: {rename: <group>}}",
    "accept-gains: {a: <why>}",
    "accept-differences: {d123456789012: {reason: x, until: <day>}}",
    "principals: [{principal: '*', skip: x, groups: []}]",
    "principals: [{principal: '*', skip: true}]",
    "principals: [{principal: '*', username: 'system:a'}]",
    "principals: [{principal: '*', username: ''}]",
    "principals: [{principal: '*', username: 'a{{SessionName}}'}]",
    "principals: [{principal: '*', username: 'a:{{AccessKeyID}}'}]",
    "principals: [{principal: '*', groups: x}]",
    "principals: [{principal: '*', type: LINUX}]",
    "principals: [{principal: '*', type: EC2_LINUX, groups: [a]}]",
    "principals: [{principal: '*', type: EC2, username: a}]",
    "principals: [{principal: '*', type: FARGATE_LINUX, policies: [{policy: A, scope: cluster}]}]",
    "principals: [{principal: '*', policies: [{policy: A}]}]",
    "principals: [{principal: '*', policies: [{policy: 'a:b', scope: cluster}]}]",
    "principals: [{principal: '*', policies: [{policy: A, scope: {namespaces: []}}]}]",
    "principals: [{principal: '*', policies: [{policy: A, scope: {namespaces: ['']}}]}]",
    "principals: [{principal: '*', policies: [{policy: A, scope: everywhere}]}]",
    "principals: [{principal: '*', arn: 'arn:aws:iam::111122223333:root'}]",
    "principals: [{principal: '*', arn: 'arn:aws:sts::111122223333:assumed-role/a/b'}]",
    "principals: [{principal: '*', arn: 'arn:aws:iam::1111:role/a'}]",
    "principals: [{principal: '*', arn: 'arn:aws-xx:iam::111122223333:role/a'}]",
    "accounts: {'4444': {skip-others: x}}",
    "accounts: {'444455556666': {}}",
    "accounts: {'444455556666': {principals: []}}",
    "accounts: {'444455556666': {skip-others: x, more: y}}",
    "accounts: {'444455556666': drop}",
];

#[test]
fn schema_and_parser_agree() {
    for (samples, good) in [(GOOD, true), (BAD, false)] {
        for sample in samples {
            let text = format!("version: 1\n{sample}\n");
            let parsed = Decisions::parse("x", &text);
            assert_eq!(parsed.is_ok(), good, "parser: {sample}: {parsed:?}");
            assert_eq!(by_schema(&text), good, "schema: {sample}");
        }
    }
    for version in ["", "version: 2\n", "version: '1'\n", "version: null\n", "version: 1.5\n"] {
        assert!(Decisions::parse("x", version).is_err(), "{version}");
        assert!(!by_schema(version), "{version}");
    }
}
