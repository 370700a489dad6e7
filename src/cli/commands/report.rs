use std::path::PathBuf;
use std::rc::Rc;

use clap::Args;
use eksodus::checks::Check;
use eksodus::journal::{KeptRun, RunFolder, RunsError, read};
use eksodus::planner::Plan;
use eksodus::render::record::{ChangeRecord, Checked, Verification};
use eksodus::render::record_html;
use eksodus::session::{self, SessionError, Verified, kept_plan, verify};

use crate::cli::args::Format;
use crate::cli::output::{CliError, Exit, Terminal};
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The folder of a run, or its journal
    run: PathBuf,
    /// Simulated cluster: the folder given to apply --simulate
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
}

pub fn run(args: ReportArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let simulate = args.simulate.as_deref();
    if simulate.is_none() && context.global.cluster.is_none() {
        let run = RunFolder::open(&args.run).map_err(|error| SessionError::from(RunsError::from(error)))?;
        let run: KeptRun = Rc::new(run);
        return print(context, &run, None);
    }
    let choice = Choice { command: "report", simulate, faults: &[], no_lock: true, asks_rights: false };
    choice.work(context, Look { args: &args })
}

/// With a look at the cluster as it is now.
struct Look<'a> {
    args: &'a ReportArgs,
}

impl Work for Look<'_> {
    fn on<T: Target>(self, target: T, context: Context<'_>) -> Result<Exit, CliError> {
        let run = target.runs().open(&self.args.run).map_err(SessionError::from)?;
        let plan = kept_plan(&run)?;
        let at = context.host.now();
        let mut terminal = Terminal::new(context);
        // a rollback leads to no state of its own: what it undid is in its calls
        let verification = match plan.undoes {
            Some(_) => None,
            None => {
                let asked = session::Verification { plan: &plan, through: None, watch: None };
                Some(verified(at, &verify(&target, asked, &mut terminal)?))
            }
        };
        print(terminal.context, &run, verification)
    }
}

fn print(context: Context<'_>, run: &KeptRun, verification: Option<Verification>) -> Result<Exit, CliError> {
    let plan: Plan = kept_plan(run)?;
    let bytes = run.journal_bytes().map_err(SessionError::from)?;
    let place = run.journal_place();
    let journal = read(&bytes).map_err(|source| SessionError::Journal { place: place.clone(), source })?;
    if journal.header.plan != plan.digest {
        let (journal, plan) = (journal.header.plan, plan.digest);
        return Err(SessionError::OtherPlan { place, journal, plan }.into());
    }
    let record = ChangeRecord::of(&plan, &journal, verification);
    context.console.seed_redaction(|| plan.to_json());
    match context.global.output {
        Format::Json => context.console.data(inputs::json(&record)?)?,
        Format::Html => context.console.data(record_html(&plan, &record))?,
        _ => context.console.data(record.text())?,
    }
    Ok(Exit::Done)
}

fn verified(at: String, verified: &Verified) -> Verification {
    let differences = verified.differences.iter().map(ToString::to_string);
    let checked = |check: &Check| Checked { result: check.result.as_str(), what: check.to_string() };
    Verification {
        at,
        equal: verified.is_equal(),
        through: verified.through,
        differences: differences.chain(verified.refusals.iter().map(ToString::to_string)).collect(),
        checks: verified.checks.iter().map(checked).collect(),
    }
}
