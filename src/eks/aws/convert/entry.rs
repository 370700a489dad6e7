use aws_sdk_eks::types;

use super::{maybe, required};
use crate::model::{AccessScope, EntryType, PolicyArn};
use crate::snapshot::ObservedEntry;

/// Without its policies, which another call tells.
pub fn entry(from: types::AccessEntry) -> Result<ObservedEntry, String> {
    Ok(ObservedEntry {
        principal: required(from.principal_arn, "accessEntry.principalArn")?,
        entry_type: EntryType::from(required(from.r#type, "accessEntry.type")?),
        username: from.username.unwrap_or_default(),
        groups: from.kubernetes_groups.unwrap_or_default().into_iter().collect(),
        policies: Default::default(),
        tags: from.tags.unwrap_or_default().into_iter().collect(),
        arn: from.access_entry_arn.unwrap_or_default(),
        created: maybe(from.created_at),
        modified: maybe(from.modified_at),
    })
}

pub fn association(from: types::AssociatedAccessPolicy) -> Result<(PolicyArn, AccessScope), String> {
    let policy = policy(&required(from.policy_arn, "associatedAccessPolicies.policyArn")?)?;
    let from = required(from.access_scope, "associatedAccessPolicies.accessScope")?;
    let scope = match required(from.r#type, "associatedAccessPolicies.accessScope.type")? {
        types::AccessScopeType::Cluster => AccessScope::Cluster,
        types::AccessScopeType::Namespace => AccessScope::namespaces(from.namespaces.unwrap_or_default())
            .map_err(|error| format!("{policy}: {error}"))?,
        other => return Err(format!("{policy} has the unknown scope {:?}", other.as_str())),
    };
    Ok((policy, scope))
}

pub fn policy(text: &str) -> Result<PolicyArn, String> {
    text.parse().map_err(|error| format!("{error}"))
}

pub fn scope(scope: &AccessScope) -> types::AccessScope {
    let builder = types::AccessScope::builder();
    match scope {
        AccessScope::Cluster => builder.r#type(types::AccessScopeType::Cluster),
        AccessScope::Namespaces(names) => builder
            .r#type(types::AccessScopeType::Namespace)
            .set_namespaces(Some(names.iter().cloned().collect())),
    }
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";

    #[test]
    fn a_type_nobody_knows_yet_is_kept() {
        let from =
            types::AccessEntry::builder().principal_arn("arn:aws:iam::111122223333:root").r#type("QUANTUM");
        let entry = entry(from.build()).unwrap();
        assert_eq!(entry.entry_type, EntryType::Other("QUANTUM".to_owned()));
        assert_eq!((entry.username.as_str(), entry.created.as_str()), ("", ""));
    }

    #[test]
    fn scopes_there_and_back() {
        let names = ["a".to_owned(), "dev-*".to_owned()];
        for value in [AccessScope::Cluster, AccessScope::namespaces(names).unwrap()] {
            let from =
                types::AssociatedAccessPolicy::builder().policy_arn(VIEW).access_scope(scope(&value)).build();
            assert_eq!(association(from), Ok((VIEW.parse().unwrap(), value)));
        }
        let new = types::AccessScope::builder().r#type("galaxy".into()).build();
        let from = types::AssociatedAccessPolicy::builder().policy_arn(VIEW).access_scope(new).build();
        assert!(association(from).unwrap_err().contains("\"galaxy\""));
    }
}
