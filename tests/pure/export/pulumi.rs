use std::collections::{BTreeMap, BTreeSet};

use eksodus::export::pulumi;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::yaml::document;
use super::{Names, Read, entries, handover, namespaces, text};
use crate::kit::cluster::{entry, role};
use crate::kit::seen::hidden_in;

const NAMES: Names = Names {
    principal: "principalArn",
    entry_type: "type",
    username: "userName",
    groups: "kubernetesGroups",
    policies: "",
    policy: "policyArn",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    tags: "tags",
};

/// What Pulumi makes of a text with these variables: of `${name}` its value, of `$$` one sign; but of a text without any `${…}`
/// some versions make the text as it stands. No text may tell them apart.
fn evaluated(text: &str, variables: &BTreeMap<String, String>) -> String {
    let (mut made, mut rest, mut has_any) = (String::new(), text, false);
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("$$") {
            made.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("${") {
            let (name, after) = after.split_once('}').unwrap();
            made += &variables[name];
            has_any = true;
            rest = after;
        } else {
            made.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    assert!(has_any || made == text, "{text:?} is two things");
    made
}

fn evaluate(value: &Value, variables: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => evaluated(text, variables).into(),
        Value::Array(items) => items.iter().map(|item| evaluate(item, variables)).collect(),
        Value::Object(fields) => {
            assert!(fields.keys().all(|key| !key.to_lowercase().starts_with("fn::")), "{value}");
            let fields =
                fields.iter().map(|(key, value)| (evaluated(key, variables), evaluate(value, variables)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_pulumi_makes_is_what_was_exported(entries in entries(true), exist: bool) {
        let handover = handover(&entries, exist);
        let all = Read::all(&handover);
        let written = match pulumi(&handover) {
            Ok(written) => written,
            Err(error) => {
                let told = error.to_string();
                prop_assert!(told.contains("NFC") || told.contains("a function"), "{}", told);
                return Ok(());
            }
        };
        prop_assert_eq!(hidden_in(&written.replace('\n', "")), None);
        let project = document(&written);
        prop_assert_eq!(&project["config"]["aws:region"]["value"], "eu-west-1");
        let resources = project["resources"].as_object().unwrap();
        let mut variables = BTreeMap::new();
        for (name, value) in project.get("variables").and_then(Value::as_object).into_iter().flatten() {
            prop_assert!(!resources.contains_key(name));
            variables.insert(name.clone(), text(value));
        }
        let of_type = |kind: &str| resources.iter().filter(move |(_, it)| it["type"] == kind).collect::<Vec<_>>();
        let mut read = BTreeMap::new();
        for (name, resource) in of_type("aws:eks:AccessEntry") {
            let properties = evaluate(&resource["properties"], &variables);
            let entry = Read::from_object(&properties, &NAMES, &["clusterName"]);
            let id = exist.then(|| Value::from(format!("prod:{}", entry.principal)));
            prop_assert_eq!(resource["options"].get("import"), id.as_ref());
            variables.insert(format!("{name}.principalArn"), entry.principal.clone());
            read.insert(entry.principal.clone(), entry);
        }
        for (_, resource) in of_type("aws:eks:AccessPolicyAssociation") {
            let properties = evaluate(&resource["properties"], &variables);
            let policy = text(&properties["policyArn"]);
            let principal = text(&properties["principalArn"]);
            let id = exist.then(|| Value::from(format!("prod#{principal}#{policy}")));
            prop_assert_eq!(resource["options"].get("import"), id.as_ref());
            let entry = read.get_mut(&principal).unwrap();
            entry.policies.insert(policy, namespaces(&properties["accessScope"], &NAMES));
        }
        prop_assert_eq!(read.into_values().collect::<BTreeSet<_>>(), all);
    }
}

#[test]
fn a_tag_that_would_be_a_call_is_named() {
    let mut dev = entry(&role("Dev"), "", &[], &[]);
    dev.tags.insert("fn::readFile".to_owned(), "/etc/passwd".to_owned());
    let error = pulumi(&handover(&[dev], false)).unwrap_err().to_string();
    assert!(error.contains(&role("Dev")) && error.contains("fn::readFile"), "{error}");
}
