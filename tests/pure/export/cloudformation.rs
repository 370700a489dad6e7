use std::collections::BTreeSet;

use eksodus::export::{ExportError, Handover, cloudformation, resources_to_import};
use eksodus::model::{AccessEntry, AccessScope};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::yaml::document;
use super::{Names, Read, entries, handover};
use crate::kit::cluster::{arn, entry, policy, role};
use crate::kit::seen::hidden_in;

pub const NAMES: Names = Names {
    principal: "PrincipalArn",
    entry_type: "Type",
    username: "Username",
    groups: "KubernetesGroups",
    policies: "AccessPolicies",
    policy: "PolicyArn",
    scope: "AccessScope",
    scope_type: "Type",
    namespaces: "Namespaces",
    tags: "Tags",
};

fn read(template: &Value) -> BTreeSet<Read> {
    assert_eq!(template["AWSTemplateFormatVersion"], "2010-09-09");
    let resources = template["Resources"].as_object().unwrap();
    let read = resources.iter().map(|(id, resource)| {
        assert!(id.bytes().all(|b| b.is_ascii_alphanumeric()), "{id}");
        assert_eq!(resource["Type"], "AWS::EKS::AccessEntry");
        // an import asks for it
        assert_eq!(resource["DeletionPolicy"], "Retain");
        assert_eq!(resource["Properties"]["ClusterName"], "prod");
        Read::from_object(&resource["Properties"], &NAMES, &["ClusterName"])
    });
    read.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_cloudformation_reads_is_what_was_exported(entries in entries(true), exist: bool) {
        let handover = handover(&entries, exist);
        let all = Read::all(&handover);
        match cloudformation(&handover) {
            Ok(text) => {
                prop_assert_eq!(hidden_in(&text.replace('\n', "")), None);
                prop_assert!(!text.contains("{{resolve:"));
                let template = document(&text);
                prop_assert_eq!(read(&template), all);
                let imports: Value = serde_json::from_str(&resources_to_import(&handover).unwrap()).unwrap();
                let imports = imports.as_array().unwrap();
                prop_assert_eq!(imports.len(), if exist { entries.len() } else { 0 });
                for import in imports {
                    let id = import["LogicalResourceId"].as_str().unwrap();
                    let resource = &template["Resources"][id];
                    prop_assert_eq!(&import["ResourceType"], &resource["Type"]);
                    let of = |name: &str| resource["Properties"][name].clone();
                    let primary = json!({"PrincipalArn": of("PrincipalArn"), "ClusterName": of("ClusterName")});
                    prop_assert_eq!(&import["ResourceIdentifier"], &primary);
                }
            }
            Err(error) => {
                prop_assert!(error.to_string().contains("{{resolve:"), "{}", error);
                let is_there = format!("{all:?}").contains("{{resolve:");
                prop_assert!(is_there);
            }
        }
    }
}

#[test]
fn a_dynamic_reference_is_named_and_not_written() {
    let mut dev = entry(&role("Dev"), "", &["{{resolve:ssm:/group}}"], &["AmazonEKSViewPolicy"]);
    dev.policies.insert(
        policy("AmazonEKSViewPolicy"),
        AccessScope::namespaces(["x-{{resolve:secretsmanager:y}}".to_owned()]).unwrap(),
    );
    let error = cloudformation(&handover(&[dev], false)).unwrap_err();
    let ExportError::Cannot { values, .. } = &error else { panic!("{error}") };
    assert_eq!(values.len(), 2, "{error}");
    assert!(error.to_string().contains("ssm:/group") && error.to_string().contains("secretsmanager:y"));
}

/// Quotas of CloudFormation: of a template, and of the resource's schema.
#[test]
fn what_is_too_much_for_a_template_is_an_error() {
    let many = |count: usize| -> Handover {
        let entries: Vec<AccessEntry> =
            (0..count).map(|nth| AccessEntry::standard(arn(&role(&format!("r{nth}"))))).collect();
        handover(&entries, false)
    };
    assert!(cloudformation(&many(500)).is_ok());
    let error = cloudformation(&many(501)).unwrap_err().to_string();
    assert!(error.contains("501 entries"), "{error}");
    let mut one = AccessEntry::standard(arn(&role("Dev")));
    one.policies = (0..21).map(|nth| (policy(&format!("P{nth}")), AccessScope::Cluster)).collect();
    let error = cloudformation(&handover(&[one], false)).unwrap_err().to_string();
    assert!(error.contains("21 access policies"), "{error}");
}
