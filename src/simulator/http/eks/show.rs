//! Values of the simulator in the shapes of the EKS API.

use serde_json::{Value, json};

use crate::eks::{Page, Update};
use crate::model::{AccessScope, ClusterId, PolicyArn};
use crate::simulator::eks::associations::Association;
use crate::simulator::http::{ApiEndpoint, KUBERNETES, Scene};
use crate::simulator::time;
use crate::snapshot::{Cluster, FargateProfile, Nodegroup, ObservedEntry};

/// Seconds since 1970 with milliseconds, as EKS sends times; `null` for what is no time.
fn seconds(text: &str) -> Value {
    time::parse(text).map_or(Value::Null, |time| json!(time.as_millisecond() as f64 / 1000.0))
}

pub fn cluster(cluster: &Cluster, scene: &Scene) -> Value {
    let Cluster {
        id,
        version,
        platform_version,
        status,
        mode,
        endpoint: _,
        creator_admin,
        auto_mode_node_role,
        outpost,
    } = cluster;
    // this port speaks plain HTTP, so nobody has to be trusted
    let own = || ApiEndpoint { url: format!("{}{KUBERNETES}", scene.origin), ca: String::new() };
    let ApiEndpoint { url, ca } = scene.kubernetes.clone().unwrap_or_else(own);
    let mut shown = json!({
        "name": id.name,
        "arn": id.to_string(),
        "version": version,
        "platformVersion": platform_version,
        "status": status.0,
        "endpoint": url,
        "certificateAuthority": {"data": ca},
        "accessConfig": {"authenticationMode": mode.as_str()},
        "tags": {},
    });
    if let Some(is_admin) = creator_admin {
        shown["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] = json!(is_admin);
    }
    if let Some(role) = auto_mode_node_role {
        shown["computeConfig"] = json!({"enabled": true, "nodeRoleArn": role.to_string()});
    }
    if *outpost {
        shown["outpostConfig"] = json!({"outpostArns": [], "controlPlaneInstanceType": "m5.large"});
    }
    json!({ "cluster": shown })
}

pub fn update(Update { id, kind, status, created, params, errors }: &Update) -> Value {
    let errors = errors.iter().map(|error| {
        let (code, message) = error.split_once(": ").unwrap_or(("Unknown", error));
        json!({"errorCode": code, "errorMessage": message, "resourceIds": []})
    });
    let params = params.iter().map(|(name, value)| json!({"type": name, "value": value}));
    json!({"update": {
        "id": id,
        "status": status.as_str(),
        "type": kind,
        "params": params.collect::<Vec<Value>>(),
        "createdAt": seconds(created),
        "errors": errors.collect::<Vec<Value>>(),
    }})
}

pub fn entry(entry: &ObservedEntry, cluster: &str) -> Value {
    let ObservedEntry { principal, entry_type, username, groups, policies: _, tags, arn, created, modified } =
        entry;
    json!({"accessEntry": {
        "clusterName": cluster,
        "principalArn": principal,
        "kubernetesGroups": groups,
        "accessEntryArn": arn,
        "createdAt": seconds(created),
        "modifiedAt": seconds(modified),
        "tags": tags,
        "username": username,
        "type": entry_type.as_str(),
    }})
}

fn association(Association { policy, scope, times }: &Association) -> Value {
    let scope = match scope {
        AccessScope::Cluster => json!({"type": "cluster", "namespaces": []}),
        AccessScope::Namespaces(names) => json!({"type": "namespace", "namespaces": names}),
    };
    json!({
        "policyArn": policy.to_string(),
        "accessScope": scope,
        "associatedAt": seconds(&times.created),
        "modifiedAt": seconds(&times.modified),
    })
}

pub fn associated(of: &Association, cluster: &str, principal: &str) -> Value {
    json!({"clusterName": cluster, "principalArn": principal, "associatedAccessPolicy": association(of)})
}

pub fn associations(page: &Page<Association>, cluster: &str, principal: &str) -> Value {
    let items: Vec<Value> = page.items.iter().map(association).collect();
    let mut shown = list("associatedAccessPolicies", items, page.next.as_deref());
    shown["clusterName"] = json!(cluster);
    shown["principalArn"] = json!(principal);
    shown
}

pub fn policies(page: &Page<PolicyArn>) -> Value {
    let items = page.items.iter().map(|policy| json!({"name": policy.name(), "arn": policy.to_string()}));
    list("accessPolicies", items.collect(), page.next.as_deref())
}

pub fn names(list_name: &str, page: &Page<String>) -> Value {
    list(list_name, page.items.iter().map(|name| json!(name)).collect(), page.next.as_deref())
}

fn list(name: &str, items: Vec<Value>, next: Option<&str>) -> Value {
    let mut shown = json!({ name: items });
    if let Some(next) = next {
        shown["nextToken"] = json!(next);
    }
    shown
}

pub fn nodegroup(Nodegroup { name, node_role, ami_type }: &Nodegroup, cluster: &ClusterId) -> Value {
    let mut shown = json!({
        "nodegroupName": name,
        "clusterName": cluster.name,
        "nodeRole": node_role.to_string(),
        "status": "ACTIVE",
    });
    if let Some(ami_type) = ami_type {
        shown["amiType"] = json!(ami_type);
    }
    json!({ "nodegroup": shown })
}

pub fn fargate_profile(profile: &FargateProfile, cluster: &ClusterId) -> Value {
    let FargateProfile { name, pod_execution_role } = profile;
    json!({"fargateProfile": {
        "fargateProfileName": name,
        "clusterName": cluster.name,
        "podExecutionRoleArn": pod_execution_role.to_string(),
        "status": "ACTIVE",
    }})
}
