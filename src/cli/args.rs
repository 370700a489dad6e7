use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use eksodus::planner::{Phase, Prune};
use eksodus::session::PruneWish;

use eksodus::render::shell_word;

use super::commands::{
    apply, assert, completions, explain, export, lint, man, plan, policies, prove, rehearse, replay, report,
    rollback, show, status, verify, who_can, whois,
};

/// Move an EKS cluster from the aws-auth ConfigMap to access entries, and prove that nobody loses or gains access.
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
  0  done, or nothing to do           4    blocked: a finding needs a decision, nothing was done
  1  error                            5    refused by a guard, nothing was done
  2  usage                            6    partly applied: the journal is named
  3  pending, or a check fails        130  interrupted, with the same promise as 6

Environment: NO_COLOR, COLUMNS, EKSODUS_CONFIG (in place of --config)";

#[derive(Debug, Args)]
pub struct Global {
    /// Read aws-auth from this file; - is standard input
    #[arg(long, global = true, value_name = "FILE", help_heading = "Input")]
    pub aws_auth: Option<PathBuf>,
    /// Read what was observed of the cluster from this folder
    #[arg(long, global = true, value_name = "DIR", help_heading = "Input")]
    pub snapshot: Option<PathBuf>,
    /// The live cluster, by name
    #[arg(long, global = true, value_name = "NAME", help_heading = "Cluster", conflicts_with = "snapshot")]
    pub cluster: Option<String>,
    /// Its region; without it AWS_REGION, or that of the profile
    #[arg(long, global = true, value_name = "REGION", requires = "cluster", help_heading = "Cluster")]
    pub region: Option<String>,
    /// The AWS profile; without it AWS_PROFILE, or the default one
    #[arg(long, global = true, value_name = "PROFILE", requires = "cluster", help_heading = "Cluster")]
    pub profile: Option<String>,
    /// Reach Kubernetes through this file, in place of a token of the caller's AWS credentials
    #[arg(long, global = true, value_name = "FILE", requires = "cluster", help_heading = "Cluster")]
    pub kubeconfig: Option<PathBuf>,
    /// Reach Kubernetes through this context of the kubeconfig
    #[arg(long, global = true, value_name = "NAME", requires = "cluster", help_heading = "Cluster")]
    pub context: Option<String>,
    /// Look up another account's roles there, with a role to assume or a profile; may be given again
    #[arg(
        long,
        global = true,
        value_name = "ACCOUNT=ROLE_ARN|PROFILE",
        requires = "cluster",
        help_heading = "Cluster"
    )]
    pub assume_role_for: Vec<String>,
    /// Keep journals there, s3://BUCKET/PREFIX or a folder, in place of .eksodus
    #[arg(long, global = true, value_name = "PLACE", requires = "cluster", help_heading = "Cluster")]
    pub state: Option<String>,
    /// Look for no longer than this, 900 without it; a run that has begun is not cut short by it
    #[arg(
        long,
        global = true,
        value_name = "SECONDS",
        requires = "cluster",
        help_heading = "Cluster",
        value_parser = clap::value_parser!(u64).range(1..=86_400)
    )]
    pub timeout: Option<u64>,
    /// The team's decisions; without it eksodus.yaml of the snapshot folder, or of the working directory
    #[arg(long, global = true, value_name = "FILE", help_heading = "Input")]
    pub config: Option<PathBuf>,
    /// How stdout is written
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
    /// Colours; they never say anything that the words do not
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t, help_heading = "Output")]
    pub color: ColorWhen,
    /// How stderr is written: words for people, or one event of JSON a line (docs/events.md)
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t, help_heading = "Output")]
    pub log_format: LogFormat,
    /// Only errors and warnings on stderr
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// Also what only informs
    #[arg(long, short, global = true, help_heading = "Output")]
    pub verbose: bool,
    /// Show ARNs in full
    #[arg(long, global = true, help_heading = "Output")]
    pub full: bool,
    /// Hide account ids in everything that is printed
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
    /// Take from this audit log of the cluster who authenticates; - is standard input, and gzip is read as it is
    #[arg(long, value_name = "FILE", help_heading = "Input")]
    pub audit_log: Option<PathBuf>,
    /// The same from CloudWatch Logs, of so many days until now
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
    /// Nothing: the phase is left out
    None,
    /// The lines whose principals have entries; every other byte stays
    Covered,
    /// The ConfigMap, once nobody is let in by it any more
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
    /// Find what is wrong with an aws-auth, line by line
    ///
    /// aws-auth comes from --aws-auth FILE, --snapshot DIR or --cluster NAME. With a snapshot or a cluster the answer knows
    /// its mode, access entries, IAM and the decisions, as a plan does. Exit code 4 when a finding needs a decision.
    Lint(lint::LintArgs),
    /// Say who an IAM identity is in the cluster, today and after the plan, and by what
    ///
    /// The cluster comes from --snapshot DIR or --cluster NAME; from --aws-auth FILE alone, access entries are not known.
    Whois(whois::WhoisArgs),
    /// Say all that an IAM identity may do in the cluster, before and after the plan, by what, and what changes
    ///
    /// The cluster comes from --snapshot DIR or --cluster NAME; from --aws-auth FILE alone, roles and bindings are not known.
    /// With --verb it answers whether one request is allowed, and what comes near where it is not.
    Explain(explain::ExplainArgs),
    /// Say who may make a request, before and after the plan, and by what
    ///
    /// Everybody of a mapping or an access entry is asked, and whom else bindings name. The cluster comes from --snapshot DIR
    /// or --cluster NAME; from --aws-auth FILE alone, roles and bindings are not known.
    WhoCan(who_can::WhoCanArgs),
    /// Say what the access policies of EKS give, and which could give what a group has
    ///
    /// Without NAME, all of them. With --snapshot DIR or --cluster NAME also which the Region offers, and the cluster's own
    /// ClusterRoles beside them.
    Policies(policies::PoliciesArgs),
    /// Check a file that says who must be able to do what, and who must not
    ///
    /// The cluster comes from --snapshot DIR or --cluster NAME, and each assertion is held against it before and after the
    /// plan; --rbac FILE alone has roles and bindings, and no principals. Exit code 3 when one fails.
    Assert(assert::AssertArgs),
    /// Decide the requests of an audit log again: as they would be before and after the plan
    ///
    /// The cluster comes from --snapshot DIR or --cluster NAME. Exit code 3 when something that was allowed would be denied.
    Replay(replay::ReplayArgs),
    /// Look at a live cluster, and write what is seen into a folder; nothing is changed
    ///
    /// What may not be read is named, with the checks that are lost for it.
    #[cfg(feature = "live")]
    Snapshot(super::commands::snapshot::SnapshotArgs),
    /// Work out what is to be done, and why
    ///
    /// The cluster comes from --snapshot DIR; its aws-auth also, or all there is, from --aws-auth FILE.
    Plan(plan::PlanArgs),
    /// Show a saved plan
    Show(show::ShowArgs),
    /// Write what a plan makes in the form of another tool
    Export(export::ExportArgs),
    /// Ask every kind of request before and after a plan, and compare with what it says is lost and gained
    ///
    /// By a second evaluator, which shares no code with the first. The cluster comes from --snapshot DIR or --cluster NAME, and
    /// is as the plan saw it. Exit code 1 when the two disagree.
    Prove(prove::ProveArgs),
    /// Do what a plan says
    ///
    /// Without PLAN it plans from what it finds, shows the plan, and asks. It writes a journal before and after every call.
    Apply(apply::ApplyArgs),
    /// Say where a migration stands
    Status(status::StatusArgs),
    /// Check that the cluster is what a plan leads to
    ///
    /// Exit code 3 when it is not.
    Verify(verify::VerifyArgs),
    /// Undo what a journal says was done; only a preview without --yes
    Rollback(rollback::RollbackArgs),
    /// Write the record of a run: who, when, every call, the proof, and what was verified
    ///
    /// RUN is the folder of a run, or its journal. With --cluster NAME or --simulate DIR the cluster is looked at as well, and
    /// RUN may be s3://… of --state.
    Report(report::ReportArgs),
    /// Run the whole migration on a simulated cluster, broken on purpose if you like
    ///
    /// The cluster comes from --snapshot DIR, which is not changed. A run that a fault stops is gone on with.
    Rehearse(rehearse::RehearseArgs),
    /// Play the cluster of a snapshot folder for other programs
    #[cfg(feature = "live")]
    Simulate(super::commands::simulate::SimulateArgs),
    /// Print the completions of a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page
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
