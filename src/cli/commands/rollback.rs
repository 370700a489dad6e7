use std::path::PathBuf;

use clap::Args;
use eksodus::executor::Refusal;
use eksodus::planner::Plan;
use eksodus::session::{RollbackRequest, RolledBack, rollback};
use eksodus::simulator::Fault;

use crate::cli::output::{CliError, Exit, Interrupt, Terminal, advice, outcome, show};
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, next_step};

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The folder of the run to undo, or its journal; without it, the newest run that left something behind
    journal: Option<PathBuf>,
    /// A simulated cluster: the folder that apply --simulate changes
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// Break a call of the simulated cluster on purpose; may be given again
    #[arg(long, value_name = "FAULT", requires = "simulate")]
    fault: Vec<Fault>,
    /// Do not keep other operators away from the live cluster by a Lease
    #[arg(long, requires = "cluster")]
    no_lock: bool,
    /// Do it; otherwise it is only shown
    #[arg(long, short)]
    yes: bool,
    /// Written into each record of the journal, such as a ticket
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub fn run(args: RollbackArgs, context: Context<'_>) -> Result<Exit, CliError> {
    if args.yes {
        context.no_markdown("rollback --yes")?;
    }
    let interrupt = Interrupt::catch()?;
    let choice = Choice {
        command: "rollback",
        simulate: args.simulate.as_deref(),
        faults: &args.fault,
        no_lock: args.no_lock,
        asks_rights: false,
    };
    choice.work(context, Undo { args: &args, interrupt })
}

struct Undo<'a> {
    args: &'a RollbackArgs,
    interrupt: Interrupt,
}

impl Work for Undo<'_> {
    fn on<T: Target>(self, target: T, context: Context<'_>) -> Result<Exit, CliError> {
        let Self { args, interrupt } = self;
        let request = RollbackRequest {
            run: args.journal.clone(),
            act: args.yes,
            lock: !args.no_lock,
            stamps: context.host.stamps(args.note.as_deref()),
        };
        let options = target.options();
        let mut terminal = Terminal::new(context).interrupted_by(interrupt);
        let result = rollback(target, request, &mut terminal)?;
        let context = terminal.context;
        match result {
            RolledBack::NothingToUndo => {
                context.console.note("nothing to undo");
                Ok(Exit::Done)
            }
            RolledBack::NothingCanBeUndone { run } => {
                context.console.complain(&format!("nothing that is left of the run {run} can be undone"));
                context.console.hint(
                    "make a new plan from what is there now; or name an earlier run: eksodus rollback RUN",
                );
                Ok(Exit::Refused)
            }
            RolledBack::Preview { plan, refusals } => preview(args, context, &options, &plan, &refusals),
            RolledBack::Over(result) => outcome::conclude(context, &result, &options, None),
        }
    }
}

fn preview(
    args: &RollbackArgs,
    context: Context<'_>,
    options: &str,
    plan: &Plan,
    refusals: &[Refusal],
) -> Result<Exit, CliError> {
    refusals.iter().for_each(|refusal| context.console.complain(&refusal.to_string()));
    advice::of_refusals(refusals, false).into_iter().for_each(|it| context.console.hint(it));
    let is_free = refusals.is_empty();
    let next = is_free.then(|| next_step::to_roll_back(options, args.journal.as_deref()));
    show::plan(context, plan, next)?;
    Ok(if is_free { Exit::Done } else { Exit::Refused })
}
