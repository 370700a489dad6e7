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
pub(super) async fn send<W: World>(
    world: &W,
    call: &Call,
    token: &str,
    tag: Option<&Tag>,
) -> Result<Sent, ApiError> {
    let (eks, kube) = (world.eks(), world.kube());
    match call {
        Call::UpdateMode { from: _, to } => {
            return match eks.update_authentication_mode(*to, token).await {
                Ok(update) => Ok(Sent::Updating(update.id)),
                Err(error) if error.kind == AwsErrorKind::InUse => {
                    Err(named(world.clock(), eks, error).await.into())
                }
                Err(error) => Err(error.into()),
            };
        }
        Call::CreateEntry { entry } => {
            return Ok(Sent::Entry(eks.create_access_entry(&new_entry(entry, token, tag)).await?));
        }
        Call::UpdateEntry { principal, before: _, after } => {
            let entry =
                AccessEntry { username: after.username.clone(), ..AccessEntry::standard(principal.clone()) };
            // UpdateAccessEntry has no "default": it is written out
            let username = entry.effective_username().and_then(|text| Username::new(text).ok());
            let Some(username) = username else { return Ok(Sent::Outdated) };
            eks.update_access_entry(principal, &username, &after.groups).await?;
        }
        Call::DeleteEntry { entry } => eks.delete_access_entry(&entry.principal).await?,
        Call::Associate { principal, policy, before: _, after } => {
            eks.associate_access_policy(principal, policy, after).await?;
        }
        Call::Disassociate { principal, policy, before: _ } => {
            eks.disassociate_access_policy(principal, policy).await?;
        }
        Call::CreateBinding { binding } => kube.create_binding(binding).await?,
        Call::DeleteBinding { binding } => kube.delete_binding(binding).await?,
        Call::CreateAwsAuth { after, parts } => {
            kube.create_aws_auth(after, parts).await?;
        }
        Call::ReplaceAwsAuth { before, after } => {
            let Some(version) = version_of(world, before, None).await? else { return Ok(Sent::Outdated) };
            kube.replace_aws_auth(after, &version).await?;
        }
        Call::DeleteAwsAuth { before, parts } => {
            let version = version_of(world, before, Some(parts)).await?;
            let Some(version) = version else { return Ok(Sent::Outdated) };
            kube.delete_aws_auth(&version).await?;
        }
    }
    Ok(Sent::Done)
}

fn new_entry(entry: &AccessEntry, token: &str, tag: Option<&Tag>) -> NewEntry {
    let AccessEntry { principal, entry_type, username, groups, policies: _, mut tags } = entry.clone();
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
    NewEntry { principal, entry_type, username, groups, tags, client_token }
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
