//! CloudFormation: one `AWS::EKS::AccessEntry` for each entry, its policies in it; and the list of what is to be imported.

use super::spelling::{Spelling, TagShape};
use crate::export::error::{Unsayable, say_all};
use crate::export::handover::{Entry, Handover};
use crate::export::names::logical_id;
use crate::export::value::Value;
use crate::export::{ExportError, yaml};
use crate::json;
use crate::model::ClusterId;

/// Of a template (AWS CloudFormation user guide, "Understand CloudFormation quotas").
const RESOURCES: usize = 500;
/// Of an entry (schema of `AWS::EKS::AccessEntry`, `AccessPolicies`).
const POLICIES: usize = 20;

pub(super) const SPELLING: Spelling = Spelling {
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
    tag_shape: TagShape::List { key: "Key", value: "Value" },
};

/// A template in YAML. Every entry is retained when the stack goes, or leaves it: a stack that is deleted by mistake takes
/// nobody's access, and an import asks for it.
///
/// # Errors
/// When it is not known which cluster it is, or CloudFormation cannot say a value.
pub fn cloudformation(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    say_all("CloudFormation", unsayable(handover))?;
    let resources = handover.entries.iter().map(|entry| {
        let of_cluster = [("ClusterName".to_owned(), Value::text(&cluster.name))];
        let properties = of_cluster.into_iter().chain(SPELLING.fields_of(&entry.entry));
        let resource = Value::fields([
            ("Type", Value::text(TYPE)),
            ("DeletionPolicy", Value::text("Retain")),
            ("UpdateReplacePolicy", Value::text("Retain")),
            ("Properties", Value::fields(properties)),
        ]);
        (logical_id(cluster, &entry.entry.principal), resource)
    });
    let template = Value::fields([
        ("AWSTemplateFormatVersion", Value::text("2010-09-09")),
        ("Description", Value::text(description(cluster))),
        ("Resources", Value::fields(resources)),
    ]);
    Ok(handover.comments("#", true) + &yaml::document(&template))
}

pub(super) const TYPE: &str = "AWS::EKS::AccessEntry";

pub(super) fn description(cluster: &ClusterId) -> String {
    format!("Access entries of the EKS cluster {}", cluster.name)
}

/// What `aws cloudformation create-change-set --change-set-type IMPORT --resources-to-import` takes, of the entries that are
/// there, as JSON.
///
/// # Errors
/// As [`cloudformation`].
pub fn resources_to_import(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    say_all("CloudFormation", unsayable(handover))?;
    let exist = handover.entries.iter().filter(|entry| entry.exists);
    let resources: Vec<serde_json::Value> = exist
        .map(|entry| {
            serde_json::json!({
                "ResourceType": TYPE,
                "LogicalResourceId": logical_id(cluster, &entry.entry.principal),
                "ResourceIdentifier": {
                    "PrincipalArn": entry.entry.principal.as_str(),
                    "ClusterName": cluster.name,
                },
            })
        })
        .collect();
    // texts alone: it can always be written
    Ok(json::pretty(&resources).unwrap_or_default())
}

/// What no template can say, in whatever syntax it is written.
pub(super) fn unsayable(handover: &Handover) -> Vec<Unsayable> {
    let mut cannot = Vec::new();
    if handover.entries.len() > RESOURCES {
        let what = format!("{} entries in one template, which takes {RESOURCES}", handover.entries.len());
        cannot.push(Unsayable { principal: None, what });
    }
    for Entry { entry, .. } in &handover.entries {
        let policies = entry.policies.len();
        if policies > POLICIES {
            let what = format!("{policies} access policies, of which an entry takes {POLICIES}");
            cannot.push(Unsayable::of(&entry.principal, what));
        }
        let fields = Value::fields(SPELLING.fields_of(entry));
        for text in fields.all_texts() {
            // replaced wherever it stands, and there is no escape (CloudFormation user guide, "Get values stored in other services
            // using dynamic references")
            if text.contains("{{resolve:") {
                let what = format!("{text:?}, which is a dynamic reference to it");
                cannot.push(Unsayable::of(&entry.principal, what));
            }
        }
    }
    cannot
}
