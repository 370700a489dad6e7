use super::ApiError;
use super::retry::reading;
use crate::eks::{AwsError, Clock, EksApi, IamPage, Page, World};
use crate::reader::Manifest;
use crate::snapshot::{FargateProfile, Listing, Nodegroup, ObservedEntry, Snapshot};

/// Everything, through the ports.
///
/// Whatever the caller may not read stays unknown, but for the cluster, `aws-auth` and the entries.
///
/// # Errors
/// The first read that failed for another reason, after retries.
pub async fn observe(world: &impl World) -> Result<Snapshot, ApiError> {
    let cluster = reading(world, async || world.describe_cluster().await).await?;
    let access_entries = match cluster.mode.has_entries() {
        true => Some(entries(world).await?),
        false => None,
    };
    let aws_auth = reading(world, async || world.get_aws_auth().await).await?;
    let policies = pages(world, async |next| world.list_access_policies(next.as_deref()).await).await;
    let roles = listing(world, async |next| world.list_roles(next.as_deref()).await).await;
    let users = listing(world, async |next| world.list_users(next.as_deref()).await).await;
    Ok(Snapshot {
        cluster: Some(cluster),
        aws_auth: aws_auth.map(Manifest::from_config_map),
        access_entries,
        access_policies: unless_denied(policies)?,
        nodegroups: unless_denied(nodegroups(world).await)?,
        fargate_profiles: unless_denied(fargate_profiles(world).await)?,
        iam_roles: unless_denied(roles)?,
        iam_users: unless_denied(users)?,
        rbac: unless_denied(reading(world, async || world.list_rbac().await).await)?,
        namespaces: unless_denied(reading(world, async || world.list_namespaces().await).await)?,
        caller: unless_denied(reading(world, async || world.get_caller_identity().await).await)?,
    })
}

fn unless_denied<T>(read: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_denied() => Ok(None),
        Err(error) => Err(error),
    }
}

/// All access entries with their policies, sorted by principal.
pub(super) async fn entries(world: &impl World) -> Result<Vec<ObservedEntry>, ApiError> {
    let principals = pages(world, async |next| world.list_access_entries(next.as_deref()).await).await?;
    let mut entries = Vec::with_capacity(principals.len());
    for principal in principals {
        // one may go between the list and the look
        entries.extend(entry(world, &principal).await?);
    }
    entries.sort_by(|a, b| a.principal.cmp(&b.principal));
    Ok(entries)
}

/// One access entry with its policies; `None` when there is none.
pub(super) async fn entry<W: EksApi + Clock>(
    world: &W,
    principal: &str,
) -> Result<Option<ObservedEntry>, ApiError> {
    let mut entry = match reading(world, async || world.describe_access_entry(principal).await).await {
        Ok(entry) => entry,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    if entry.entry_type.takes_policies() {
        let policies = pages(world, async |next| {
            world.list_associated_access_policies(principal, next.as_deref()).await
        });
        match policies.await {
            Ok(policies) => entry.policies = policies.into_iter().collect(),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(entry))
}

async fn nodegroups(world: &impl World) -> Result<Vec<Nodegroup>, ApiError> {
    let names = pages(world, async |next| world.list_nodegroups(next.as_deref()).await).await?;
    let mut nodegroups = Vec::with_capacity(names.len());
    for name in names {
        nodegroups.extend(found(reading(world, async || world.describe_nodegroup(&name).await).await)?);
    }
    Ok(nodegroups)
}

async fn fargate_profiles(world: &impl World) -> Result<Vec<FargateProfile>, ApiError> {
    let names = pages(world, async |next| world.list_fargate_profiles(next.as_deref()).await).await?;
    let mut profiles = Vec::with_capacity(names.len());
    for name in names {
        profiles.extend(found(reading(world, async || world.describe_fargate_profile(&name).await).await)?);
    }
    Ok(profiles)
}

fn found<T>(read: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// All of an IAM list, which is whole when each page says so.
async fn listing<C: Clock, T>(
    clock: &C,
    mut page: impl AsyncFnMut(Option<String>) -> Result<IamPage<T>, AwsError>,
) -> Result<Listing<T>, ApiError> {
    let mut complete = true;
    let items = pages(clock, async |next| {
        let IamPage { page, complete: whole } = page(next).await?;
        complete &= whole;
        Ok(page)
    });
    let items = items.await?;
    Ok(Listing { items, complete })
}

async fn pages<C: Clock, T>(
    clock: &C,
    mut page: impl AsyncFnMut(Option<String>) -> Result<Page<T>, AwsError>,
) -> Result<Vec<T>, ApiError> {
    let mut all = Vec::new();
    let mut next = None;
    loop {
        let Page { items, next: following } = reading(clock, async || page(next.clone()).await).await?;
        all.extend(items);
        match following {
            Some(token) => next = Some(token),
            None => return Ok(all),
        }
    }
}
