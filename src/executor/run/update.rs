//! Updates of the cluster: a change of its mode is answered with an id, takes minutes, and may fail in the end.

use super::engine::Engine;
use crate::calls::Resource;
use crate::eks::{EksApi as _, UpdateStatus};
use crate::executor::Failure;
use crate::executor::ending::Stop;
use crate::observe::reading;
use crate::world::World;

/// How an update of the cluster ended.
pub(super) enum UpdateEnd {
    Successful,
    Unsuccessful {
        status: &'static str,
        errors: Vec<String>,
    },
    /// Not for as long as the run had patience.
    StillRunning,
}

impl<W: World> Engine<'_, W> {
    /// Asks for an update of the cluster until it has ended.
    pub async fn end_of_update(&self, id: &str) -> Result<UpdateEnd, Stop> {
        let look = async || {
            let update = match reading(self.world.clock(), async || {
                self.world.eks().describe_update(id).await
            })
            .await
            {
                Ok(update) => update,
                // a new update may not be seen at once
                Err(error) if error.is_not_found() => return Ok(Err(())),
                Err(error) => return Err(Failure::Observe(error).into()),
            };
            let unsuccessful = |status, errors| Ok(Ok(UpdateEnd::Unsuccessful { status, errors }));
            match update.status {
                UpdateStatus::Successful => Ok(Ok(UpdateEnd::Successful)),
                UpdateStatus::Failed => unsuccessful("failed", update.errors),
                UpdateStatus::Cancelled => unsuccessful("was cancelled", update.errors),
                UpdateStatus::InProgress => Ok(Err(())),
            }
        };
        let patience = self.options.patience.update;
        let ended = self.until_told(&Resource::Mode, Some(id), patience, id, look).await?;
        Ok(ended.unwrap_or(UpdateEnd::StillRunning))
    }

    /// An update that an earlier run began may still be under way, without its id being known.
    pub async fn no_update_is_running(&self) -> Result<(), Stop> {
        let look = async || {
            let cluster =
                reading(self.world.clock(), async || self.world.eks().describe_cluster().await).await;
            let is_updating = cluster.map_err(Failure::Observe)?.status.is_updating();
            Ok(if is_updating { Err(()) } else { Ok(()) })
        };
        let ended = self.until_seen(&Resource::Mode, self.options.patience.update, "update", look).await?;
        // whether the mode has changed is asked next, in any case
        let (Ok(()) | Err(())) = ended;
        Ok(())
    }
}
