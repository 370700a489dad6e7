use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use eksodus::model::{ClusterId, PrincipalArn};
use eksodus::planner::Phase;
use eksodus::render::{Mark, Names, Page, Verdict};
use eksodus::session::{Verification, verify};

use crate::cli::args::phase;
use crate::cli::next_step::Typed;
use crate::cli::output::verified::{Checked, Counts, Report};
use crate::cli::output::{CliError, Exit, Terminal, Told, outcome, verdicts};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Plan saved by plan --out (- is standard input)
    plan: PathBuf,
    /// Simulated cluster: the folder given to apply --simulate
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// Watch the nodes for this many minutes
    #[arg(long, value_name = "MINUTES", requires = "cluster")]
    watch: Option<u64>,
    /// Assume this role, authenticate, and compare the identity with the plan (repeatable)
    #[arg(long, value_name = "ROLE_ARN", requires = "cluster")]
    login_as: Vec<PrincipalArn>,
    /// Verify only the plan with this digest, as reviewed
    #[arg(long, value_name = "DIGEST")]
    plan_digest: Option<PlanDigest>,
    /// Last phase that was done [default: api-mode if the cluster is in it]
    #[arg(long, value_parser = phase(), value_name = "PHASE")]
    through: Option<Phase>,
}

pub fn run(args: VerifyArgs, context: Context<'_>) -> Result<Exit, CliError> {
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
        let Told { context, names } = terminal.told();
        let report = Report::of(&verified);
        context.console.data(match context.global.output.is_json() {
            true => inputs::json(&report)?.into(),
            false => {
                let typed = Typed::of(&target, Some(&args.plan));
                let next = match verified.is_equal() {
                    true => typed.status(),
                    false => typed.fresh_plan("shows what needs fixing; changes nothing"),
                };
                let verdict = verdict(plan.cluster.as_ref(), &report);
                outcome::around(&verdict, page(&report, &names), Some(&next))
            }
        })?;
        Ok(if verified.is_good() { Exit::Done } else { Exit::Pending })
    }
}

fn verdict(id: Option<&ClusterId>, report: &Report) -> Verdict {
    let Report { equal, through, summary, checks, .. } = report;
    let Counts { differences, passed, failed, unknown } = *summary;
    let mut said = match equal {
        true => format!("the cluster matches the plan through {through}"),
        false => {
            let n = verdicts::count(differences, "difference", "differences");
            format!("not as planned through {through}: {n}")
        }
    };
    if !checks.is_empty() {
        said.push_str(&format!("; {} passed, {failed} failed", verdicts::count(passed, "check", "checks")));
        if unknown > 0 {
            said.push_str(&format!(", {unknown} unknown"));
        }
    }
    let mark = match (equal, failed, unknown) {
        (false, _, _) | (_, 1.., _) => Mark::Bad,
        (true, 0, 1..) => Mark::Care,
        (true, 0, 0) => Mark::Good,
    };
    verdicts::of(id, mark, &said)
}

fn page(report: &Report, names: &Names) -> Page {
    let Report {
        equal: _,
        through: _,
        summary: _,
        differences,
        entries,
        others,
        other_administrators,
        checks,
    } = report;
    let mut page = Page::default();
    if let Some(entries) = entries {
        let others = match others.len() {
            0 => String::new(),
            n => {
                let which: Vec<String> = others
                    .iter()
                    .map(|other| {
                        let shown = names.principal(other);
                        let mut administrators = other_administrators.iter();
                        match administrators.find(|it| it.principal == *other) {
                            None => shown,
                            Some(it) => format!("{shown} ({})", it.said()),
                        }
                    })
                    .collect();
                format!("; {n} of other principals: {}", which.join(", "))
            }
        };
        page.aside(
            0,
            format!("{} of the plan{others}", verdicts::count(*entries, "access entry", "access entries")),
        );
    }
    if !differences.is_empty() {
        page.section("differences", differences.len());
        differences.iter().for_each(|it| page.line(1, names.prose(&it.what)));
    }
    if !checks.is_empty() {
        page.section("checks", checks.len());
        // what needs a look comes first
        for wanted in ["failed", "unknown", "passed"] {
            for Checked { what, .. } in checks.iter().filter(|it| it.result.as_str() == wanted) {
                page.line(1, format!("{wanted:<8} {}", names.prose(what)));
            }
        }
    }
    page
}
