//! A live cluster: the clients that speak to it, and what carries their calls.

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
use eksodus::lease::Operator;
use eksodus::model::{ClusterId, ConfigMap};
use eksodus::observe::observe_with;
use eksodus::reader::Manifest;
use eksodus::session::{Cluster, News, NotEnded, SessionError, Tell};
use eksodus::snapshot::Snapshot;
use tokio::runtime::Runtime;

#[cfg(debug_assertions)]
use super::fault_point;

pub use error::LiveError;
use waiting::Waiting;

use clock::SleepProof;

/// An EKS cluster of an AWS account, as a [`eksodus::world::World`].
pub struct Live {
    runtime: Runtime,
    pub aws: Aws,
    pub kube: KubeClient,
    pub id: ClusterId,
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
    folder: RefCell<Option<RunsLock>>,
}

impl Live {
    fn config_map(&self) -> Result<Option<ConfigMap>, SessionError> {
        self.wait(self.kube.get_aws_auth()).map_err(|error| SessionError::Observe(error.into()))
    }

    fn operator(&self) -> Option<Rc<Operator>> {
        self.operator.borrow().clone()
    }

    /// Who holds the Lease, for people: the caller's ARN and this host.
    fn operator_identity(&self) -> String {
        match self.wait(self.aws.get_caller_identity()) {
            Ok(caller) => format!("{} on {}", caller.arn, self.host),
            Err(_) => self.identity.clone(),
        }
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
        let identity = self.operator_identity();
        // bounded by itself: whoever holds the Lease may take a while to run out of time
        let take = Operator::take(&self.kube, &self.clock, &identity, watching);
        let operator = self.runtime.block_on(self.waiting.told(take));
        self.operator.replace(Some(Rc::new(operator?)));
        if was_held {
            tell.tell(News::LeaseTakenOver);
        }
        Ok(self)
    }

    fn look(&self, tell: &mut dyn Tell) -> Result<Snapshot, SessionError> {
        let observed = self.wait(observe_with(self, &mut |seen| tell.tell(News::Looking(seen))));
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
        self.wait(self.aws.get_caller_identity()).ok().map(|caller| caller.arn)
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
