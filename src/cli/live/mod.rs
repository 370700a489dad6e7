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
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use eksodus::eks::StsApi as _;
use eksodus::eks::aws::Aws;
use eksodus::journal::{Runs, RunsLock};
use eksodus::kube::KubeApi as _;
use eksodus::kube::client::KubeClient;
use eksodus::lease::Operator;
use eksodus::model::{ClusterId, ConfigMap};
use eksodus::observe::observe_with;
use eksodus::reader::Manifest;
use eksodus::snapshot::Snapshot;
use tokio::runtime::Runtime;

use super::cluster::Cluster;
use super::history;
use super::output::looking::{self, Looking};
use super::output::{CliError, Console};

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
    fn config_map(&self) -> Result<Option<ConfigMap>, CliError> {
        self.wait(self.kube.get_aws_auth()).map_err(|error| CliError::Observe(error.into()))
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
    fn give_back(&self) -> Option<String> {
        self.folder.take();
        let operator = self.operator.take()?;
        self.waiting.renew();
        self.wait(operator.give_back(&self.kube, &self.clock)).err().map(|error| error.to_string())
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

    fn folder(&self) -> Option<&Path> {
        None
    }

    fn options(&self) -> String {
        self.options.clone()
    }

    fn hold(self, console: &mut Console) -> Result<Self, CliError> {
        self.folder.replace(self.runs.hold(&self.id)?);
        if !self.is_locked {
            return Ok(self);
        }
        let mut was_held = false;
        let watching = |held: &_| {
            was_held = true;
            console.note(&format!("{held}; looking whether it is still renewed"));
        };
        let identity = self.operator_identity();
        // bounded by itself: whoever holds the Lease may take a while to run out of time
        let take = Operator::take(&self.kube, &self.clock, &identity, watching);
        let operator = self.runtime.block_on(self.waiting.told(take));
        self.operator.replace(Some(Rc::new(operator.map_err(LiveError::NotTaken)?)));
        if was_held {
            console.note("it is not renewed any more: taken over");
        }
        Ok(self)
    }

    fn look(&self, console: &mut Console) -> Result<Snapshot, CliError> {
        let mut looking = Looking::new(console);
        let observed = self.wait(observe_with(self, &mut |seen| looking.tell(seen)));
        drop(looking);
        let observed = observed.map_err(CliError::Observe)?;
        looking::tell_unread(console, &observed.unread);
        Ok(Snapshot { own_switch: history::own_switch_of(self), ..observed.snapshot })
    }

    fn aws_auth_text(&self) -> Result<Option<String>, CliError> {
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

    fn end(&self, console: &mut Console) {
        if let Some(error) = self.give_back() {
            console.warn(&format!("the lease could not be given back: {error}"));
        }
    }
}
