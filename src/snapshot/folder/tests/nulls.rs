//! Null is absent, wherever a list, a map or a string may be absent.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::snapshot::folder::tests::*;

/// Every document with every key that is read, and some that are not.
fn documents() -> Vec<(&'static str, Value)> {
    let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
    let rbac = "rbac.authorization.k8s.io/v1";
    vec![
        (
            "cluster.json",
            json!({"cluster": {
                "name": "w", "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/w", "version": "1.31",
                "platformVersion": "eks.20", "status": "ACTIVE", "endpoint": "https://x", "tags": {"a": "b"},
                "accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"},
                "computeConfig": {"enabled": true, "nodeRoleArn": role("auto"), "nodePools": ["x"]},
                "outpostConfig": {"outpostArns": ["o"]},
            }}),
        ),
        (
            "updates.json",
            json!([{"update": {
                "id": "u", "status": "Failed", "type": "AccessConfigUpdate", "createdAt": 1715000000,
                "params": [{"type": "AuthenticationMode", "value": "API"}],
                "errors": [{"errorCode": "c", "errorMessage": "m", "resourceIds": ["r"]}],
            }}]),
        ),
        (
            "aws-auth.yaml",
            json!({
                "apiVersion": "v1", "kind": "ConfigMap", "data": {"mapRoles": "[]"}, "binaryData": {"k": "eA=="},
                "immutable": true,
                "metadata": {
                    "name": "aws-auth", "namespace": "kube-system", "resourceVersion": "7", "uid": "u",
                    "labels": {"a": "b"}, "annotations": {"a": "b"},
                },
            }),
        ),
        (
            "access-entries.json",
            json!([
                {
                    "accessEntry": {
                        "clusterName": "w", "principalArn": role("a"), "kubernetesGroups": ["g"],
                        "accessEntryArn": "arn:aws:eks:eu-west-1:111122223333:access-entry/w/role/1/a/1",
                        "createdAt": "2024-05-06T12:53:20Z", "modifiedAt": 1715000000.5, "tags": {"a": "b"},
                        "username": "u", "type": "STANDARD",
                    },
                    "associatedAccessPolicies": [{
                        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
                        "accessScope": {"type": "cluster", "namespaces": []}, "associatedAt": 1, "modifiedAt": 1,
                    }],
                },
                {"accessEntry": {"principalArn": role("n"), "type": "EC2_LINUX"}, "associatedAccessPolicies": []},
            ]),
        ),
        (
            "access-policies.json",
            json!({"accessPolicies": [{
                "name": "AmazonEKSViewPolicy",
                "arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            }], "nextToken": "t"}),
        ),
        (
            "nodegroups.json",
            json!([{"nodegroup": {
                "nodegroupName": "g", "nodeRole": role("n"), "amiType": "CUSTOM", "clusterName": "w",
                "nodegroupArn": "arn:aws:eks:eu-west-1:111122223333:nodegroup/w/g/1", "labels": {},
            }}]),
        ),
        (
            "fargate-profiles.json",
            json!([{"fargateProfile": {
                "fargateProfileName": "f", "podExecutionRoleArn": role("p"), "clusterName": "w", "selectors": [],
                "fargateProfileArn": "arn:aws:eks:eu-west-1:111122223333:fargateprofile/w/f/1",
            }}]),
        ),
        (
            "iam-roles.json",
            json!({"Roles": [{
                "Path": "/", "RoleName": "a", "RoleId": "AROAA", "Arn": role("a"),
                "CreateDate": "2023-01-01T00:00:00Z", "Description": "d", "RoleLastUsed": {}, "Tags": [],
            }], "IsTruncated": false, "Marker": "m", "NextToken": "t"}),
        ),
        (
            "iam-users.json",
            json!({"Users": [{
                "UserId": "AIDAU", "Arn": "arn:aws:iam::111122223333:user/u", "CreateDate": 1715000000,
            }], "IsTruncated": true}),
        ),
        (
            "rbac.yaml",
            json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": [
                {
                    "apiVersion": rbac, "kind": "ClusterRole", "metadata": {"name": "r", "labels": {}},
                    "rules": [{
                        "apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["x"],
                        "nonResourceURLs": ["/x"],
                    }],
                    "aggregationRule": {},
                },
                {
                    "apiVersion": rbac, "kind": "RoleBinding", "metadata": {"name": "b", "namespace": "n"},
                    "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": "r"},
                    "subjects": [{"apiGroup": rbac, "kind": "User", "name": "u", "namespace": "n"}],
                },
            ]}),
        ),
        (
            "namespaces.yaml",
            json!({"kind": "NamespaceList", "apiVersion": "v1", "metadata": {}, "items": [
                {"metadata": {"name": "n", "labels": {}}, "spec": {}, "status": {}},
            ]}),
        ),
        (
            "identity-providers.json",
            json!({"identityProviderConfigs": [{"type": "oidc", "name": "p"}], "nextToken": "t"}),
        ),
        (
            "api-resources.json",
            json!([
                {"kind": "APIGroupList", "apiVersion": "v1", "groups": [
                    {"name": "apps", "versions": [{"groupVersion": "apps/v1", "version": "v1"}]},
                ]},
                {"kind": "APIResourceList", "groupVersion": "apps/v1", "resources": [
                    {"name": "deployments/scale", "namespaced": true, "group": "autoscaling", "version": "v1",
                     "kind": "Scale", "verbs": ["get"]},
                ]},
                {"kind": "List", "items": [{"kind": "APIResourceList", "groupVersion": null, "resources": [
                    {"name": "leases", "namespaced": true, "group": "coordination.k8s.io", "version": "v1",
                     "verbs": ["get"]},
                ]}]},
            ]),
        ),
        (
            "caller.json",
            json!({"UserId": "u", "Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/u"}),
        ),
    ]
}

/// Where a key is, from the root; list items by their number.
type Path = Vec<String>;

/// In the maps of strings of a ConfigMap null is an empty string, as to the API server.
fn keys(value: &Value, here: &Path, found: &mut Vec<Path>) {
    let below = |key: &str| here.iter().cloned().chain([key.to_owned()]).collect::<Path>();
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let of_strings = ["data", "binaryData", "labels", "annotations"];
                if !here.last().is_some_and(|parent| of_strings.contains(&parent.as_str())) {
                    found.push(below(key));
                }
                keys(value, &below(key), found);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                keys(item, &below(&at.to_string()), found);
            }
        }
        _ => {}
    }
}

fn object<'v>(value: &'v mut Value, path: &[String]) -> Option<&'v mut Map<String, Value>> {
    let mut value = value;
    for key in path {
        value = match value {
            Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?)?,
            Value::Object(fields) => fields.get_mut(key)?,
            _ => return None,
        };
    }
    value.as_object_mut()
}

/// Without these keys, or with null in their place.
fn edited(value: &Value, paths: &[Path], null: bool) -> String {
    let mut value = value.clone();
    for path in paths {
        let (key, parents) = path.split_last().unwrap();
        let Some(fields) = object(&mut value, parents) else { continue };
        if null {
            fields.insert(key.clone(), Value::Null);
        } else {
            fields.remove(key);
        }
    }
    value.to_string()
}

fn loaded(file: &str, text: &str) -> Option<Snapshot> {
    let directory = folder(&[(file, text)]);
    let mut snapshot = Snapshot::load(directory.path()).ok()?;
    if let Some(manifest) = &mut snapshot.aws_auth {
        // the text, and its places, are others by intent
        *manifest = crate::reader::Manifest::from_config_map(manifest.config_map.clone());
    }
    Some(snapshot)
}

/// What a key may be absent from may also have null in its place.
fn null_is_absent(file: &str, document: &Value, paths: &[Path]) -> Result<bool, String> {
    let absent = loaded(file, &edited(document, paths, false));
    let Some(absent) = absent else { return Ok(false) };
    let text = edited(document, paths, true);
    match loaded(file, &text) {
        Some(found) if found == absent => Ok(true),
        found => Err(format!("{file} with {text} is {found:?}, not {absent:?}")),
    }
}

#[test]
fn null_for_any_one_key_is_as_if_it_were_absent() {
    let mut may_be_absent = 0;
    for (file, document) in documents() {
        assert!(loaded(file, &document.to_string()).is_some(), "{file}");
        let mut found = Vec::new();
        keys(&document, &Vec::new(), &mut found);
        for path in found {
            may_be_absent += usize::from(null_is_absent(file, &document, &[path]).unwrap());
        }
    }
    // most of them may
    assert!(may_be_absent > 80, "{may_be_absent}");
}

#[test]
fn a_list_that_has_to_be_there_may_be_null() {
    for (file, text) in [
        ("iam-roles.json", r#"{"Roles": null}"#),
        ("iam-users.json", r#"{"Users": null}"#),
        ("access-policies.json", r#"{"accessPolicies": null}"#),
        ("identity-providers.json", r#"{"identityProviderConfigs": null}"#),
        ("rbac.yaml", "kind: List\nitems: null\n"),
        ("namespaces.yaml", "kind: NamespaceList\nitems:\n"),
    ] {
        let empty = text.replace("null", "[]").replace("items:\n", "items: []\n");
        assert_eq!(loaded(file, text).unwrap(), loaded(file, &empty).unwrap(), "{file}");
        assert_ne!(loaded(file, text).unwrap(), Snapshot::default(), "{file}");
        assert_eq!(loaded(file, "null\n").unwrap(), Snapshot::default(), "{file}");
    }
    for missing in ["iam-roles.json", "access-policies.json", "identity-providers.json"] {
        assert!(loaded(missing, "{}").is_none(), "{missing}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn null_for_several_keys_is_as_if_they_were_absent(
        (file, document, paths) in prop::sample::select(documents()).prop_flat_map(|(file, document)| {
            let mut found = Vec::new();
            keys(&document, &Vec::new(), &mut found);
            let some = 1..found.len().min(8);
            (Just(file), Just(document), prop::sample::subsequence(found, some))
        }),
    ) {
        if let Err(why) = null_is_absent(file, &document, &paths) {
            return Err(TestCaseError::fail(why));
        }
    }
}
