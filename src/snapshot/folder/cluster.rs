use serde::{Deserialize, Serialize};

use super::document::Document;
use super::home::Claims;
use super::native;
use crate::documents::Misread;
use crate::model::{AuthenticationMode, ClusterId, PrincipalArn};
use crate::snapshot::{Cluster, ClusterStatus};

/// `aws eks describe-cluster`
pub(super) const CLUSTER: Document<Cluster> = Document { file: "cluster.json", read, write };

#[derive(Deserialize, Serialize)]
struct Output {
    cluster: Native,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Native {
    name: Option<String>,
    arn: ClusterId,
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    status: String,
    platform_version: String,
    #[serde(default)]
    access_config: Option<AccessConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    compute_config: Option<ComputeConfig>,
    /// That it is there says enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outpost_config: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessConfig {
    authentication_mode: Option<AuthenticationMode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bootstrap_cluster_creator_admin_permissions: Option<bool>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct ComputeConfig {
    enabled: Option<bool>,
    node_role_arn: Option<PrincipalArn>,
}

fn read(text: &str, claims: &mut Claims) -> Result<Cluster, Misread> {
    let Native {
        name,
        arn,
        version,
        endpoint,
        status,
        platform_version,
        access_config,
        compute_config,
        outpost_config,
    } = native::one::<Output>(text)?.cluster;
    if let Some(name) = name.filter(|name| *name != arn.name) {
        return Err(Misread::new(format!("the cluster's name is {name}, but its ARN is {arn}")));
    }
    claims.cluster(&arn);
    let creator_admin =
        access_config.as_ref().and_then(|config| config.bootstrap_cluster_creator_admin_permissions);
    Ok(Cluster {
        outpost: outpost_config.is_some() || Cluster::is_outpost_platform(&platform_version),
        id: arn,
        version,
        platform_version,
        status: ClusterStatus(status),
        mode: access_config
            .and_then(|config| config.authentication_mode)
            .unwrap_or(AuthenticationMode::ConfigMap),
        endpoint,
        creator_admin,
        auto_mode_node_role: compute_config
            .filter(|config| config.enabled != Some(false))
            .and_then(|config| config.node_role_arn),
    })
}

fn write(cluster: &Cluster) -> String {
    let Cluster {
        id,
        version,
        platform_version,
        status,
        mode,
        endpoint,
        creator_admin,
        auto_mode_node_role,
        outpost,
    } = cluster.clone();
    native::write(&Output {
        cluster: Native {
            name: Some(id.name.clone()),
            arn: id,
            version,
            endpoint,
            status: status.0,
            platform_version,
            access_config: Some(AccessConfig {
                authentication_mode: Some(mode),
                bootstrap_cluster_creator_admin_permissions: creator_admin,
            }),
            compute_config: auto_mode_node_role
                .map(|role| ComputeConfig { enabled: Some(true), node_role_arn: Some(role) }),
            outpost_config: outpost.then(serde_json::Map::new),
        },
    })
}
