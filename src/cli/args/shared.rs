//! Arguments that several commands take.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use eksodus::planner::{Phase, Prune};
use eksodus::render::shell_word;
use eksodus::session::PruneWish;

/// What really happened, beside what was observed.
#[derive(Debug, Args)]
pub struct Evidence {
    /// Use the cluster's audit log as evidence of who authenticates (- is standard input; may be gzip)
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub audit_log: Option<PathBuf>,
    /// Read the audit log of the last days from CloudWatch Logs
    #[arg(
        long,
        value_name = "N",
        help_heading = "Input",
        requires = "cluster",
        // clap does not require what conflicts with something that is given
        conflicts_with_all = ["audit_log", "snapshot"],
        value_parser = days()
    )]
    pub audit_days: Option<u16>,
}

impl Evidence {
    /// The option that names the same log again.
    pub fn option(&self) -> Option<String> {
        let file = self.audit_log.as_ref();
        let file = file.map(|path| format!("--audit-log {}", shell_word(&path.display().to_string())));
        file.or_else(|| self.audit_days.map(|days| format!("--audit-days {days}")))
    }
}

/// As long as CloudWatch Logs keeps a log, when it does not keep it for ever.
pub fn days() -> impl TypedValueParser<Value = u16> {
    clap::value_parser!(u16).range(1..=3_653)
}

/// The phases a run can stop after.
pub fn phase() -> impl TypedValueParser<Value = Phase> {
    let named = |name: String| Phase::ALL.into_iter().find(|phase| phase.as_str() == name);
    PossibleValuesParser::new(Phase::ALL.map(Phase::as_str))
        .try_map(move |name| named(name).ok_or("no such phase"))
}

/// What the phase `prune` takes out of aws-auth, in the words of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PruneArg {
    /// Nothing: skip the phase
    None,
    /// Mappings whose principals have entries; every other byte stays
    Covered,
    /// The ConfigMap, once nobody relies on it
    Delete,
}

impl PruneArg {
    /// As a decision; `None`: it is not one.
    pub fn decision(self) -> Option<Prune> {
        match self {
            Self::None => None,
            Self::Covered => Some(Prune::Covered),
            Self::Delete => Some(Prune::Delete),
        }
    }

    pub fn wish(self) -> PruneWish {
        self.decision().map_or(PruneWish::Nothing, PruneWish::This)
    }
}
