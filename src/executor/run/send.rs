use crate::calls::{Call, ConfigData};
use crate::eks::{AwsErrorKind, EksApi as _, NewEntry};
use crate::kube::KubeApi as _;
use crate::model::{AccessEntry, ConfigMap, ConfigMapParts, EntryUsername, RUN_TAG, Username};
use crate::observe::{ApiError, named, reading};
use crate::snapshot::ObservedEntry;
use crate::world::World;

/// What one try of a call came to.
pub(super) enum Sent {
    Done,
    /// The entry that was created, without policies, as EKS answered.
    Entry(ObservedEntry),
    /// The cluster is being updated under this id.
    Updating(String),
    /// Not sent: what is there is not what the call replaces.
    Outdated,
}

/// Who created an entry.
pub(super) struct Tag {
    pub run: String,
}

/// One try of a call. An entry that it creates gets the tag, if there is one.
pub(super) async fn send(
    world: &impl World,
    call: &Call,
    token: &str,
    tag: Option<&Tag>,
) -> Result<Sent, ApiError> {
    match call {
        Call::UpdateMode { from: _, to } => {
            return match world.eks().update_authentication_mode(*to, token).await {
                Ok(update) => Ok(Sent::Updating(update.id)),
                Err(error) if error.kind == AwsErrorKind::InUse => {
                    Err(named(world.clock(), world.eks(), error).await.into())
                }
                Err(error) => Err(error.into()),
            };
        }
        Call::CreateEntry { entry } => {
            let AccessEntry { principal, entry_type, username, groups, policies: _, mut tags } =
                entry.clone();
            let username = match username {
                EntryUsername::Default => None,
                EntryUsername::Custom(username) => Some(username),
            };
            // what is written otherwise is another call
            let client_token = match tag {
                Some(Tag { run }) => {
                    tags.insert(RUN_TAG.to_owned(), run.clone());
                    token.to_owned()
                }
                None => blake3::hash(token.as_bytes()).to_hex()[..32].to_owned(),
            };
            let new = NewEntry { principal, entry_type, username, groups, tags, client_token };
            return Ok(Sent::Entry(world.eks().create_access_entry(&new).await?));
        }
        Call::UpdateEntry { principal, before: _, after } => {
            let entry =
                AccessEntry { username: after.username.clone(), ..AccessEntry::standard(principal.clone()) };
            // UpdateAccessEntry has no "default": it is written out
            let username = entry.effective_username().and_then(|text| Username::new(text).ok());
            match username {
                Some(username) => {
                    world.eks().update_access_entry(principal, &username, &after.groups).await?;
                }
                None => return Ok(Sent::Outdated),
            }
        }
        Call::DeleteEntry { entry } => world.eks().delete_access_entry(&entry.principal).await?,
        Call::Associate { principal, policy, before: _, after } => {
            world.eks().associate_access_policy(principal, policy, after).await?;
        }
        Call::Disassociate { principal, policy, before: _ } => {
            world.eks().disassociate_access_policy(principal, policy).await?;
        }
        Call::CreateBinding { binding } => world.kube().create_binding(binding).await?,
        Call::DeleteBinding { binding } => world.kube().delete_binding(binding).await?,
        Call::CreateAwsAuth { after, parts } => {
            world.kube().create_aws_auth(after, parts).await?;
        }
        Call::ReplaceAwsAuth { before, after } => match version_of(world, before, None).await? {
            Some(version) => {
                world.kube().replace_aws_auth(after, &version).await?;
            }
            None => return Ok(Sent::Outdated),
        },
        Call::DeleteAwsAuth { before, parts } => match version_of(world, before, Some(parts)).await? {
            Some(version) => world.kube().delete_aws_auth(&version).await?,
            None => return Ok(Sent::Outdated),
        },
    }
    Ok(Sent::Done)
}

/// The version under which the ConfigMap still has these data, and nothing besides that is not known.
async fn version_of(
    world: &impl World,
    data: &ConfigData,
    parts: Option<&ConfigMapParts>,
) -> Result<Option<String>, ApiError> {
    let config_map = reading(world.clock(), async || world.kube().get_aws_auth().await).await?;
    let is_it = |it: &ConfigMap| it.data == *data && parts.is_none_or(|parts| it.parts() == *parts);
    Ok(config_map.filter(is_it).map(|it| it.resource_version))
}
