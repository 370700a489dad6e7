use serde::{Deserialize, Serialize};

use super::document::Document;
use super::home::Claims;
use super::native;
use crate::documents::Misread;
use crate::model::PrincipalArn;
use crate::snapshot::{FargateProfile, Nodegroup};

/// `aws eks describe-nodegroup` of every node group
pub(super) const NODEGROUPS: Document<Vec<Nodegroup>> =
    Document { file: "nodegroups.json", read: read_nodegroups, write: |groups| write_nodegroups(groups) };

/// `aws eks describe-fargate-profile` of every profile
pub(super) const FARGATE_PROFILES: Document<Vec<FargateProfile>> = Document {
    file: "fargate-profiles.json",
    read: read_profiles,
    write: |profiles| write_profiles(profiles),
};

#[derive(Deserialize, Serialize)]
struct NodegroupOutput {
    nodegroup: NativeNodegroup,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct NativeNodegroup {
    nodegroup_name: String,
    #[serde(skip_serializing)]
    nodegroup_arn: Option<String>,
    #[serde(skip_serializing)]
    cluster_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ami_type: Option<String>,
    node_role: PrincipalArn,
}

fn read_nodegroups(text: &str, claims: &mut Claims) -> Result<Vec<Nodegroup>, Misread> {
    let outputs: Vec<NodegroupOutput> = native::many(text)?;
    let groups = outputs.into_iter().map(|NodegroupOutput { nodegroup }| {
        let NativeNodegroup { nodegroup_name: name, nodegroup_arn: arn, cluster_name, ami_type, node_role } =
            nodegroup;
        claims.of(cluster_name.as_deref(), arn.as_deref(), || format!("node group {name}"));
        Nodegroup { name, node_role, ami_type }
    });
    Ok(sorted(groups.collect(), |group| &group.name))
}

fn write_nodegroups(groups: &[Nodegroup]) -> String {
    let outputs: Vec<NodegroupOutput> = sorted(groups.to_vec(), |group| &group.name)
        .into_iter()
        .map(|Nodegroup { name, node_role, ami_type }| NodegroupOutput {
            nodegroup: NativeNodegroup {
                nodegroup_name: name,
                nodegroup_arn: None,
                cluster_name: None,
                ami_type,
                node_role,
            },
        })
        .collect();
    native::write(&outputs)
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileOutput {
    fargate_profile: NativeProfile,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct NativeProfile {
    fargate_profile_name: String,
    #[serde(skip_serializing)]
    fargate_profile_arn: Option<String>,
    #[serde(skip_serializing)]
    cluster_name: Option<String>,
    pod_execution_role_arn: PrincipalArn,
}

fn read_profiles(text: &str, claims: &mut Claims) -> Result<Vec<FargateProfile>, Misread> {
    let outputs: Vec<ProfileOutput> = native::many(text)?;
    let profiles = outputs.into_iter().map(|ProfileOutput { fargate_profile }| {
        let NativeProfile {
            fargate_profile_name: name,
            fargate_profile_arn: arn,
            cluster_name,
            pod_execution_role_arn,
        } = fargate_profile;
        claims.of(cluster_name.as_deref(), arn.as_deref(), || format!("Fargate profile {name}"));
        FargateProfile { name, pod_execution_role: pod_execution_role_arn }
    });
    Ok(sorted(profiles.collect(), |profile| &profile.name))
}

fn write_profiles(profiles: &[FargateProfile]) -> String {
    let outputs: Vec<ProfileOutput> = sorted(profiles.to_vec(), |profile| &profile.name)
        .into_iter()
        .map(|FargateProfile { name, pod_execution_role }| ProfileOutput {
            fargate_profile: NativeProfile {
                fargate_profile_name: name,
                fargate_profile_arn: None,
                cluster_name: None,
                pod_execution_role_arn: pod_execution_role,
            },
        })
        .collect();
    native::write(&outputs)
}

fn sorted<T>(mut items: Vec<T>, name: impl Fn(&T) -> &str) -> Vec<T> {
    items.sort_by(|a, b| name(a).cmp(name(b)));
    items
}
