//! A live cluster: the clients that speak to it, and what carries their calls.

mod connect;
mod ports;
mod same_server;

use std::path::{Path, PathBuf};
use std::time::Instant;

use eksodus::eks::aws::Aws;
use eksodus::executor::journal::Runs;
use eksodus::executor::observe;
use eksodus::kube::KubeApi as _;
use eksodus::kube::client::KubeClient;
use eksodus::model::ClusterId;
use eksodus::planner::Plan;
use eksodus::reader::Manifest;
use eksodus::snapshot::Snapshot;
use tokio::runtime::Runtime;

use super::cluster::Cluster;
use super::console::Console;
use super::error::CliError;

/// An EKS cluster of an AWS account, as a [`eksodus::eks::World`].
pub struct Live {
    runtime: Runtime,
    aws: Aws,
    kube: KubeClient,
    id: ClusterId,
    /// What names it on the command line.
    options: String,
    started: Instant,
}

impl Live {
    /// Its `aws-auth`, and nothing else of it; an empty one where there is none.
    pub fn aws_auth(&self) -> Result<Manifest, CliError> {
        let found = self.wait(self.kube.get_aws_auth()).map_err(|error| CliError::Observe(error.into()))?;
        Ok(Manifest::from_config_map(found.unwrap_or_default()))
    }
}

impl Cluster for Live {
    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    fn folder(&self) -> Option<&Path> {
        None
    }

    fn options(&self) -> String {
        self.options.clone()
    }

    fn look(&self) -> Result<Snapshot, CliError> {
        self.wait(observe(self)).map_err(CliError::Observe)
    }

    fn aws_auth_text(&self) -> Result<Option<String>, CliError> {
        let found = self.wait(self.kube.get_aws_auth()).map_err(|error| CliError::Observe(error.into()))?;
        Ok(found.map(|config_map| Manifest::from_config_map(config_map).source.text))
    }

    fn name_to_confirm(&self) -> Option<&str> {
        Some(&self.id.name)
    }

    fn runs(&self) -> Runs {
        Runs::Folder(PathBuf::from(".eksodus"))
    }

    fn end(&self, _: &mut Console) {}

    fn is_of(&self, plan: &Plan) -> Result<(), CliError> {
        let planned = plan.cluster.as_ref().ok_or(CliError::NoCluster)?;
        if *planned == self.id {
            return Ok(());
        }
        Err(CliError::OtherCluster { planned: planned.to_string(), found: self.id.to_string() })
    }
}
