use aws_sdk_eks::types;

use super::{maybe, required};
use crate::model::{AuthenticationMode, PrincipalArn, UnknownUpdateStatus, Update};
use crate::snapshot::{Cluster, ClusterStatus, FargateProfile, Nodegroup};

pub fn cluster(from: types::Cluster) -> Result<Cluster, String> {
    let id = required(from.arn, "cluster.arn")?.parse().map_err(|error| format!("{error}"))?;
    let creator_admin =
        from.access_config.as_ref().and_then(|it| it.bootstrap_cluster_creator_admin_permissions);
    // accessConfig is absent or empty for a cluster that is older than the choice
    let mode = match from.access_config.and_then(|config| config.authentication_mode) {
        Some(mode) => mode.as_str().parse().map_err(|error| format!("{error}"))?,
        None => AuthenticationMode::ConfigMap,
    };
    let auto_mode = from.compute_config.filter(|config| config.enabled != Some(false));
    let platform_version = required(from.platform_version, "cluster.platformVersion")?;
    Ok(Cluster {
        id,
        version: required(from.version, "cluster.version")?,
        outpost: from.outpost_config.is_some() || Cluster::is_outpost_platform(&platform_version),
        platform_version,
        status: ClusterStatus(required(from.status, "cluster.status")?.as_str().to_owned()),
        mode,
        endpoint: from.endpoint,
        creator_admin,
        auto_mode_node_role: match auto_mode.and_then(|config| config.node_role_arn) {
            Some(role) => Some(principal(&role)?),
            None => None,
        },
    })
}

pub fn nodegroup(from: types::Nodegroup) -> Result<Nodegroup, String> {
    Ok(Nodegroup {
        name: required(from.nodegroup_name, "nodegroup.nodegroupName")?,
        node_role: principal(&required(from.node_role, "nodegroup.nodeRole")?)?,
        ami_type: from.ami_type.map(|ami| ami.as_str().to_owned()),
    })
}

pub fn fargate_profile(from: types::FargateProfile) -> Result<FargateProfile, String> {
    let role = required(from.pod_execution_role_arn, "fargateProfile.podExecutionRoleArn")?;
    Ok(FargateProfile {
        name: required(from.fargate_profile_name, "fargateProfile.fargateProfileName")?,
        pod_execution_role: principal(&role)?,
    })
}

pub fn update(from: types::Update) -> Result<Update, String> {
    let status = required(from.status, "update.status")?;
    let params = from.params.unwrap_or_default().into_iter();
    Ok(Update {
        id: required(from.id, "update.id")?,
        kind: from.r#type.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        status: status.as_str().parse().map_err(|error: UnknownUpdateStatus| error.to_string())?,
        created: maybe(from.created_at),
        params: params
            .filter_map(|param| Some((param.r#type?.as_str().to_owned(), param.value.unwrap_or_default())))
            .collect(),
        errors: from.errors.unwrap_or_default().into_iter().map(update_error).collect(),
    })
}

fn update_error(from: types::ErrorDetail) -> String {
    let code = from.error_code.map(|code| code.as_str().to_owned());
    let about = from.resource_ids.filter(|ids| !ids.is_empty()).map(|ids| format!("({})", ids.join(", ")));
    [code.map(|code| format!("{code}:")), from.error_message, about]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

fn principal(text: &str) -> Result<PrincipalArn, String> {
    text.parse().map_err(|error| format!("{text:?} is not the ARN of a role: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> types::builders::ClusterBuilder {
        types::Cluster::builder()
            .arn("arn:aws-cn:eks:cn-north-1:111122223333:cluster/c")
            .version("1.30")
            .platform_version("eks.5")
            .status(types::ClusterStatus::from("SOMETHING_NEW"))
    }

    #[test]
    fn an_old_cluster_has_no_access_config() {
        let old = cluster(sample().build()).unwrap();
        assert_eq!(old.mode, AuthenticationMode::ConfigMap);
        assert_eq!(old.status, ClusterStatus("SOMETHING_NEW".to_owned()));
        let empty = types::AccessConfigResponse::builder().build();
        assert_eq!(
            cluster(sample().access_config(empty).build()).unwrap().mode,
            AuthenticationMode::ConfigMap
        );
        let api = types::AccessConfigResponse::builder().authentication_mode(types::AuthenticationMode::Api);
        assert_eq!(
            cluster(sample().access_config(api.build()).build()).unwrap().mode,
            AuthenticationMode::Api
        );
    }

    #[test]
    fn auto_mode_counts_where_it_is_on() {
        let role = "arn:aws-cn:iam::111122223333:role/Auto";
        let with = |enabled| {
            let config = types::ComputeConfigResponse::builder().set_enabled(enabled).node_role_arn(role);
            cluster(sample().compute_config(config.build()).build()).unwrap().auto_mode_node_role
        };
        assert_eq!(with(Some(true)).unwrap().as_str(), role);
        assert_eq!(with(Some(false)), None);
    }

    #[test]
    fn what_is_missing_or_new_is_named() {
        let why = cluster(sample().set_version(None).build()).unwrap_err();
        assert_eq!(why, "the answer has no cluster.version");
        let odd = types::AccessConfigResponse::builder().authentication_mode("NEW".into()).build();
        assert!(cluster(sample().access_config(odd).build()).unwrap_err().contains("\"NEW\""));
    }

    #[test]
    fn the_reasons_of_a_failed_update_are_kept() {
        let detail = types::ErrorDetail::builder()
            .error_code(types::ErrorCode::AccessDenied)
            .error_message("no")
            .resource_ids("r-1")
            .build();
        let failed =
            types::Update::builder().id("u").status(types::UpdateStatus::Failed).errors(detail).build();
        assert_eq!(update(failed).unwrap().errors, ["AccessDenied: no (r-1)"]);
        let mode =
            types::UpdateParam::builder().r#type(types::UpdateParamType::AuthenticationMode).value("API");
        let running = types::Update::builder().id("u").status(types::UpdateStatus::InProgress);
        let running = running.r#type(types::UpdateType::AccessConfigUpdate).params(mode.build());
        let running = running.created_at(aws_smithy_types::DateTime::from_secs(1_715_000_000)).build();
        assert_eq!(
            update(running).unwrap().to_string(),
            "u, AccessConfigUpdate, AuthenticationMode API, since 2024-05-06T12:53:20+00:00"
        );
        let new = types::Update::builder().id("u").status("PAUSED".into()).build();
        assert!(update(new).unwrap_err().contains("\"PAUSED\""));
    }
}
