use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};

use super::{EVERY, GIVES_UP_AFTER, LEASE, Lost, Operator, plain, stamp};
use crate::kube::{KubeError, KubeErrorKind, Lease, LeaseApi};
use crate::world::Clock;

/// After a renewal that failed.
const AGAIN: Duration = Duration::from_secs(2);
/// One call of a renewal; a server that does not answer must not use up all the time there is.
const CALL: Duration = Duration::from_secs(5);

enum NotRenewed {
    Trouble(KubeError),
    Lost(Lost),
}

impl Operator {
    /// Drives a run to its end and renews the Lease meanwhile, on one task.
    ///
    /// When the Lease is lost the run goes on all the same: it asks [`Self::lost`] before each call, and stops itself.
    pub async fn keep<F: Future>(&self, leases: &impl LeaseApi, clock: &impl Clock, run: F) -> F::Output {
        // whoever was asked for a confirmation may have taken their time
        self.confirm(leases, clock).await;
        let renewals = pin!(self.renew_until_lost(leases, clock));
        // renewals first: they are short, and the run may be at it for long
        match select(renewals, pin!(run)).await {
            Either::Left(((), run)) => run.await,
            Either::Right((output, _)) => output,
        }
    }

    /// Why this process may be the only operator no more. Once it says so it stays so.
    ///
    /// Whoever has only slept too long is not told yet: as long as nobody else has taken the Lease it can still be renewed,
    /// and [`Self::confirm`] finds out.
    pub fn lost(&self, clock: &impl Clock) -> Option<Lost> {
        let mut state = self.state.borrow_mut();
        let is_late = clock.elapsed_at_most().saturating_sub(state.renewed) >= GIVES_UP_AFTER;
        if state.lost.is_none() && is_late && state.trouble.is_some() {
            state.lost = Some(Lost::NotRenewed { why: state.trouble.clone() });
        }
        state.lost.clone()
    }

    /// To be asked right before every write: looks at the Lease again, by renewing it, where the last renewal is older than
    /// a third of what it lasts. At most the calls that are on the wire already follow after somebody else took it.
    pub async fn confirm(&self, leases: &impl LeaseApi, clock: &impl Clock) -> Option<Lost> {
        if self.is_old(clock) {
            self.renew(leases, clock).await;
        }
        self.lost(clock)
    }

    /// Not renewed for too long, and not just tried in vain.
    fn is_old(&self, clock: &impl Clock) -> bool {
        let (now, state) = (clock.elapsed_at_most(), self.state.borrow());
        let since = |then| now.saturating_sub(then);
        state.lost.is_none()
            && since(state.renewed) >= EVERY
            && (state.trouble.is_none() || since(state.tried) >= AGAIN)
    }

    async fn renew_until_lost(&self, leases: &impl LeaseApi, clock: &impl Clock) {
        loop {
            let wait = if self.state.borrow().trouble.is_some() { AGAIN } else { EVERY };
            clock.sleep(wait).await;
            // also when the time is up: as long as nobody else has it, it can still be renewed, though the run has
            // perhaps seen that it was late, and stops
            if self.is_old(clock) {
                self.renew(leases, clock).await;
            }
            if matches!(self.state.borrow().lost, Some(Lost::Taken { .. } | Lost::Emptied)) {
                return;
            }
        }
    }

    /// Renews it once, or notes why not. Whoever waited for another renewal needs none of their own.
    async fn renew(&self, leases: &impl LeaseApi, clock: &impl Clock) {
        let _alone = self.renewing.permit().await;
        if !self.is_old(clock) {
            return;
        }
        let began = clock.elapsed_at_most();
        self.state.borrow_mut().tried = began;
        match self.write(leases, clock).await {
            Ok(lease) => {
                let mut state = self.state.borrow_mut();
                state.lease = lease;
                state.renewed = began;
                state.trouble = None;
            }
            Err(NotRenewed::Trouble(error)) => self.state.borrow_mut().trouble = Some(error),
            Err(NotRenewed::Lost(lost)) => self.state.borrow_mut().lost = Some(lost),
        }
    }

    async fn write(&self, leases: &impl LeaseApi, clock: &impl Clock) -> Result<Lease, NotRenewed> {
        let next = self.next(clock);
        match within(clock, leases.replace_lease(LEASE, &next)).await {
            Err(error) if matches!(error.kind, KubeErrorKind::Conflict | KubeErrorKind::NotFound) => {}
            done => return done.map_err(NotRenewed::Trouble),
        }
        // by a write of ours whose answer was lost, by somebody's label, or by another holder
        let found = within(clock, leases.get_lease(LEASE)).await.map_err(NotRenewed::Trouble)?;
        let Some(found) = found else {
            // deleted, and nobody has made another: some servers make it anew by the write above, and so do we
            let new = Lease { resource_version: String::new(), ..next };
            return within(clock, leases.create_lease(LEASE, &new)).await.map_err(NotRenewed::Trouble);
        };
        self.state.borrow_mut().lease = self.ours(found).map_err(NotRenewed::Lost)?;
        let next = self.next(clock);
        within(clock, leases.replace_lease(LEASE, &next)).await.map_err(NotRenewed::Trouble)
    }

    /// The Lease as it was found, if it still is ours.
    pub(super) fn ours(&self, found: Lease) -> Result<Lease, Lost> {
        match &found.holder {
            Some(holder) if *holder == self.holder => Ok(found),
            Some(holder) => Err(Lost::Taken { by: plain(holder) }),
            None => Err(Lost::Emptied),
        }
    }

    fn next(&self, clock: &impl Clock) -> Lease {
        let lease = self.state.borrow().lease.clone();
        Lease { renewed: stamp(clock, &lease.renewed), ..lease }
    }
}

async fn within<T>(
    clock: &impl Clock,
    call: impl Future<Output = Result<T, KubeError>>,
) -> Result<T, KubeError> {
    match select(pin!(call), pin!(clock.sleep(CALL))).await {
        Either::Left((answer, _)) => answer,
        Either::Right(((), _)) => Err(KubeError {
            operation: "ReplaceLease",
            kind: KubeErrorKind::Transport,
            message: format!("no answer within {} seconds", CALL.as_secs()),
        }),
    }
}
