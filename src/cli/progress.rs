use eksodus::executor::{Event, Reporter};

use super::console::Console;
use super::error::CliError;

/// Tells on stderr what a run does, and keeps the simulated cluster on the disk in step with its journal.
pub struct Progress<'p> {
    console: &'p mut Console,
    save: &'p dyn Fn() -> Result<(), CliError>,
    unsaved: Option<CliError>,
}

impl<'p> Progress<'p> {
    pub fn new(console: &'p mut Console, save: &'p dyn Fn() -> Result<(), CliError>) -> Self {
        Self { console, save, unsaved: None }
    }

    /// # Errors
    /// The last thing that could not be saved.
    pub fn end(self) -> Result<(), CliError> {
        self.console.bar().end();
        (self.save)()?;
        self.unsaved.map_or(Ok(()), Err)
    }
}

impl Reporter for Progress<'_> {
    fn event(&mut self, event: &Event) {
        let verbose = self.console.verbose;
        match event {
            Event::PhaseStarted { phase } => self.console.note(&format!("phase {phase}")),
            Event::StepStarted { step, number, of } => {
                self.console.bar().at(*number, *of, step);
                self.console.note(&format!("  [{number}/{of}] {step}"));
            }
            Event::CallDone { step: _, call, already } => {
                self.unsaved = (self.save)().err().or(self.unsaved.take());
                if verbose {
                    let already = if *already { " (it was so already)" } else { "" };
                    self.console.note(&format!("    {call}{already}"));
                }
            }
            Event::Retrying { step: _, error, wait } => {
                self.console.note(&format!("    again in {wait:.1?}: {error}"));
            }
            Event::Waiting { thing, wait } => {
                if verbose {
                    self.console.note(&format!("    looking at {thing} again in {wait:.1?}"));
                }
            }
            Event::Unverified { differences, wait } => {
                self.console.note(&format!("    {differences} differences, looking again in {wait:?}"));
            }
            Event::Adopted { step: _ } => self.console.note("    there already, and equal"),
            Event::Settled { step, call, applied } => {
                let had = if *applied { "had taken effect" } else { "had not taken effect" };
                self.console.note(&format!("  {step}: {call} {had}"));
            }
            Event::StepDone { step: _ } | Event::PhaseDone { phase: _ } => {}
        }
    }
}
