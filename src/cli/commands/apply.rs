use std::path::PathBuf;

use clap::Args;
use eksodus::parity::Permissions;
use eksodus::planner::Phase;
use eksodus::session::{Migration, PruneWish, Start, migrate};
use eksodus::simulator::Fault;

use crate::cli::args::{PruneArg, phase};
use crate::cli::next_step::Typed;
use crate::cli::output::{CliError, Exit, Interrupt, Terminal, outcome};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::target::{Choice, Target, Work};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// Plan saved by plan --out (- is standard input) [default: make a plan, and ask]
    plan: Option<PathBuf>,
    /// Use this snapshot folder as a simulated cluster, changed in place
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    simulate: Option<PathBuf>,
    /// Inject a fault into the simulated cluster (repeatable)
    #[arg(long, value_name = "FAULT", requires = "simulate")]
    fault: Vec<Fault>,
    /// Stop after this phase
    #[arg(long, value_parser = phase(), value_name = "PHASE", default_value = "verify")]
    through: Phase,
    /// Allow the phases AWS cannot undo: dual-mode and api-mode
    #[arg(long)]
    allow_irreversible: bool,
    /// What to remove from aws-auth in phase prune [default: what the plan says]
    #[arg(long, value_enum, value_name = "WHAT")]
    prune: Option<PruneArg>,
    /// Accept this number of lost permissions, as counted by the plan (or accept them in eksodus.yaml)
    #[arg(long, value_name = "N", default_value_t, hide_default_value = true)]
    accept_lost: usize,
    /// Accept this number of gained permissions, as counted by the plan
    #[arg(long, value_name = "N", default_value_t, hide_default_value = true)]
    accept_gained: usize,
    /// Do not ask for confirmation
    #[arg(long, short)]
    yes: bool,
    /// Do not lock the cluster (no Lease)
    #[arg(long, requires = "cluster")]
    no_lock: bool,
    /// Resume the last run of this plan; an error if there is none (default: resume or start)
    #[arg(long, requires = "plan")]
    resume: bool,
    /// Start another run of this plan, even where there is one to resume
    #[arg(long, requires = "plan", conflicts_with = "resume")]
    new: bool,
    /// Apply only the plan with this digest, as reviewed
    #[arg(long, value_name = "DIGEST", requires = "plan")]
    plan_digest: Option<PlanDigest>,
    /// Note for each journal record, such as a ticket
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub fn run(args: ApplyArgs, context: Context<'_>) -> Result<Exit, CliError> {
    let interrupt = Interrupt::catch()?;
    let choice = Choice {
        command: "apply",
        simulate: args.simulate.as_deref(),
        faults: &args.fault,
        no_lock: args.no_lock,
        // without a saved plan it looks first
        asks_rights: args.plan.is_some(),
    };
    choice.work(context, Apply { args: &args, interrupt })
}

struct Apply<'a> {
    args: &'a ApplyArgs,
    interrupt: Interrupt,
}

impl Work for Apply<'_> {
    fn on<T: Target>(self, target: T, context: Context<'_>) -> Result<Exit, CliError> {
        let Self { args, interrupt } = self;
        let saved = args
            .plan
            .as_deref()
            .map(|path| PlanDigest::pinned(args.plan_digest.as_ref(), inputs::saved_plan(path, &target)?));
        let migration = Migration {
            plan: saved.transpose()?,
            through: args.through,
            allow_irreversible: args.allow_irreversible,
            prune: args.prune.map_or(PruneWish::AsPlanned, PruneArg::wish),
            accept: Permissions { lost: args.accept_lost, gained: args.accept_gained },
            start: match (args.resume, args.new) {
                (true, _) => Start::MustResume,
                (false, true) => Start::New,
                (false, false) => Start::Resume,
            },
            ask: !args.yes,
            lock: !args.no_lock,
            stamps: context.host.stamps(args.note.as_deref()),
        };
        let (typed, is_silent) = (Typed::of(&target, args.plan.as_deref()), args.yes && context.global.quiet);
        let mut terminal = Terminal::new(context)
            .beside(target.folder().map(ToOwned::to_owned))
            .interrupted_by(interrupt)
            .silent(is_silent);
        let result = migrate(target, migration, &mut terminal)?;
        outcome::conclude(terminal.told(), &result, &typed)
    }
}
