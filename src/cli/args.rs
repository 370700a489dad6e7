use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use eksodus::planner::{Phase, Prune};
use eksodus::session::PruneWish;

use eksodus::render::shell_word;

use super::commands::{
    apply, assert, completions, decide, explain, export, lint, man, plan, policies, prove, rehearse, replay,
    report, rollback, show, status, verify, who_can, whois,
};

/// Migrate an EKS cluster from the aws-auth ConfigMap to access entries, and prove that nobody loses or gains access.
#[derive(Debug, Parser)]
#[command(name = "eksodus", version, about, long_about = None, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Exit codes:
  0    done, or nothing to do
  1    error, or declined
  2    usage error
  3    changes pending, or a check failed
  4    needs a decision; nothing was done
  5    refused by a guard; nothing was done
  6    partially applied: resume or roll back
  130  interrupted: as 6

Environment: NO_COLOR, COLUMNS, EKSODUS_CONFIG (instead of --config; several as in PATH)";

#[derive(Debug, Args)]
pub struct Global {
    /// Read aws-auth from this file (- is standard input)
    #[arg(long, global = true, value_name = "FILE", help_heading = "Input")]
    pub aws_auth: Option<PathBuf>,
    /// Use a snapshot folder instead of a live cluster
    #[arg(long, global = true, value_name = "DIR", help_heading = "Input")]
    pub snapshot: Option<PathBuf>,
    /// Name of the EKS cluster
    #[arg(long, global = true, value_name = "NAME", help_heading = "Cluster", conflicts_with = "snapshot")]
    pub cluster: Option<String>,
    /// AWS Region [default: AWS_REGION, or the profile's]
    #[arg(long, global = true, value_name = "REGION", requires = "cluster", help_heading = "Cluster")]
    pub region: Option<String>,
    /// AWS profile [default: AWS_PROFILE, or the default profile]
    #[arg(long, global = true, value_name = "PROFILE", requires = "cluster", help_heading = "Cluster")]
    pub profile: Option<String>,
    /// Use this kubeconfig [default: a token from your AWS credentials]
    #[arg(long, global = true, value_name = "FILE", requires = "cluster", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// Use this context of the kubeconfig
    #[arg(long, global = true, value_name = "NAME", requires = "cluster", help_heading = "Cluster")]
    pub context: Option<String>,
    /// How to read IAM in another account: a role to assume or a profile (repeatable)
    #[arg(
        long,
        global = true,
        value_name = "ACCOUNT=ROLE_ARN|PROFILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    pub assume_role_for: Vec<String>,
    /// Where to keep journals: a folder or s3://BUCKET/PREFIX [default: .eksodus]
    #[arg(long, global = true, value_name = "PLACE", requires = "cluster", help_heading = "Cluster")]
    pub state: Option<String>,
    /// Time limit for reading the cluster [default: 900]; does not limit a run in progress
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        requires = "cluster",
        help_heading = "Cluster",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub timeout: Option<u64>,
    /// Decisions file [default: eksodus.yaml in the snapshot folder, then in the current directory]; given
    /// again, later files win key by key
    #[arg(long, global = true, value_name = "FILE", help_heading = "Input")]
    pub config: Vec<PathBuf>,
    /// Output format
    #[arg(
        long,
        short,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        help_heading = "Output"
    )]
    pub output: Format,
    /// When to use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    pub color: ColorWhen,
    /// Format of stderr: text for people, or one JSON event a line (docs/events.md)
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t, help_heading = "Output")]
    pub log_format: LogFormat,
    /// Print only errors, warnings and hints on stderr
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Also show informational messages
    #[arg(long, short, global = true, help_heading = "Output")]
    pub verbose: bool,
    /// Show ARNs in full
    #[arg(long, global = true, help_heading = "Output")]
    pub full: bool,
    /// Hide account ids in all output
    #[arg(long, global = true, help_heading = "Output")]
    pub redact: bool,
}

impl Global {
    /// The options that name the live cluster again, such as `--cluster prod --region eu-west-1`; empty without one.
    pub fn cluster_options(&self) -> String {
        let Self { cluster, region, profile, kubeconfig, context, assume_role_for, state, timeout, .. } =
            self;
        let kubeconfig = kubeconfig.as_ref().map(|path| path.display().to_string());
        let mut options = Vec::new();
        let mut add = |name: &str, value: &str| options.push(format!("--{name} {}", shell_word(value)));
        cluster.iter().for_each(|it| add("cluster", it));
        region.iter().for_each(|it| add("region", it));
        profile.iter().for_each(|it| add("profile", it));
        kubeconfig.iter().for_each(|it| add("kubeconfig", it));
        context.iter().for_each(|it| add("context", it));
        assume_role_for.iter().for_each(|it| add("assume-role-for", it));
        state.iter().for_each(|it| add("state", it));
        timeout.iter().for_each(|it| add("timeout", &it.to_string()));
        options.join(" ")
    }
}

// a documented value would make the help of every command a long one
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
    // for a comment on a pull request
    Markdown,
    // SARIF 2.1.0, for code scanning
    Sarif,
    // workflow commands, which GitHub shows at the lines they are about
    Github,
    // one page for a browser
    Html,
}

impl Format {
    /// Of what has two forms.
    pub fn is_json(self) -> bool {
        self == Self::Json
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Html => "html",
        }
    }

    /// Those that a command has; the first is what it prints unless another is asked for.
    pub fn all_of(command: &str) -> &'static [Self] {
        use Format::{Github, Html, Json, Markdown, Sarif, Text};
        match command {
            "lint" => &[Text, Json, Sarif, Github],
            "plan" => &[Text, Json, Markdown, Html, Sarif, Github],
            "show" | "rollback" => &[Text, Json, Markdown, Html],
            "report" => &[Text, Json, Html],
            "export" | "simulate" | "completions" | "man" => &[Text],
            _ => &[Text, Json],
        }
    }
}

/// The command line: what `Cli` derives, with the formats that each command has.
pub fn command() -> clap::Command {
    let commands = Cli::command();
    let names: Vec<String> = commands.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    names.iter().fold(commands, |all, name| all.mut_subcommand(name, |it| it.arg(output(name))))
}

/// In place of the global option, which takes every format.
fn output(command: &str) -> Arg {
    let formats = Format::all_of(command);
    let values = formats.iter().filter_map(Format::to_possible_value).collect::<Vec<_>>();
    let parser = PossibleValuesParser::new(values).try_map(|name| Format::from_str(&name, false));
    let output = Arg::new("output").long("output").short('o').value_name("FORMAT").value_parser(parser);
    output
        .default_value(Format::Text.name())
        .help("How stdout is written")
        .help_heading("Output")
        .hide(formats.len() < 2)
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    #[default]
    Auto,
    Always,
    Never,
}

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
    fn a_format_is_called_as_it_is_typed() {
        for format in Format::value_variants() {
            assert_eq!(format.to_possible_value().unwrap().get_name(), format.name());
        }
    }
}
