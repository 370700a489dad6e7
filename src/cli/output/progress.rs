use eksodus::executor::{Event, Reporter};

use super::console::Console;

/// Tells on stderr what a run does.
pub struct Progress<'p> {
    console: &'p mut Console,
}

impl<'p> Progress<'p> {
    pub fn new(console: &'p mut Console) -> Self {
        Self { console }
    }

    pub fn end(self) {
        self.console.bar().end();
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
                if verbose {
                    let already = if *already { " (it was so already)" } else { "" };
                    self.console.note(&format!("    {call}{already}"));
                }
            }
            Event::Retrying { step, error, wait } => {
                self.console.note(&format!("    again in {wait:.1?}: {step}: {error}"));
            }
            Event::Waiting { resource, wait } => {
                if verbose {
                    self.console.note(&format!("    looking at {resource} again in {wait:.1?}"));
                }
            }
            Event::Unverified { differences, wait } => {
                let s = if *differences == 1 { "" } else { "s" };
                self.console.note(&format!("    {differences} difference{s}, looking again in {wait:?}"));
            }
            Event::Adopted { step } => {
                self.console.note(&format!("    there already, and left as it is: {step}"));
            }
            Event::Untagged => self.console.note(
                "    the caller may not tag access entries (eks:TagResource): they do not tell which run created them",
            ),
            Event::Settled { step, call, applied } => {
                let had = if *applied { "had taken effect" } else { "had not taken effect" };
                self.console.note(&format!("  {step}: {call} {had}"));
            }
            Event::StepDone { step: _ } | Event::PhaseDone { phase: _ } => {}
        }
    }
}
