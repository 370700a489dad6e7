use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use eksodus::journal::Stamp;
use eksodus::planner::{Decisions, Phase, Plan};
use eksodus::render::{Names, Page, View, plan_text, work};
use eksodus::session::{News, PhaseCount, Question, Stake, Talk, Tell};

use super::events::What;
use super::interrupt::{self, Interrupt};
use super::looking::{self, Looking};
use super::progress::Progress;
use super::{CliError, in_one_line, owners, preflight, stop, verdicts};
use crate::cli::{Context, inputs};

/// The person at the terminal, for the use cases of the library: what they tell becomes words here, and what they ask is
/// asked here.
pub struct Terminal<'c> {
    pub context: Context<'c>,
    /// Of the cluster, where `eksodus.yaml` may be.
    folder: Option<PathBuf>,
    /// Signals that are caught already; else they are once there is something to interrupt.
    interrupt: Option<Interrupt>,
    looking: Looking,
    /// A plan that was made now is not even shown.
    is_silent: bool,
    /// As the principals of the plan are shown.
    names: Names,
    is_rollback: bool,
    progress: Progress,
}

/// Every so many interruptions it is told how far a rehearsal with every fault has come.
const TOLD: usize = 1_000;

/// What is left when there is nothing more to be told on the way.
pub struct Told<'c> {
    pub context: Context<'c>,
    pub names: Names,
}

impl<'c> Terminal<'c> {
    pub fn new(context: Context<'c>) -> Self {
        Self {
            context,
            folder: None,
            interrupt: None,
            looking: Looking::default(),
            is_silent: false,
            names: Names::default(),
            is_rollback: false,
            progress: Progress::default(),
        }
    }

    /// With the decisions that are beside a snapshot.
    pub fn beside(self, folder: Option<PathBuf>) -> Self {
        Self { folder, ..self }
    }

    pub fn interrupted_by(self, interrupt: Interrupt) -> Self {
        Self { interrupt: Some(interrupt), ..self }
    }

    pub fn silent(self, is_silent: bool) -> Self {
        Self { is_silent, ..self }
    }

    pub fn told(self) -> Told<'c> {
        Told { context: self.context, names: self.names }
    }

    /// The same for machines. A plan that is to be read stays text, and what gives missing rights is advice.
    fn event(&mut self, news: &News<'_>) {
        match *news {
            News::Planned { plan, to_read } => self.planned(plan, to_read),
            News::Tried { number, of } if number != of && !number.is_multiple_of(TOLD) => return,
            _ => {}
        }
        self.context.console.event(What::of(news));
        if let News::Preflight { found, alone } = *news
            && !found.passes()
        {
            preflight::tell(self.context.console, found, alone);
        }
    }

    fn planned(&mut self, plan: &Plan, to_read: bool) {
        let console = &mut *self.context.console;
        console.seed_redaction(|| plan.to_json());
        self.names = Names::of(plan, self.context.global.full);
        self.is_rollback = plan.undoes.is_some();
        if to_read && !self.is_silent {
            console.page(plan_text(
                plan,
                &View { next: None, verbose: console.verbose, full: self.context.global.full },
            ));
        }
    }
}

impl Tell for Terminal<'_> {
    fn tell(&mut self, news: News<'_>) {
        if self.context.console.is_json() {
            return self.event(&news);
        }
        let console = &mut *self.context.console;
        match news {
            News::Looking(seen) => self.looking.tell(console, seen),
            News::Looked { unread } => {
                console.bar().end();
                looking::tell_unread(console, unread);
            }
            News::Planned { plan, to_read } => self.planned(plan, to_read),
            News::Owner(owner) => owners::tell(console, owner),
            News::Preflight { found, alone } => preflight::tell(console, found, alone),
            News::LeaseHeld(held) => {
                console.note(&format!("{held}; checking whether it is still active"));
            }
            News::LeaseTakenOver => console.note("it is not active any more: taken over"),
            News::Resuming { journal, phases, last } => {
                console.note(&resuming(journal, phases, last));
            }
            News::Torn(bytes) => console.warn(&format!(
                "the journal ended in {bytes} bytes of a record that was cut; they were dropped"
            )),
            News::Run(event) => self.progress.tell(console, &self.names, self.is_rollback, event),
            News::Watching(seen) => self.progress.watching(console, seen),
            News::RunEnded => console.bar().end(),
            News::NotEnded(error) => console.warn(&in_one_line(error)),
            News::JournalNotClosed(error) => console.warn(&in_one_line(error)),
            News::NotUndone(refusal) => {
                console.warn(&self.names.prose(&format!("not rolled back: {refusal}")))
            }
            News::Struck { fault, strike } => {
                console.note(&format!("    ⚡ {fault} strikes {} #{}", strike.operation, strike.nth));
            }
            News::Stopped(_) => console.note("stopped; resuming, as apply --resume does"),
            News::Tried { number, of } => {
                console.bar().at(number, of, "interruptions");
                if number.is_multiple_of(TOLD) {
                    console.note(&format!("{number} of {of} interruptions"));
                }
            }
            News::Rehearsed(ending) => stop::why(ending).iter().for_each(|why| console.complain(why)),
            News::RollingBack => console.note("rolling back"),
        }
    }
}

impl Talk for Terminal<'_> {
    type Error = CliError;

    fn decisions(&mut self) -> Result<Decisions, CliError> {
        inputs::decisions(&mut self.context, self.folder.as_deref())
    }

    fn agrees(&mut self, to: Question<'_>) -> Result<bool, CliError> {
        let console = &mut *self.context.console;
        match to {
            Question::Plan(_) if !console.can_ask() => Err(CliError::NobodyToAsk),
            // who saved a plan to have it applied by a machine has agreed to it
            Question::Reversible(_) if !console.can_ask() => Ok(true),
            Question::Irreversible { stake, cluster: _ } if !console.can_ask() => {
                Err(CliError::NobodyToAgree { phases: phases(&stake) })
            }
            Question::Plan(stake) => {
                console.page(at_stake(&stake));
                Ok(console.confirm("Apply this plan?", "yes", "yes"))
            }
            Question::Reversible(stake) => {
                console.page(at_stake(&stake));
                Ok(console.confirm("Make these changes?", "yes", "yes"))
            }
            Question::Irreversible { cluster, stake } => {
                console.page(at_stake(&stake));
                let question = format!("{} cannot be undone.", phases(&stake));
                Ok(console.confirm(&question, &format!("the cluster name ({cluster})"), cluster))
            }
        }
    }

    fn begin(&mut self) -> Result<Arc<AtomicBool>, CliError> {
        match self.interrupt.take() {
            Some(interrupt) => Ok(interrupt.flag()),
            None => interrupt::flag(),
        }
    }
}

/// That nothing is begun anew, and from where it is resumed.
fn resuming(journal: &str, phases: &[PhaseCount], last: Option<&Stamp>) -> String {
    let sum = |of: fn(&PhaseCount) -> usize| phases.iter().map(of).sum::<usize>();
    let steps = verdicts::steps([sum(|it| it.done), sum(|it| it.steps)]);
    let last = last.map(|stamp| {
        let by = stamp.caller.as_ref().map(|caller| format!(" by {caller}")).unwrap_or_default();
        format!("; last record {}{by}", stamp.at)
    });
    format!("resuming the run of this plan, {steps}{}: {journal}", last.unwrap_or_default())
}

/// `dual-mode`, or `dual-mode and api-mode`.
fn phases(stake: &Stake<'_>) -> String {
    stake.irreversible().map(Phase::as_str).collect::<Vec<_>>().join(" and ")
}

/// What would be done to which cluster, in front of a question.
fn at_stake(stake: &Stake<'_>) -> Page {
    let Stake { plan, through, mode, steps } = stake;
    let mut page = Page::default();
    let mode = mode.map(|mode| format!(", mode {mode}")).unwrap_or_default();
    let what = format!("{}{mode}: through {through}", verdicts::name(plan.cluster.as_ref()));
    page.section("what is at stake", 0);
    page.line(1, what);
    work(steps).into_iter().for_each(|line| page.line(1, line));
    if let Some(proof) = &plan.parity {
        let (lost, gained) = (proof.summary.permissions_lost, proof.summary.permissions_gained);
        page.line(1, format!("permissions: {lost} lost, {gained} gained"));
    }
    page.blank();
    page
}
