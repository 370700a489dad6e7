use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;
use eksodus::checks::{Check, CheckResult, Watch, access, nodes, own_login};
use eksodus::executor::{no_longer_safe, verify};
use eksodus::model::{AuthenticationMode, PrincipalArn};
use eksodus::observe::READS_AT_ONCE;
use eksodus::planner::{Phase, Plan};
use eksodus::snapshot::Snapshot;
use serde::Serialize;

use crate::cli::args::{Format, PhaseArg};
use crate::cli::cluster::Cluster;
use crate::cli::inputs::Target;
#[cfg(feature = "live")]
use crate::cli::live::Live;
use crate::cli::output::{CliError, Exit, interrupt};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::simulated::Simulated;
use crate::cli::{Context, inputs, runs};

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Saved by plan --out; - is standard input
    plan: PathBuf,
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// Watch the nodes of a live cluster for so many minutes
    #[arg(long, value_name = "MINUTES", requires = "cluster")]
    watch: Option<u64>,
    /// Take on this role, log in with its token, and compare who it is with the plan; may be given again
    #[arg(long, value_name = "ROLE_ARN", requires = "cluster")]
    login_as: Vec<PrincipalArn>,
    /// Refuse any plan but the one with this digest, as it was reviewed
    #[arg(long, value_name = "DIGEST")]
    plan_digest: Option<PlanDigest>,
    /// The last phase that was done; api-mode when the cluster is in it already
    #[arg(long, value_enum, value_name = "PHASE")]
    through: Option<PhaseArg>,
}

#[derive(Debug, Serialize)]
struct Verdict {
    equal: bool,
    through: Phase,
    differences: Vec<String>,
    /// Of a live cluster: nodes, rights and logins.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Checked>,
}

#[derive(Debug, Serialize)]
struct Checked {
    /// `passed`, `failed` or `unknown`.
    result: &'static str,
    what: String,
}

pub fn run(args: VerifyArgs, context: Context<'_>) -> Result<Exit, CliError> {
    context.no_markdown("verify")?;
    match inputs::target("verify", args.simulate.as_deref(), context.global)? {
        Target::Simulated(folder) => {
            let cluster = Simulated::open(folder, &[])?;
            on(&args, context, &cluster, &|_| Ok(Vec::new()))
        }
        #[cfg(feature = "live")]
        Target::Live(name) => {
            let cluster = Live::connect(name, &context)?;
            let logins =
                |plan: &Plan| args.login_as.iter().map(|role| cluster.login_as(role, plan)).collect();
            on(&args, context, &cluster, &logins)
        }
    }
}

fn on(
    args: &VerifyArgs,
    context: Context<'_>,
    cluster: &impl Cluster,
    logins: &dyn Fn(&Plan) -> Result<Vec<Check>, CliError>,
) -> Result<Exit, CliError> {
    let plan = runs::saved_plan(&args.plan, || Ok(cluster.runs()))?;
    let plan = PlanDigest::pinned(args.plan_digest.as_ref(), plan)?;
    context.console.seed_redaction(&plan.to_json());
    cluster.is_of(&plan)?;
    let now = cluster.look(context.console)?;
    let is_api = now.cluster.as_ref().is_some_and(|cluster| cluster.mode == AuthenticationMode::Api);
    let through = args.through.map_or(if is_api { Phase::ApiMode } else { Phase::Verify }, Phase::from);
    let differences = verify(&plan, &|phase| phase <= through, &now);
    let mut checks = Vec::new();
    if cluster.live_name().is_some() {
        checks = look_at_life(args, &plan, &now, cluster)?;
        checks.extend(logins(&plan)?);
    }
    // what the guards ask before a phase holds after it, too
    let refusals = no_longer_safe(&plan, through, None, &now);
    let is_equal = differences.is_empty() && refusals.is_empty();
    let unsafe_now = refusals.iter().map(ToString::to_string);
    let is_good = is_equal && !checks.iter().any(Check::is_failed);
    let verdict = Verdict {
        equal: is_equal,
        through,
        differences: differences.iter().map(ToString::to_string).chain(unsafe_now).collect(),
        checks: checks.iter().map(Checked::of).collect(),
    };
    context.console.data(&match context.global.output {
        Format::Json => inputs::json(&verdict)?,
        Format::Text | Format::Markdown => text(&verdict),
    })?;
    Ok(if is_good { Exit::Done } else { Exit::Pending })
}

/// Whether the cluster works as before: its nodes, what principals may do, who the caller is.
fn look_at_life(
    args: &VerifyArgs,
    plan: &Plan,
    now: &Snapshot,
    cluster: &impl Cluster,
) -> Result<Vec<Check>, CliError> {
    let interrupted = interrupt::flag()?;
    let interrupted = || interrupted.load(Ordering::Relaxed);
    let watch = args.watch.map(|minutes| Watch {
        duration: Duration::from_secs(minutes.saturating_mul(60)),
        every: Duration::from_secs(15),
        interrupted: &interrupted,
    });
    if let Some(watch) = &watch {
        cluster.allow(watch.duration);
    }
    let mut checks = cluster.wait(nodes(cluster.clock(), cluster.kube(), watch));
    if let Some(rbac) = &now.rbac {
        checks.extend(cluster.wait(access(cluster.clock(), cluster.kube(), plan, rbac, READS_AT_ONCE)));
    }
    checks.push(cluster.wait(own_login(cluster.clock(), cluster.sts(), cluster.kube(), plan)));
    Ok(checks)
}

impl Checked {
    fn of(check: &Check) -> Self {
        let result = match check.result {
            CheckResult::Passed { .. } => "passed",
            CheckResult::Failed { .. } => "failed",
            CheckResult::Unknown { .. } => "unknown",
        };
        Self { result, what: check.to_string() }
    }
}

fn text(verdict: &Verdict) -> String {
    let Verdict { equal, through, differences, checks } = verdict;
    let mut lines: Vec<String> = match equal {
        true => vec![format!("the cluster is as the plan wants it through {through}")],
        false => differences.clone(),
    };
    lines.extend(checks.iter().map(|Checked { result, what }| format!("{result:<8} {what}")));
    lines.iter().map(|line| format!("{}\n", eksodus::render::escape::terminal(line))).collect()
}
