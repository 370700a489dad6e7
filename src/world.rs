//! Everything a migration talks to, each part behind its own port, and the clock apart.

use std::time::Duration;

use crate::eks::{EksApi, IamApi, RightsApi, StsApi};
use crate::kube::{Discovery, KubeAccess, KubeApi, LeaseApi};

/// Waiting and telling the time, so that tests and the simulator need no real time.
#[expect(async_fn_in_trait, reason = "futures run on the caller's task; nothing needs them to be Send")]
pub trait Clock {
    async fn sleep(&self, duration: Duration);
    /// Since some fixed moment of this process; it never goes back, whatever happens to the wall clock.
    fn elapsed(&self) -> Duration;
    /// How long one read may take, with all its tries, where nobody answers; `None` for as many as are usual.
    fn of_a_read(&self) -> Option<Duration> {
        None
    }

    /// The same, or more where another clock says that more has passed, for the machine may have slept: by this is measured
    /// what must not be held for too long. Whoever waits for others' time to run out goes by the other one.
    fn elapsed_at_most(&self) -> Duration {
        self.elapsed()
    }
    /// The wall clock: to be shown to people, never to be reckoned with.
    fn now(&self) -> jiff::Timestamp;
}

/// Everything a migration talks to. Whoever needs one part of it takes that part, and no world.
pub trait World {
    type Eks: EksApi;
    type Iam: IamApi + RightsApi;
    type Sts: StsApi;
    type Kube: KubeApi + KubeAccess + LeaseApi + Discovery;
    type Clock: Clock;

    fn eks(&self) -> &Self::Eks;
    fn iam(&self) -> &Self::Iam;
    fn sts(&self) -> &Self::Sts;
    fn kube(&self) -> &Self::Kube;
    fn clock(&self) -> &Self::Clock;
}
