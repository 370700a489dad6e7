use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use eksodus::planner::{Decisions, Phase, Plan};
use eksodus::render::{View, plan_text};
use eksodus::session::{News, Question, Talk, Tell, reasons};

use super::interrupt::{self, Interrupt};
use super::looking::{self, Looking};
use super::{CliError, in_one_line, preflight, progress};
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
}

impl<'c> Terminal<'c> {
    pub fn new(context: Context<'c>) -> Self {
        Self { context, folder: None, interrupt: None, looking: Looking::default(), is_silent: false }
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

    fn planned(&mut self, plan: &Plan, to_read: bool) {
        let console = &mut *self.context.console;
        console.seed_redaction(|| plan.to_json());
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
        let console = &mut *self.context.console;
        match news {
            News::Looking(seen) => self.looking.tell(console, seen),
            News::Looked { unread } => {
                console.bar().end();
                looking::tell_unread(console, unread);
            }
            News::Planned { plan, to_read } => self.planned(plan, to_read),
            News::Owner(owner) => {
                let (tool, returns) = (&owner.tool, owner.tool.returns());
                let evidence = owner.evidence.join("; ");
                console.warn(&format!("{tool} manages aws-auth too, and {returns} ({evidence})"));
            }
            News::Preflight { found, alone } => preflight::tell(console, found, alone),
            News::LeaseHeld(held) => {
                console.note(&format!("{held}; looking whether it is still renewed"));
            }
            News::LeaseTakenOver => console.note("it is not renewed any more: taken over"),
            News::Torn(bytes) => console.warn(&format!(
                "the journal ended in {bytes} bytes of a record that was cut; they were dropped"
            )),
            News::Run(event) => progress::tell(console, event),
            News::RunEnded => console.bar().end(),
            News::NotEnded(error) => console.warn(&in_one_line(error)),
            News::JournalNotClosed(error) => console.warn(&in_one_line(error)),
            News::NotUndone(refusal) => console.warn(&format!("stays as it is: {refusal}")),
            News::Stopped(ending) => {
                reasons(ending).iter().for_each(|why| console.warn(why));
                console.note("going on, as apply --resume does");
            }
            News::Rehearsed(ending) => reasons(ending).iter().for_each(|why| console.complain(why)),
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
            Question::Plan if !console.can_ask() => Err(CliError::NobodyToAsk),
            Question::Plan => Ok(console.confirm("Apply this plan?", "yes")),
            Question::Irreversible { cluster, phases } => {
                let phases: Vec<&str> = phases.into_iter().map(Phase::as_str).collect();
                let phases = phases.join(" and ");
                if !console.can_ask() {
                    return Err(CliError::NobodyToAgree { phases });
                }
                Ok(console.confirm(&format!("AWS has no way back from {phases}."), cluster))
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
