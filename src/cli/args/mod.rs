//! What is typed: the commands, the options of all of them, and what each command does with those.

mod acts;
mod corrected;
mod environment;
mod format;
mod global;
pub mod help;
mod shared;
#[cfg(test)]
mod written;

use std::ffi::OsString;

use clap::error::Error;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::commands::{
    apply, assert, completions, decide, demo, explain, export, lint, man, plan, policies, prove, rehearse,
    replay, report, rollback, show, status, verify, who_can, whois,
};

/// In words, for constants.
#[cfg(feature = "live")]
macro_rules! features {
    () => {
        "live clusters, files and the simulator"
    };
}
#[cfg(not(feature = "live"))]
macro_rules! features {
    () => {
        "files and the simulator (built without the feature live)"
    };
}
pub use environment::Variables;
pub use format::Format;
pub use global::{ColorWhen, Global, LogFormat};
pub use shared::{Evidence, PruneArg, days, phase};

/// Which sources this program is built from, and what is in it; journals say the same.
const LONG_VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit ",
    env!("EKSODUS_COMMIT"),
    " of ",
    env!("EKSODUS_DATE"),
    "\n",
    features!(),
);

/// Migrate an Amazon EKS cluster from the aws-auth ConfigMap to access entries, and prove who keeps, loses or gains access.
#[derive(Debug, Parser)]
#[command(name = "eksodus", version, long_version = LONG_VERSION, about, long_about = None, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// A command line that was understood.
#[derive(Debug)]
pub struct Typed {
    pub cli: Cli,
    /// The command, as it is typed.
    pub name: String,
}

/// What derives from [`Cli`], with what each command does with the options of all of them, and help of its own.
pub fn command() -> clap::Command {
    help::add(acts::only_where_they_act(Cli::command()))
}

/// As it is typed, and as the environment completes it.
///
/// # Errors
/// What does not belong to the command line, with one thing to do.
pub fn parse(typed: Vec<OsString>, variables: &Variables<'_>) -> Result<Typed, Error> {
    let mut command = called(command(), typed.first());
    let named = typed
        .iter()
        .skip(1)
        .filter_map(|arg| arg.to_str())
        .find(|arg| command.get_subcommands().any(|command| command.get_name() == *arg));
    let named = named.map(str::to_owned);
    let completed = environment::complete(&command, typed, variables)?;
    let parsed = command.try_get_matches_from_mut(completed.args).and_then(|matches| {
        acts::refuse(&mut command, &matches)?;
        let cli = Cli::from_arg_matches(&matches).map_err(|told| told.format(&mut command))?;
        let global = cli.global.settled().map_err(|(kind, told)| command.error(kind, told))?;
        let name = matches.subcommand_name().unwrap_or_default().to_owned();
        Ok(Typed { cli: Cli { global, ..cli }, name })
    });
    parsed.map_err(|told| corrected::corrected(told, named.as_deref(), &completed.variables))
}

/// As a plugin of kubectl it is called `kubectl eksodus` (kubernetes.io, "Extend kubectl with plugins").
fn called(command: clap::Command, program: Option<&OsString>) -> clap::Command {
    let stem = program.and_then(|program| std::path::Path::new(program).file_stem()?.to_str());
    match stem.and_then(|stem| stem.strip_prefix("kubectl-")) {
        Some(plugin) => {
            let name = format!("kubectl {plugin}");
            command.display_name(name.clone()).bin_name(name)
        }
        None => command,
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check an aws-auth ConfigMap and explain each finding
    ///
    /// Give FILE, --snapshot DIR or --cluster NAME. With a snapshot or a cluster, lint knows
    /// its mode, access entries, IAM and the decisions, and agrees with plan. Exit code 4 if a finding needs a decision.
    Lint(lint::LintArgs),
    /// Show which Kubernetes user and groups an IAM identity gets, today and after the plan, and why
    ///
    /// Give --snapshot DIR or --cluster NAME; with --aws-auth FILE alone, access entries are unknown.
    Whois(whois::WhoisArgs),
    /// Show everything an IAM identity may do in the cluster, before and after the plan, and why
    ///
    /// Give --snapshot DIR or --cluster NAME; with --aws-auth FILE alone, roles and bindings are unknown.
    /// With --verb, show whether one request is allowed, and what comes close if it is not.
    Explain(explain::ExplainArgs),
    /// Show who may make a request, before and after the plan, and why
    ///
    /// Covers all principals of mappings and access entries, and everybody else that bindings name. Give --snapshot DIR
    /// or --cluster NAME; with --aws-auth FILE alone, roles and bindings are unknown.
    WhoCan(who_can::WhoCanArgs),
    /// Show what EKS access policies allow, and which could replace a group
    ///
    /// Without NAME, lists all of them. With --snapshot DIR or --cluster NAME, also shows which the Region has, and the cluster's own
    /// ClusterRoles for comparison.
    Policies(policies::PoliciesArgs),
    /// Check assertions about who can and cannot do what
    ///
    /// Give --snapshot DIR or --cluster NAME: each assertion is checked before and after the
    /// plan. --rbac FILE alone has roles and bindings, but no principals. Exit code 3 if one fails.
    Assert(assert::AssertArgs),
    /// Replay the requests of an audit log: which would be allowed or denied, before and after the plan
    ///
    /// Give --snapshot DIR or --cluster NAME. Exit code 3 if a request that was allowed would be denied.
    Replay(replay::ReplayArgs),
    /// Save a read-only snapshot of a live cluster to a folder
    ///
    /// Anything that could not be read is listed, with the checks that depend on it.
    #[cfg(feature = "live")]
    Snapshot(super::commands::snapshot::SnapshotArgs),
    /// Plan the migration and explain every step
    ///
    /// Give --snapshot DIR or --cluster NAME; --aws-auth FILE replaces its aws-auth, or is planned alone.
    Plan(plan::PlanArgs),
    /// Answer what needs a decision, one question at a time, and write eksodus.yaml
    ///
    /// Each option shows its effect, safest first. Give --snapshot DIR or --cluster NAME. Without a terminal, --write
    /// puts all open questions into the file as comments. Exit code 4 while a question is open.
    Decide(decide::DecideArgs),
    /// Show a saved plan
    Show(show::ShowArgs),
    /// Write a plan in the format of another tool
    Export(export::ExportArgs),
    /// Verify a plan's parity with a second, independent evaluator
    ///
    /// Every kind of request is decided before and after the plan, and compared with what the plan reports as lost and gained. Give
    /// --snapshot DIR or --cluster NAME, unchanged since the plan. Exit code 1 if the two disagree.
    Prove(prove::ProveArgs),
    /// Execute a plan
    ///
    /// Without PLAN, it makes a plan, shows it, and asks. It writes a journal before and after every call.
    Apply(apply::ApplyArgs),
    /// Show how far a migration has got, and the next command
    Status(status::StatusArgs),
    /// Verify that the cluster matches a plan
    ///
    /// Exit code 3 if it does not.
    Verify(verify::VerifyArgs),
    /// Roll back a run (preview only, unless --yes)
    Rollback(rollback::RollbackArgs),
    /// Write the change record of a run: who, when, every call, the proof and the verification
    ///
    /// RUN is the folder of a run, or its journal. With --cluster NAME or --simulate DIR, the cluster is verified too, and
    /// RUN may be s3://… of --state.
    Report(report::ReportArgs),
    /// Rehearse the migration on a simulated cluster, with injected faults if you like
    ///
    /// Give --snapshot DIR, which is not changed. A run stopped by a fault is resumed once.
    Rehearse(rehearse::RehearseArgs),
    /// Serve a simulated cluster over HTTP from a snapshot
    #[cfg(feature = "live")]
    Simulate(super::commands::simulate::SimulateArgs),
    /// Play a whole migration of a made-up cluster, with what goes wrong on the way
    ///
    /// Needs no cluster and no AWS account. Everything is in a new folder, where each command can be typed again.
    Demo(demo::DemoArgs),
    /// Generate shell completions
    Completions(completions::CompletionsArgs),
    /// Generate the manual page
    Man(man::ManArgs),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        command().debug_assert();
    }

    #[test]
    fn a_plugin_of_kubectl_is_called_as_it_is_typed() {
        let usage = |program: &str| {
            let mut command = called(command(), Some(&OsString::from(program)));
            command.render_usage().to_string()
        };
        assert!(usage("/usr/local/bin/kubectl-eksodus").contains("Usage: kubectl eksodus"));
        assert!(usage("eksodus").contains("Usage: eksodus"));
    }
}
