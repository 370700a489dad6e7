//! A live cluster: the clients that speak to it, and what carries their calls.

mod connect;
mod error;
mod login;
mod ports;
mod same_server;
mod waiting;

use std::cell::RefCell;
use std::path::Path;
use std::time::{Duration, Instant};

use eksodus::eks::aws::Aws;
use eksodus::executor::journal::{Runs, RunsLock};
use eksodus::executor::observe_with;
use eksodus::executor::operator::Operator;
use eksodus::kube::KubeApi as _;
use eksodus::kube::client::KubeClient;
use eksodus::model::{ClusterId, ConfigMap};
use eksodus::planner::Plan;
use eksodus::reader::Manifest;
use eksodus::snapshot::Snapshot;
use tokio::runtime::Runtime;

use super::cluster::Cluster;
use super::console::Console;
use super::error::CliError;
use super::observing::{self, Looking};

pub use error::LiveError;
use waiting::Waiting;

/// An EKS cluster of an AWS account, as a [`eksodus::eks::World`].
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
    started: Instant,
    waiting: Waiting,
    /// Other operators are kept away while it is held.
    is_locked: bool,
    operator: RefCell<Option<Operator>>,
    folder: RefCell<Option<RunsLock>>,
}

impl Live {
    /// Its `aws-auth`, and nothing else of it; an empty one where there is none.
    pub fn aws_auth(&self) -> Result<Manifest, CliError> {
        Ok(Manifest::from_config_map(self.config_map()?.unwrap_or_default()))
    }

    fn config_map(&self) -> Result<Option<ConfigMap>, CliError> {
        self.wait(self.kube.get_aws_auth()).map_err(|error| CliError::Observe(error.into()))
    }

    /// Lets other operators in again. One that cannot be told finds out by itself, in half a minute.
    fn give_back(&self) -> Option<String> {
        self.folder.take();
        let operator = self.operator.take()?;
        self.waiting.renew();
        self.wait(operator.give_back(self, self)).err().map(|error| error.to_string())
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
        self.folder.replace(self.runs.hold(&self.id.name)?);
        if !self.is_locked {
            return Ok(self);
        }
        let mut was_held = false;
        let watching = |held: &_| {
            was_held = true;
            console.note(&format!("{held}; looking whether it is still renewed"));
        };
        // bounded by itself: whoever holds the Lease may take a while to run out of time
        let take = Operator::take(&self, &self, &self.identity, watching);
        let operator = self.runtime.block_on(self.waiting.told(take));
        self.operator.replace(Some(operator.map_err(LiveError::NotTaken)?));
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
        observing::tell_unread(console, &observed.unread);
        Ok(observed.snapshot)
    }

    fn aws_auth_text(&self) -> Result<Option<String>, CliError> {
        Ok(self.config_map()?.map(|found| Manifest::from_config_map(to_apply(found)).source.text))
    }

    fn live_name(&self) -> Option<&str> {
        Some(&self.id.name)
    }

    fn runs(&self) -> Runs {
        self.runs.clone()
    }

    fn keep<F: Future>(&self, run: F) -> F::Output {
        let operator = self.operator.borrow();
        // a run ends between two calls, and its own patience bounds each of them
        let output = match operator.as_ref() {
            Some(operator) => self.runtime.block_on(self.waiting.told(operator.keep(self, self, run))),
            None => self.runtime.block_on(self.waiting.told(run)),
        };
        self.waiting.renew();
        output
    }

    fn lost(&self) -> Option<String> {
        let operator = self.operator.borrow();
        operator.as_ref().and_then(|operator| operator.lost(self)).map(|lost| lost.to_string())
    }

    fn end(&self, console: &mut Console) {
        if let Some(error) = self.give_back() {
            console.warn(&format!("the lease could not be given back: {error}"));
        }
    }

    fn is_of(&self, plan: &Plan) -> Result<(), CliError> {
        let planned = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        if *planned == self.id {
            return Ok(());
        }
        Err(CliError::OtherCluster { planned: planned.to_string(), found: self.id.to_string() })
    }
}
