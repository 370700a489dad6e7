use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::home::Claims;
use super::native::{self, Time};
use crate::documents::Misread;
use crate::model::{AccessScope, EntryType, PolicyArn};
use crate::snapshot::ObservedEntry;

/// `aws eks describe-access-entry` and `list-associated-access-policies` of every entry
pub(super) const ENTRIES: Document<Vec<ObservedEntry>> =
    Document { file: "access-entries.json", read: read_entries, write: |entries| write_entries(entries) };

/// `aws eks list-access-policies`
pub(super) const POLICIES: Document<Vec<PolicyArn>> = Document {
    file: "access-policies.json",
    read: |text, _| read_policies(text),
    write: |policies| write_policies(policies),
};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Element {
    access_entry: Native,
    associated_access_policies: Option<Vec<Association>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Native {
    #[serde(skip_serializing)]
    cluster_name: Option<String>,
    principal_arn: String,
    #[serde(default, deserialize_with = "native::nullable")]
    kubernetes_groups: BTreeSet<String>,
    #[serde(default, deserialize_with = "native::nullable")]
    access_entry_arn: String,
    #[serde(default, deserialize_with = "native::nullable")]
    created_at: Time,
    #[serde(default, deserialize_with = "native::nullable")]
    modified_at: Time,
    #[serde(default, deserialize_with = "native::strings")]
    tags: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "native::nullable")]
    username: String,
    r#type: EntryType,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Association {
    policy_arn: PolicyArn,
    access_scope: AccessScope,
}

fn read_entries(text: &str, claims: &mut Claims) -> Result<Vec<ObservedEntry>, Misread> {
    let elements: Vec<Element> = native::many(text)?;
    let mut entries = BTreeMap::new();
    for Element { access_entry, associated_access_policies } in elements {
        let Native {
            cluster_name,
            principal_arn: principal,
            kubernetes_groups: groups,
            access_entry_arn: arn,
            created_at: Time(created),
            modified_at: Time(modified),
            tags,
            username,
            r#type: entry_type,
        } = access_entry;
        claims.of(cluster_name.as_deref(), Some(&arn), || format!("the access entry of {principal}"));
        let policies = match associated_access_policies {
            Some(policies) => policies.into_iter().map(|a| (a.policy_arn, a.access_scope)).collect(),
            // not having looked is not the same as there being none
            None if entry_type.takes_policies() => {
                return Err(Misread::new(format!(
                    "the entry of {principal} has no associatedAccessPolicies"
                )));
            }
            None => BTreeMap::new(),
        };
        let entry =
            ObservedEntry { principal, entry_type, username, groups, policies, tags, arn, created, modified };
        if let Some(twice) = entries.insert(entry.principal.clone(), entry) {
            return Err(Misread::new(format!("{} has two entries", twice.principal)));
        }
    }
    Ok(entries.into_values().collect())
}

fn write_entries(entries: &[ObservedEntry]) -> String {
    let sorted: BTreeMap<&str, &ObservedEntry> =
        entries.iter().map(|entry| (entry.principal.as_str(), entry)).collect();
    let elements: Vec<Element> = sorted
        .into_values()
        .cloned()
        .map(|entry| {
            let ObservedEntry {
                principal,
                entry_type,
                username,
                groups,
                policies,
                tags,
                arn,
                created,
                modified,
            } = entry;
            Element {
                access_entry: Native {
                    cluster_name: None,
                    principal_arn: principal,
                    kubernetes_groups: groups,
                    access_entry_arn: arn,
                    created_at: Time(created),
                    modified_at: Time(modified),
                    tags,
                    username,
                    r#type: entry_type,
                },
                associated_access_policies: Some(
                    policies
                        .into_iter()
                        .map(|(policy_arn, access_scope)| Association { policy_arn, access_scope })
                        .collect(),
                ),
            }
        })
        .collect();
    native::write(&elements)
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Policies {
    /// Has to be there, and null is none.
    #[serde(deserialize_with = "native::nullable")]
    access_policies: Vec<Policy>,
}

#[derive(Deserialize, Serialize)]
struct Policy {
    #[serde(default, skip_deserializing)]
    name: String,
    arn: PolicyArn,
}

fn read_policies(text: &str) -> Result<Vec<PolicyArn>, Misread> {
    let listed: BTreeSet<PolicyArn> =
        native::one::<Policies>(text)?.access_policies.into_iter().map(|policy| policy.arn).collect();
    Ok(listed.into_iter().collect())
}

fn write_policies(policies: &[PolicyArn]) -> String {
    let sorted: BTreeSet<&PolicyArn> = policies.iter().collect();
    let access_policies =
        sorted.into_iter().map(|arn| Policy { name: arn.name().to_owned(), arn: arn.clone() }).collect();
    native::write(&Policies { access_policies })
}
