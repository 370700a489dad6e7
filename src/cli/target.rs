//! Simulated or live: chosen here, for every command that works on a cluster.

use std::path::Path;

use eksodus::checks::Check;
use eksodus::model::PrincipalArn;
use eksodus::planner::Plan;
use eksodus::session::Cluster;
use eksodus::simulator::Fault;

use super::Context;
#[cfg(feature = "live")]
use super::live::Live;
use super::output::{CliError, Exit};
use super::simulated::Simulated;

/// A cluster as the command line names it.
pub trait Target: Cluster {
    /// Where `eksodus.yaml` may be, beside the working directory.
    fn folder(&self) -> Option<&Path>;

    /// The options that name it, such as `--simulate DIR`.
    fn options(&self) -> String;

    /// Logs in with this role, and holds who that is against the plan; `None` where nobody can log in.
    ///
    /// # Errors
    /// When the role cannot be taken on.
    fn login_as(&self, _role: &PrincipalArn, _plan: &Plan) -> Result<Option<Check>, CliError> {
        Ok(None)
    }
}

/// The options of a command by which its cluster is chosen.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'c> {
    pub command: &'static str,
    pub simulate: Option<&'c Path>,
    pub faults: &'c [Fault],
    /// Only a live cluster has other operators to be kept away.
    pub no_lock: bool,
    /// The caller's rights are asked for before anything else.
    pub asks_rights: bool,
}

/// What a command does with its cluster, whichever it is.
pub trait Work {
    fn on<T: Target>(self, target: T, context: Context<'_>) -> Result<Exit, CliError>;
}

impl Choice<'_> {
    /// Does it on `--simulate DIR`, or on `--cluster NAME`.
    pub fn work(self, context: Context<'_>, work: impl Work) -> Result<Exit, CliError> {
        let Self { command, simulate, faults, no_lock, asks_rights } = self;
        match (simulate, &context.global.cluster) {
            (Some(folder), _) => work.on(Simulated::open(folder, faults)?, context),
            #[cfg(feature = "live")]
            (None, Some(name)) => {
                work.on(Live::connect(name, &context, asks_rights)?.locked_unless(no_lock), context)
            }
            #[cfg(not(feature = "live"))]
            (None, Some(_)) => {
                let _ = (no_lock, asks_rights);
                Err(CliError::NotLive)
            }
            (None, None) => {
                Err(CliError::WhichCluster { command, instead: "pass --cluster NAME, or --simulate DIR" })
            }
        }
    }
}
