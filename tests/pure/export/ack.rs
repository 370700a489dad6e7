use std::collections::BTreeSet;

use eksodus::export::ack;
use eksodus::model::EntryType;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::schemas::schema;
use super::yaml::{document, documents};
use super::{Names, Read, entries, handover, is_object_name};
use crate::kit::cluster::{entry, node, role};
use crate::kit::seen::hidden_in;

const NAMES: Names = Names {
    principal: "principalARN",
    entry_type: "type",
    username: "username",
    groups: "kubernetesGroups",
    policies: "accessPolicies",
    policy: "policyARN",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    tags: "tags",
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_the_controller_reads_is_what_was_exported(entries in entries(true)) {
        let handover = handover(&entries, true);
        let text = ack(&handover).unwrap();
        prop_assert_eq!(hidden_in(&text.replace('\n', "")), None);
        let objects = documents(&text);
        let mut names = BTreeSet::new();
        let mut read = BTreeSet::new();
        for object in &objects {
            prop_assert_eq!(&object["apiVersion"], "eks.services.k8s.aws/v1alpha1");
            prop_assert_eq!(&object["kind"], "AccessEntry");
            let name = object["metadata"]["name"].as_str().unwrap().to_owned();
            prop_assert!(is_object_name(&name) && names.insert(name.clone()), "{}", name);
            let entry = Read::from_object(&object["spec"], &NAMES, &["clusterName"]);
            let fields = object["metadata"]["annotations"]["services.k8s.aws/adoption-fields"].as_str().unwrap();
            let found_by: Value = serde_json::from_str(fields).unwrap();
            prop_assert_eq!(found_by, json!({"clusterName": "prod", "principalARN": entry.principal}));
            read.insert(entry);
        }
        prop_assert_eq!(objects.len(), entries.len());
        prop_assert_eq!(read, Read::all(&handover));
    }
}

/// The schema of the CRD, in which nothing more may be than it has.
#[test]
fn it_fits_the_controllers_own_schema() {
    let Some(text) = schema("ack-accessentries-crd.yaml") else { return };
    let crd = document(&text);
    let version = &crd["spec"]["versions"][0];
    assert_eq!(version["name"], "v1alpha1");
    let mut schema = version["schema"]["openAPIV3Schema"].clone();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut dev = entry(&role("Dev"), "dev", &["devs"], &["AmazonEKSViewPolicy"]);
    dev.tags.insert("team".to_owned(), "a".to_owned());
    let text = ack(&handover(&[dev, node(&role("Node"), EntryType::Ec2Linux)], true)).unwrap();
    for object in documents(&text) {
        let wrong: Vec<String> = validator.iter_errors(&object).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?}\n{object:#}");
        let mut broken = object.clone();
        broken["spec"]["principalArn"] = json!("x");
        assert!(!validator.is_valid(&broken), "the schema would not tell");
    }
}

/// An API server prunes what a schema does not have; here it is an error. `metadata` is not spelled out in a CRD.
fn close(schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        if let Some(items) = schema.get_mut("items") {
            close(items);
        }
        return;
    };
    properties.values_mut().for_each(close);
    schema["additionalProperties"] = json!(false);
}
