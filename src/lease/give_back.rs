use super::{LEASE, Operator, PATIENCE, may_pass, stamp};
use crate::kube::{KubeError, KubeErrorKind, Lease, LeaseApi};
use crate::world::Clock;

impl Operator {
    /// Leaves the Lease to whoever comes next, who then need not wait. Nothing is done with one that is lost.
    ///
    /// # Errors
    /// When it could not be written; others can take it when it has run out.
    pub async fn give_back(&self, leases: &impl LeaseApi, clock: &impl Clock) -> Result<(), KubeError> {
        let is_lost = self.state.borrow().lost.is_some();
        if is_lost {
            return Ok(());
        }
        let mut failures = 0;
        loop {
            let lease = self.state.borrow().lease.clone();
            let renewed = stamp(clock, &lease.renewed);
            let error = match leases.replace_lease(LEASE, &Lease { holder: None, renewed, ..lease }).await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            match error.kind {
                KubeErrorKind::NotFound => return Ok(()),
                KubeErrorKind::Conflict => {
                    match leases.get_lease(LEASE).await?.map(|found| self.ours(found)) {
                        // a renewal was under way when the run ended
                        Some(Ok(lease)) => self.state.borrow_mut().lease = lease,
                        // perhaps by the write before, whose answer was lost
                        Some(Err(_)) | None => return Ok(()),
                    }
                }
                _ if !may_pass(&error) => return Err(error),
                _ => {}
            }
            failures += 1;
            if failures > PATIENCE.retries {
                return Err(error);
            }
            clock.sleep(PATIENCE.delay(failures - 1, &self.holder)).await;
        }
    }
}
