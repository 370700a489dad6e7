use std::path::{Path, PathBuf};

use clap::Args;
use eksodus::access::replay::Replay;
use eksodus::audit::{DistinctRequests, Reading, Whom, read_events};
use eksodus::facts::Facts;
use eksodus::planner::plan;
use eksodus::render::replay::Report;

use crate::cli::args::days;
use crate::cli::audit_log::{is_stdin, open};
use crate::cli::output::{CliError, Exit, outcome};
use crate::cli::{Context, audit_log, inputs, next_step};

#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// Audit logs of the cluster, plain or gzip (- is standard input)
    #[arg(required_unless_present = "audit_days", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Read the audit log of the last days from CloudWatch Logs
    #[arg(
        long,
        value_name = "N",
        help_heading = "Input",
        requires = "cluster",
        // clap does not require what conflicts with something that is given
        conflicts_with_all = ["files", "snapshot"],
        value_parser = days()
    )]
    audit_days: Option<u16>,
    /// Include requests of service accounts, nodes and the control plane
    #[arg(long)]
    system: bool,
}

pub fn run(args: ReplayArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let ReplayArgs { files, audit_days, system } = args;
    let global = context.global;
    if global.cluster.is_none() && global.snapshot.is_none() {
        let instead = "pass --snapshot DIR or --cluster NAME: what is allowed is not in aws-auth";
        return Err(CliError::WhichCluster { command: "replay", instead });
    }
    let on_stdin = files.iter().chain(&global.aws_auth).filter(|path| is_stdin(path)).count();
    if on_stdin > 1 {
        return Err(CliError::StdinTwice);
    }
    let snapshot = inputs::snapshot("replay", &mut context)?;
    let decisions = inputs::decisions(&mut context, global.snapshot.as_deref())?;
    let plan = plan(&snapshot, &decisions);
    context.console.seed_redaction(|| plan.to_json());

    let mut requests = DistinctRequests::new(if system { Whom::Everybody } else { Whom::WithoutTheSystem });
    let mut logs = files.iter().map(|path| read(path, &mut requests)).collect::<Result<Vec<_>, _>>()?;
    if let Some(days) = audit_days {
        logs.push(audit_log::of_days(days, &snapshot, &mut context, |event| requests.add(event))?);
    }
    let facts = Facts::of(&snapshot);
    let replay = Replay::of(&requests, &facts, &plan.before_after(&facts));
    let system_by = (!system).then_some("--system");
    let report = Report { replay: &replay, logs: &logs, system_by };
    context.console.data(match global.output.is_json() {
        false => {
            let note = match replay.summary.would_be_denied.is_none() {
                true => next_step::FOR_REVIEW,
                false => "shows every permission that is lost, and the options",
            };
            let next = next_step::to_plan(&context, note);
            outcome::around(&report.verdict(), report.text(context.console.verbose), Some(&next))
        }
        true => inputs::json(&report.view())?.into(),
    })?;
    Ok(if replay.summary.would_be_denied.is_none() { Exit::Done } else { Exit::Pending })
}

fn read(path: &Path, requests: &mut DistinctRequests) -> Result<(String, Reading), CliError> {
    let read = open(path).and_then(|source| read_events(source, |event| requests.add(event)));
    let reading = read.map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    Ok((path.display().to_string(), reading))
}
