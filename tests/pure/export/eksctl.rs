use std::collections::BTreeSet;

use eksodus::export::{ExportError, eksctl};
use eksodus::model::EntryType;
use proptest::prelude::*;
use serde_json::Value;

use super::schemas::schema;
use super::yaml::document;
use super::{Names, Read, entries, handover};
use crate::kit::cluster::{entry, node, role};
use crate::kit::seen::hidden_in;

const NAMES: Names = Names {
    principal: "principalARN",
    entry_type: "type",
    username: "kubernetesUsername",
    groups: "kubernetesGroups",
    policies: "accessPolicies",
    policy: "policyARN",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    tags: "",
};

fn validator() -> Option<jsonschema::Validator> {
    let text = schema("eksctl-clusterconfig.schema.json")?;
    // references have to be URIs, which take no such sign
    let schema: Value = serde_json::from_str(&text.replace('|', "_")).unwrap();
    Some(jsonschema::validator_for(&schema).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_eksctl_reads_is_what_was_exported(entries in entries(false)) {
        let handover = handover(&entries, false);
        let text = eksctl(&handover).unwrap();
        prop_assert_eq!(hidden_in(&text.replace('\n', "")), None);
        let config = document(&text);
        prop_assert_eq!(&config["metadata"], &serde_json::json!({"name": "prod", "region": "eu-west-1"}));
        prop_assert_eq!(&config["accessConfig"]["authenticationMode"], "API_AND_CONFIG_MAP");
        let list = config["accessConfig"]["accessEntries"].as_array().unwrap();
        let read: BTreeSet<Read> = list.iter().map(|it| Read::from_object(it, &NAMES, &[])).collect();
        prop_assert_eq!(list.len(), entries.len());
        prop_assert_eq!(read, Read::all(&handover));
    }
}

#[test]
fn it_fits_eksctls_own_schema() {
    let Some(validator) = validator() else { return };
    let entries = [
        entry(&role("Dev"), "dev", &["devs"], &["AmazonEKSViewPolicy"]),
        node(&role("Node"), EntryType::Ec2Linux),
    ];
    let config = document(&eksctl(&handover(&entries, false)).unwrap());
    let wrong: Vec<String> = validator.iter_errors(&config).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{config:#}");
    let mut broken = config.clone();
    broken["accessConfig"]["accessEntries"][0]["tags"] = serde_json::json!({"a": "b"});
    assert!(!validator.is_valid(&broken), "the schema would not tell");
}

#[test]
fn types_and_tags_that_it_does_not_have_are_named() {
    let mut tagged = entry(&role("Dev"), "", &[], &[]);
    tagged.tags.insert("team".to_owned(), "a".to_owned());
    let error = eksctl(&handover(&[tagged, node(&role("Auto"), EntryType::Ec2)], false)).unwrap_err();
    let ExportError::Cannot { format: "eksctl", values } = &error else { panic!("{error}") };
    let named: Vec<String> = values.iter().map(ToString::to_string).collect();
    assert_eq!(named, [format!("{}: type EC2", role("Auto")), format!("{}: tag \"team\"", role("Dev"))]);
}
