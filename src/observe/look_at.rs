use super::ApiError;
use super::observer::Observer;
use super::retry::reading;
use crate::calls::{Resource, ResourceState};
use crate::eks::EksApi as _;
use crate::kube::KubeApi as _;
use crate::snapshot::{ObservedEntry, Snapshot};
use crate::world::World;

/// The present state of one resource.
///
/// # Errors
/// When it could not be read, after retries.
pub async fn look_at(world: &impl World, resource: &Resource) -> Result<ResourceState, ApiError> {
    look_at_as(world, resource, &ResourceState::Entry(None)).await
}

/// The same of what probably is in this state; an entry that is of a type with policies is looked at together with them.
pub(crate) async fn look_at_as(
    world: &impl World,
    resource: &Resource,
    expected: &ResourceState,
) -> Result<ResourceState, ApiError> {
    Ok(match resource {
        Resource::Mode => ResourceState::Mode(
            reading(world.clock(), async || world.eks().describe_cluster().await).await?.mode,
        ),
        Resource::Entry(principal) => {
            let takes_policies =
                matches!(expected, ResourceState::Entry(Some(entry)) if entry.entry_type.takes_policies());
            let entry = Observer::new(world, &mut |_| ()).entry(principal.as_str(), takes_policies).await?;
            ResourceState::observed_entry(entry.as_ref())
        }
        Resource::Binding { namespace, name } => {
            let get = async || world.kube().get_binding(namespace.as_deref(), name).await;
            ResourceState::Binding(reading(world.clock(), get).await?)
        }
        Resource::AwsAuth => {
            let config_map = reading(world.clock(), async || world.kube().get_aws_auth().await).await?;
            ResourceState::AwsAuth(config_map.map(|it| it.data))
        }
    })
}

/// The state of one resource in a snapshot; `None` where the snapshot does not know.
pub(crate) fn state_in(snapshot: &Snapshot, resource: &Resource) -> Option<ResourceState> {
    Some(match resource {
        Resource::Mode => ResourceState::Mode(snapshot.cluster.as_ref()?.mode),
        Resource::Entry(principal) => {
            snapshot.access_entries.as_ref()?;
            ResourceState::observed_entry(entry_in(snapshot, principal.as_str()))
        }
        Resource::Binding { namespace, name } => {
            let mut bindings = snapshot.rbac.as_ref()?.bindings.iter();
            ResourceState::Binding(
                bindings.find(|it| (&it.namespace, &it.name) == (namespace, name)).cloned(),
            )
        }
        Resource::AwsAuth => ResourceState::AwsAuth(
            snapshot.aws_auth.as_ref().map(|manifest| manifest.config_map.data.clone()),
        ),
    })
}

/// An entry among thousands: they are sorted, unless somebody built them otherwise.
pub(crate) fn entry_in<'s>(snapshot: &'s Snapshot, principal: &str) -> Option<&'s ObservedEntry> {
    let entries = snapshot.access_entries.as_deref()?;
    match entries.binary_search_by(|entry| entry.principal.as_str().cmp(principal)) {
        Ok(at) => entries.get(at),
        Err(_) => entries.iter().find(|entry| entry.principal == principal),
    }
}
