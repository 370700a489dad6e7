use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use eksodus::checks::Check;
use eksodus::model::PrincipalArn;
use eksodus::planner::Phase;
use eksodus::session::{Verification, Verified, verify};
use serde::Serialize;

use crate::cli::args::phase;
use crate::cli::output::{CliError, Exit, Terminal};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, inputs};

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
    #[arg(long, value_parser = phase(), value_name = "PHASE")]
    through: Option<Phase>,
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
    let simulate = args.simulate.as_deref();
    let choice = Choice { command: "verify", simulate, faults: &[], no_lock: true, asks_rights: false };
    choice.work(context, Compare { args: &args })
}

struct Compare<'a> {
    args: &'a VerifyArgs,
}

impl Work for Compare<'_> {
    fn on<T: Target>(self, target: T, context: Context<'_>) -> Result<Exit, CliError> {
        let args = self.args;
        let plan = inputs::saved_plan(&args.plan, &target)?;
        let plan = PlanDigest::pinned(args.plan_digest.as_ref(), plan)?;
        let watch = args.watch.map(|minutes| Duration::from_secs(minutes.saturating_mul(60)));
        let mut terminal = Terminal::new(context);
        let asked = Verification { plan: &plan, through: args.through, watch };
        let mut verified = verify(&target, asked, &mut terminal)?;
        for role in &args.login_as {
            verified.checks.extend(target.login_as(role, &plan)?);
        }
        let context = terminal.context;
        let verdict = Verdict::of(&verified);
        context.console.data(&match context.global.output.is_json() {
            true => inputs::json(&verdict)?,
            false => text(&verdict),
        })?;
        Ok(if verified.is_good() { Exit::Done } else { Exit::Pending })
    }
}

impl Verdict {
    fn of(verified: &Verified) -> Self {
        let differences = verified.differences.iter().map(ToString::to_string);
        Self {
            equal: verified.is_equal(),
            through: verified.through,
            differences: differences.chain(verified.refusals.iter().map(ToString::to_string)).collect(),
            checks: verified.checks.iter().map(Checked::of).collect(),
        }
    }
}

impl Checked {
    fn of(check: &Check) -> Self {
        Self { result: check.result.as_str(), what: check.to_string() }
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
