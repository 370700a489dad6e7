//! A live cluster: the clients that speak to it, and what carries their calls.

mod audit_log;
mod clock;
mod connect;
mod error;
mod login;
mod ports;
mod same_server;
mod test_speed;
mod waiting;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use eksodus::eks::StsApi as _;
use eksodus::eks::aws::Aws;
#[cfg(debug_assertions)]
use eksodus::journal::{KeptRun, Store};
use eksodus::journal::{Runs, RunsLock};
use eksodus::kube::client::KubeClient;
use eksodus::kube::{KubeApi as _, KubeError};
use eksodus::lease::{LeaseLook, Operator};
use eksodus::model::{ClusterId, ConfigMap};
use eksodus::observe::{ObserveOptions, observe_with};
use eksodus::reader::Manifest;
use eksodus::session::{Cluster, News, NotEnded, SessionError, Tell};
use eksodus::snapshot::Snapshot;
use futures_util::future::join;
use tokio::runtime::Runtime;

#[cfg(debug_assertions)]
use super::fault_point;

pub use audit_log::LiveLog;
pub use error::LiveError;
use waiting::Waiting;

use clock::SleepProof;

/// A look at the Lease that is older is made again: somebody was asked meanwhile, who took their time.
const NEW: Duration = Duration::from_secs(2);

/// An EKS cluster of an AWS account, as a [`eksodus::world::World`].
pub struct Live {
    runtime: Runtime,
    pub aws: Aws,
    pub kube: KubeClient,
    pub id: ClusterId,
    /// As it was when it was connected to.
    pub looked_at: ObserveOptions,
    /// What names it on the command line.
    options: String,
    runs: Runs,
    /// Who runs this, for people.
    identity: String,
    /// Where it is run.
    host: String,
    clock: SleepProof,
    waiting: Rc<Waiting>,
    /// Other operators are kept away while it is held.
    is_locked: bool,
    operator: RefCell<Option<Rc<Operator>>>,
    /// What was found of the Lease while rights were asked for, and who is to take it.
    lease_seen: RefCell<Option<(LeaseLook, String)>>,
    /// `aws-auth` as it was found when the Lease was taken, for one use: `Some(None)` where there is none.
    aws_auth_seen: RefCell<Option<Option<ConfigMap>>>,
    /// Who takes the Lease, for the records of the run.
    caller: RefCell<Option<String>>,
    folder: RefCell<Option<RunsLock>>,
}

impl Live {
    fn config_map(&self) -> Result<Option<ConfigMap>, SessionError> {
        if let Some(seen) = self.aws_auth_seen.take() {
            return Ok(seen);
        }
        self.wait(self.kube.get_aws_auth()).map_err(|error| SessionError::Observe(error.into()))
    }

    fn operator(&self) -> Option<Rc<Operator>> {
        self.operator.borrow().clone()
    }

    /// Who holds the Lease, for people: the caller's ARN and this host.
    async fn operator_identity(&self) -> String {
        match self.aws.get_caller_identity().await {
            Ok(caller) => {
                let identity = format!("{} on {}", caller.arn, self.host);
                self.caller.replace(Some(caller.arn));
                identity
            }
            Err(_) => self.identity.clone(),
        }
    }

    async fn lease_and_identity(&self) -> (LeaseLook, String) {
        join(LeaseLook::at(&self.kube, &self.clock), self.operator_identity()).await
    }

    /// Lets other operators in again. One that cannot be told finds out by itself, in half a minute.
    fn give_back(&self) -> Result<(), KubeError> {
        self.folder.take();
        let Some(operator) = self.operator.take() else { return Ok(()) };
        self.waiting.renew();
        self.wait(operator.give_back(&self.kube, &self.clock))
    }
}

/// Without what the API server writes by itself, and would refuse when it is put back.
fn to_apply(mut config_map: ConfigMap) -> ConfigMap {
    for field in ["creationTimestamp", "managedFields", "selfLink", "uid"] {
        config_map.metadata.remove(field);
    }
    config_map.resource_version.clear();
    config_map
}

impl Drop for Live {
    /// Also when a command ends in an error.
    fn drop(&mut self) {
        let _ = self.give_back();
    }
}

impl Cluster for Live {
    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(self.waiting.look(future))
    }

    fn allow(&self, more: Duration) {
        self.waiting.allow(more);
    }

    async fn before_hold(&self) {
        if self.is_locked {
            let seen = self.lease_and_identity().await;
            self.lease_seen.replace(Some(seen));
        }
    }

    fn hold(self, tell: &mut dyn Tell) -> Result<Self, SessionError> {
        self.folder.replace(self.runs.hold(&self.id)?);
        if !self.is_locked {
            return Ok(self);
        }
        let mut was_held = false;
        let watching = |held: &_| {
            was_held = true;
            tell.tell(News::LeaseHeld(held));
        };
        let seen = self.lease_seen.take().filter(|(look, _)| look.age(&self.clock) < NEW);
        let take = async {
            // a run is about to begin, and keeps aws-auth as it is before it changes anything
            let begins = seen.as_ref().is_some_and(|(first, _)| first.is_free());
            let (first, identity) = match seen {
                Some(seen) => seen,
                None => self.lease_and_identity().await,
            };
            let take = Operator::take_from(&self.kube, &self.clock, &identity, first, watching);
            let keep = async { if begins { self.kube.get_aws_auth().await.ok() } else { None } };
            join(take, keep).await
        };
        // bounded by itself: whoever holds the Lease may take a while to run out of time
        let (operator, aws_auth) = self.runtime.block_on(self.waiting.told(take));
        let operator = operator?;
        self.aws_auth_seen.replace(aws_auth.filter(|_| operator.was_free()));
        self.operator.replace(Some(Rc::new(operator)));
        if was_held {
            tell.tell(News::LeaseTakenOver);
        }
        Ok(self)
    }

    fn look(&self, tell: &mut dyn Tell) -> Result<Snapshot, SessionError> {
        let observed =
            self.wait(observe_with(self, self.looked_at, &mut |seen| tell.tell(News::Looking(seen))));
        let unread = observed.as_ref().map(|observed| observed.unread.as_slice()).unwrap_or_default();
        tell.tell(News::Looked { unread });
        Ok(observed.map_err(SessionError::Observe)?.snapshot)
    }

    fn aws_auth_text(&self) -> Result<Option<String>, SessionError> {
        Ok(self.config_map()?.map(|found| Manifest::from_config_map(to_apply(found)).source.text))
    }

    fn id(&self) -> Option<ClusterId> {
        Some(self.id.clone())
    }

    fn caller_arn(&self) -> Option<String> {
        let known = self.caller.borrow().clone();
        known.or_else(|| self.wait(self.aws.get_caller_identity()).ok().map(|caller| caller.arn))
    }

    fn live_name(&self) -> Option<&str> {
        Some(&self.id.name)
    }

    fn runs(&self) -> Runs {
        self.runs.clone()
    }

    fn keep<F: Future>(&self, run: F) -> F::Output {
        // a run ends between two calls, and its own patience bounds each of them
        let output = match self.operator() {
            Some(operator) => {
                self.runtime.block_on(self.waiting.told(operator.keep(&self.kube, &self.clock, run)))
            }
            None => self.runtime.block_on(self.waiting.told(run)),
        };
        self.waiting.renew();
        output
    }

    async fn is_alone(&self) -> bool {
        match self.operator() {
            Some(operator) => operator.confirm(&self.kube, &self.clock).await.is_none(),
            None => true,
        }
    }

    fn lost(&self) -> Option<String> {
        self.operator().and_then(|operator| operator.lost(&self.clock)).map(|lost| lost.to_string())
    }

    #[cfg(debug_assertions)]
    fn store(&self, run: &KeptRun) -> Result<Box<dyn Store>, SessionError> {
        Ok(fault_point::on(run.store()?))
    }

    fn end(&self) -> Result<(), NotEnded> {
        self.give_back().map_err(NotEnded::Lease)
    }
}
