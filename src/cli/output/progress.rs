use eksodus::executor::Event;

use super::console::Console;

/// What a run does, on stderr.
pub fn tell(console: &mut Console, event: &Event) {
    let verbose = console.verbose;
    match event {
        Event::PhaseStarted { phase } => console.note(&format!("phase {phase}")),
        Event::StepStarted { step, number, of } => {
            console.bar().at(*number, *of, step);
            console.note(&format!("  [{number}/{of}] {step}"));
        }
        Event::CallDone { step: _, call, already } => {
            if verbose {
                let already = if *already { " (it was so already)" } else { "" };
                console.note(&format!("    {call}{already}"));
            }
        }
        Event::Retrying { step, error, wait } => {
            console.note(&format!("    again in {wait:.1?}: {step}: {error}"));
        }
        Event::Waiting { resource, wait } => {
            if verbose {
                console.note(&format!("    looking at {resource} again in {wait:.1?}"));
            }
        }
        Event::Unverified { differences, wait } => {
            let s = if *differences == 1 { "" } else { "s" };
            console.note(&format!("    {differences} difference{s}, looking again in {wait:?}"));
        }
        Event::Adopted { step } => {
            console.note(&format!("    there already, and left as it is: {step}"));
        }
        Event::Untagged => console.note(
            "    the caller may not tag access entries (eks:TagResource): they do not tell which run created them",
        ),
        Event::Settled { step, call, applied } => {
            let had = if *applied { "had taken effect" } else { "had not taken effect" };
            console.note(&format!("  {step}: {call} {had}"));
        }
        Event::StepDone { step: _ } | Event::PhaseDone { phase: _ } => {}
    }
}
