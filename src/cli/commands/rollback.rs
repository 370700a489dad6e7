use std::path::PathBuf;

use clap::Args;
use eksodus::render::{Mark, Page, Verdict};
use eksodus::session::{RollbackRequest, RolledBack, rollback};
use eksodus::simulator::Fault;
use serde::Serialize;

use crate::cli::args::Format;
use crate::cli::next_step::{NextStep, Typed};
use crate::cli::output::{
    CliError, Exit, Interrupt, Terminal, Told, advice, conflicts, outcome, show, verdicts,
};
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, inputs, next_step};

#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// Folder or journal of the run to undo [default: the latest run that changed anything]
    journal: Option<PathBuf>,
    /// Simulated cluster: the folder given to apply --simulate
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// Inject a fault into the simulated cluster (repeatable)
    #[arg(long, value_name = "FAULT", requires = "simulate")]
    fault: Vec<Fault>,
    /// Do not lock the cluster (no Lease)
    #[arg(long, requires = "cluster")]
    no_lock: bool,
    /// Roll back; without it, only show the plan
    #[arg(long, short)]
    yes: bool,
    /// Note for each journal record, such as a ticket
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub fn run(args: RollbackArgs, context: Context<'_>) -> Result<Exit, CliError> {
    if args.yes {
        context.only("rollback --yes", &[Format::Text, Format::Json])?;
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
        let (typed, id) = (Typed::of(&target, None), target.id());
        let mut terminal = Terminal::new(context).interrupted_by(interrupt);
        let result = rollback(target, request, &mut terminal)?;
        let told = terminal.told();
        match result {
            RolledBack::NothingToUndo => {
                let verdict = verdicts::of(id.as_ref(), Mark::Idle, "nothing to roll back");
                answer(told, &verdict, &typed.status(), Exit::Done)
            }
            RolledBack::NothingCanBeUndone { run } => {
                let said = format!("nothing that is left of the run {run} can be rolled back");
                let verdict = verdicts::of(id.as_ref(), Mark::Bad, &said);
                let next =
                    typed.fresh_plan("shows what is left; or name an earlier run: eksodus rollback RUN");
                answer(told, &verdict, &next, Exit::Refused)
            }
            RolledBack::InTheWay { refusal, conflicts: found } => {
                let Told { context, names } = told;
                let said = format!("aws-auth was changed since, so nothing is rolled back: {refusal}");
                context.console.complain(&said);
                conflicts::tell(context.console, &names, &found);
                let verdict = verdicts::of(id.as_ref(), Mark::Bad, "refused: nothing was changed");
                let next = typed.fresh_plan("keeps what somebody else wrote into aws-auth");
                answer(Told { context, names }, &verdict, &next, Exit::Refused)
            }
            RolledBack::Preview { plan, refusals } if refusals.is_empty() => {
                let next = next_step::to_roll_back(&typed.options, args.journal.as_deref());
                show::plan(told.context, &plan, Some(next))?;
                Ok(Exit::Done)
            }
            RolledBack::Preview { plan: _, refusals } => {
                let Told { context, names } = told;
                let why = advice::of_many(&refusals);
                why.iter().for_each(|why| context.console.complain(&names.prose(why)));
                advice::of_refusals(&refusals, false).into_iter().for_each(|it| context.console.hint(it));
                let verdict =
                    verdicts::of(id.as_ref(), Mark::Bad, "it would be refused; nothing was changed");
                answer(Told { context, names }, &verdict, &typed.status(), Exit::Refused)
            }
            RolledBack::Over(result) => outcome::conclude(told, &result, &typed),
        }
    }
}

/// An answer without a run.
fn answer(told: Told<'_>, verdict: &Verdict, next: &NextStep, exit: Exit) -> Result<Exit, CliError> {
    let Told { context, names: _ } = told;
    let page = outcome::around(verdict, Page::default(), Some(next));
    match context.global.output {
        Format::Json => {
            context.console.data(&inputs::json(&Nothing { result: "refused", next }.of(exit))?)?
        }
        Format::Text => context.console.data(page)?,
        // only a plan has these
        Format::Markdown | Format::Html | Format::Sarif | Format::Github => context.console.page(page),
    }
    Ok(exit)
}

/// As the JSON of a run, of which there was none.
#[derive(Debug, Serialize)]
struct Nothing<'n> {
    result: &'static str,
    next: &'n NextStep,
}

impl Nothing<'_> {
    fn of(self, exit: Exit) -> Self {
        if exit == Exit::Done { Self { result: "nothing", ..self } } else { self }
    }
}
