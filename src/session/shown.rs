//! A look at a cluster that is not older than what its journals tell.

use std::time::Duration;

use crate::executor::{Told, Unseen};
use crate::snapshot::Snapshot;
use crate::world::Clock;

/// Looks again while the cluster shows less than young journals tell of it; `seen` is the first look, which came right after
/// they were read. `wait` waits for what is not shown, so long after that look.
pub(super) fn until_shown<E>(
    told: &Told,
    clock: &impl Clock,
    seen: Snapshot,
    mut wait: impl FnMut(Vec<Unseen>, Duration),
    mut look: impl FnMut() -> Result<Snapshot, E>,
) -> Result<Snapshot, E> {
    let (began, mut now) = (clock.elapsed(), seen);
    loop {
        let waited = clock.elapsed().saturating_sub(began);
        let unseen = told.unseen(&now, waited);
        if unseen.is_empty() {
            return Ok(now);
        }
        wait(unseen, waited);
        now = look()?;
    }
}
