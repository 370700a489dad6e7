//! Updates of the cluster: EKS makes one at a time, and several that nobody started (EKS API, UpdateClusterConfig; a
//! certificate authority is rotated by itself), so that the one in the way is named.

use futures_util::stream::{self, StreamExt as _};

use super::ApiError;
use super::observer::READS_AT_ONCE;
use super::retry::reading;
use crate::eks::{AwsError, EksApi, Page, Update};
use crate::world::Clock;

/// Updates that are looked at to find the one in progress. The list has no documented order, and a cluster sees a few a
/// year.
const MOST: usize = 200;

/// The updates of the cluster, ended ones included, by their time; those of a status that is not known are left out.
///
/// # Errors
/// When they cannot be listed, after retries.
pub async fn updates(clock: &impl Clock, eks: &impl EksApi) -> Result<Vec<Update>, ApiError> {
    let (mut ids, mut next) = (Vec::new(), None::<String>);
    loop {
        let page = reading(clock, async || eks.list_updates(next.as_deref()).await).await?;
        let Page { items, next: following } = page;
        // an empty page that leads on may do so for ever
        let is_empty = items.is_empty();
        ids.extend(items);
        match following {
            Some(token) if !is_empty && ids.len() < MOST && next.as_ref() != Some(&token) => {
                next = Some(token)
            }
            _ => break,
        }
    }
    ids.truncate(MOST);
    let described = stream::iter(ids)
        .map(async |id| reading(clock, async || eks.describe_update(&id).await).await)
        .buffered(READS_AT_ONCE);
    let mut updates: Vec<Update> = described.filter_map(async |read| read.ok()).collect().await;
    updates.sort_by(|a, b| (&a.created, &a.id).cmp(&(&b.created, &b.id)));
    Ok(updates)
}

/// The one that is in progress.
///
/// # Errors
/// Those of [`updates`].
pub async fn running_update(clock: &impl Clock, eks: &impl EksApi) -> Result<Option<Update>, ApiError> {
    Ok(updates(clock, eks).await?.into_iter().rfind(Update::is_running))
}

/// The same refusal with the update in its words, as far as it can be found.
pub(crate) async fn named(clock: &impl Clock, eks: &impl EksApi, error: AwsError) -> AwsError {
    let told = match told(&error.message) {
        // AWS says which one it is: one question instead of many
        Some(id) => eks.describe_update(id).await.ok(),
        None => None,
    };
    let running = match told {
        Some(update) => Some(update),
        None => running_update(clock, eks).await.unwrap_or_default(),
    };
    let Some(update) = running.filter(Update::is_running) else { return error };
    AwsError { message: format!("another update is in progress: {update} ({})", error.message), ..error }
}

/// The id in "Cannot AccessConfigUpdate because cluster X currently has update Y in progress" (aws-cdk issue 33452).
fn told(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once(" has update ")?;
    rest.split_once(" in progress").map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn the_update_that_aws_names_is_read_from_its_words() {
        let words = "Cannot AccessConfigUpdate because cluster prod currently has update 1a-2b in progress";
        assert_eq!(told(words), Some("1a-2b"));
        assert_eq!(told("The specified access entry resource is already in use on this cluster."), None);
    }
}
