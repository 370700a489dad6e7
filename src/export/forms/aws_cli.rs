//! A bash script over the AWS CLI, version 1 or 2. Every value is in a document of JSON, so that the CLI takes none of it for
//! an option, a file (`file://…`) or its shorthand; every document is one word of the shell.

use serde_json::json;

use super::scope;
use crate::export::handover::{Entry, Handover};
use crate::export::{Association, ExportError, custom_username};
use crate::json;
use crate::model::{AccessEntry, AccessScope, ClusterId, PolicyArn, PrincipalArn};

/// A script that can be run again: it creates what is missing, and gives what is there the same value. Rights are gained
/// before others are lost, and the entry of whoever runs the migration comes last.
///
/// # Errors
/// When it is not known which cluster it is.
pub fn aws_cli(handover: &Handover) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    let (callers, others): (Vec<_>, Vec<_>) = handover.entries.iter().partition(|entry| entry.is_caller);
    let head = HEAD
        .replace("CLUSTER_NAME", &word(&cluster.name))
        .replace("CLUSTER_REGION", &word(&cluster.region))
        .replace("CLUSTER_ARN", &cluster.to_string())
        .replace("# NOTES\n", &handover.comments("#", true));
    let associations = handover.associations.iter().map(|it| {
        let Association { key: _, principal, policy, scope } = it;
        associate(cluster, principal, policy, scope)
    });
    let others = others.into_iter().map(|entry| commands(cluster, entry));
    let callers = callers.into_iter().map(|entry| commands(cluster, entry));
    Ok(others.chain(associations).chain(callers).fold(head, |script, commands| script + "\n" + &commands))
}

/// What the rest of the script is made of. `list-access-entries` is asked once: who is not in it has no entry.
const HEAD: &str = r#"#!/usr/bin/env bash
# The access entries of CLUSTER_ARN.
# It can be run again: it creates what is missing, and gives what is there the same value.
# It prints a line for each thing that it has done.
# NOTES
set -euo pipefail

cluster=CLUSTER_NAME
region=CLUSTER_REGION

eks() {
    aws --region "$region" --output text eks "$@"
}

did() {
    printf '%s\n' "$1"
}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

mode=$(eks describe-cluster --name "$cluster" --query cluster.accessConfig.authenticationMode)
case $mode in
API | API_AND_CONFIG_MAP) ;;
*) fail "$cluster has no access entries in mode $mode, and the way to API_AND_CONFIG_MAP cannot be undone: decide that first" ;;
esac
existing=$(eks list-access-entries --cluster-name "$cluster" --query 'accessEntries[]' | tr '\t' '\n')

# entry PRINCIPAL TYPE CREATE UPDATE TAGS: the last two are empty where there is nothing to update
entry() {
    local found
    if ! grep -qxF -- "$1" <<<"$existing"; then
        eks create-access-entry --cli-input-json "$3" >/dev/null
        did "created $1"
        return
    fi
    found=$(eks describe-access-entry --cluster-name "$cluster" --principal-arn "$1" --query '[accessEntry.type, accessEntry.accessEntryArn]')
    [[ ${found%%$'\t'*} == "$2" ]] || fail "$1 has an entry of type ${found%%$'\t'*}, not $2, and a type cannot be changed"
    [[ -z $4 ]] || eks update-access-entry --cli-input-json "$4" >/dev/null
    [[ -z $5 ]] || eks tag-resource --resource-arn "${found#*$'\t'}" --tags "$5"
    if [[ -n $4$5 ]]; then did "updated $1"; else did "unchanged $1"; fi
}

# policy PRINCIPAL POLICY ASSOCIATION: gives it, or gives it another scope
policy() {
    eks associate-access-policy --cli-input-json "$3" >/dev/null
    did "set policy ${2##*/} of $1"
}

# no_other_policies PRINCIPAL [POLICY...]
no_other_policies() {
    local principal=$1 held
    shift
    grep -qxF -- "$principal" <<<"$existing" || return 0
    held=$(eks list-associated-access-policies --cluster-name "$cluster" --principal-arn "$principal" --query 'associatedAccessPolicies[].policyArn' | tr '\t' '\n')
    while read -r policy; do
        if [[ $policy == arn:* && " $* " != *" $policy "* ]]; then
            eks disassociate-access-policy --cluster-name "$cluster" --principal-arn "$principal" --policy-arn "$policy" >/dev/null
            did "removed policy ${policy##*/} of $principal"
        fi
    done <<<"$held"
}
"#;

fn commands(cluster: &ClusterId, Entry { entry, .. }: &Entry) -> String {
    let AccessEntry { principal, entry_type, username: _, groups, policies, tags } = entry;
    let of_entry = json!({"clusterName": cluster.name, "principalArn": principal.as_str()});
    let mut create = of_entry.clone();
    create["type"] = entry_type.as_str().into();
    if let Some(name) = custom_username(entry) {
        create["username"] = name.into();
    }
    if !groups.is_empty() {
        create["kubernetesGroups"] = json!(groups);
    }
    if !tags.is_empty() {
        create["tags"] = json!(tags);
    }
    // types for nodes take neither (EKS user guide, "Create access entries")
    let update = entry_type.is_standard().then(|| {
        let mut update = of_entry.clone();
        update["kubernetesGroups"] = json!(groups);
        // left out it stays what it is, so that the default has to be said
        update["username"] = json!(entry.effective_username());
        update
    });
    let update = update.map_or_else(|| "''".to_owned(), |update| document(&update));
    let tags = if tags.is_empty() { "''".to_owned() } else { document(&json!(tags)) };
    let arn = word(principal.as_str());
    let mut text = format!("entry {arn} {entry_type} {} {update} {tags}\n", document(&create));
    let associations = policies.iter().map(|(policy, scope)| associate(cluster, principal, policy, scope));
    text.extend(associations);
    if entry_type.takes_policies() {
        let kept: Vec<String> = policies.keys().map(|policy| word(&policy.to_string())).collect();
        text += [&["no_other_policies".to_owned(), arn][..], &kept].concat().join(" ").as_str();
        text.push('\n');
    }
    text
}

fn associate(
    cluster: &ClusterId,
    principal: &PrincipalArn,
    policy: &PolicyArn,
    scope: &AccessScope,
) -> String {
    let (kind, namespaces) = scope::parts(scope);
    let mut association = json!({
        "clusterName": cluster.name,
        "principalArn": principal.as_str(),
        "policyArn": policy.to_string(),
        "accessScope": {"type": kind},
    });
    if let Some(names) = namespaces {
        association["accessScope"]["namespaces"] = json!(names);
    }
    let (principal, policy) = (word(principal.as_str()), word(&policy.to_string()));
    format!("policy {principal} {policy} {}\n", document(&association))
}

/// JSON in which nothing is hidden, as one word.
fn document(value: &serde_json::Value) -> String {
    let text = json::pretty(value).unwrap_or_default();
    word(text.trim_end())
}

/// One word of a POSIX shell, whatever is in it: between single quotes nothing is special but their end.
fn word(text: &str) -> String {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"/:._@+=-,".contains(&b);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
