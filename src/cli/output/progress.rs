//! What a run does, on stderr, for people.

use std::time::Duration;

use eksodus::checks::{Readiness, Watched};
use eksodus::executor::Event;
use eksodus::planner::Phase;
use eksodus::render::Names;

use super::console::Console;

/// Where there is no terminal, a line is told each time so long a wait has gone on.
const STRIDE: Duration = Duration::from_secs(30);
/// The same of a watch, unless something has changed.
const WATCH_STRIDE: Duration = Duration::from_secs(60);
/// A step that took as long as this is worth a line of its own.
const LONG: Duration = Duration::from_secs(10);

/// What was told last.
#[derive(Debug, Default)]
pub struct Progress {
    /// How far the step under way is: its number, and of how many.
    at: (usize, usize),
    /// When the next line of a wait is due.
    next: Duration,
    /// It was told what a rollback waits for.
    is_unseen: bool,
    /// When the next line of a watch is due, and what the last one said.
    watch: (Duration, String),
}

impl Progress {
    /// `is_rollback`: all of its steps are of the phase that they undo.
    pub fn tell(&mut self, console: &mut Console, names: &Names, is_rollback: bool, event: &Event) {
        let verbose = console.verbose;
        match event {
            Event::PhaseStarted { phase } => console.note(&format!("phase {}", name(*phase, is_rollback))),
            Event::StepStarted { step, number, of } => {
                self.at = (*number, *of);
                self.next = STRIDE;
                let step = names.step(step);
                console.bar().at(*number, *of, &step);
                console.note(&format!("  [{number}/{of}] {step}"));
            }
            Event::CallDone { step: _, call, already } => {
                if verbose {
                    let already = if *already { " (already done)" } else { "" };
                    console.note(&names.prose(&format!("    {call}{already}")));
                }
            }
            Event::Retrying { step, error, wait } => {
                let step = names.step(step);
                console.note(&names.prose(&format!("    retrying in {}: {step}: {error}", short(*wait))));
            }
            Event::Irreversible { step: _, to } => {
                console.note(&format!("    point of no return: EKS is asked for mode {to}, which cannot be undone"));
            }
            Event::Updating { step: _, update } => {
                console.note(&format!("    EKS update {update} in progress (usually a few minutes)"));
            }
            Event::Waiting { resource, wait, waited, update } => {
                self.waiting(console, &names.prose(&resource.to_string()), *wait, *waited, update.as_deref());
            }
            Event::Unseen { resource, others, in_doubt, wait: _, waited } => {
                let resource = names.prose(&resource.to_string());
                self.unseen(console, &resource, *others, *in_doubt, *waited);
            }
            Event::Unverified { differences, wait } => {
                let s = if *differences == 1 { "" } else { "s" };
                console.note(&format!("    {differences} difference{s} so far, checking again in {}", short(*wait)));
            }
            Event::Adopted { step } => {
                console.note(&format!("    already exists, identical or giving more: {}", names.step(step)));
            }
            Event::Untagged => console.note(
                "    the caller may not tag access entries (eks:TagResource): they do not tell which run created them",
            ),
            Event::Settled { step, call, applied } => {
                let had = if *applied { "had taken effect" } else { "had not taken effect" };
                console.note(&names.prose(&format!("  {}: {call} {had}", names.step(step))));
            }
            Event::StepDone { step, took } => {
                if verbose || *took >= LONG {
                    console.note(&format!("    ✓ {} in {}", names.step(step), short(*took)));
                }
            }
            Event::PhaseDone { phase, took } => console.note(&format!(
                "✓ {} done in {}; safe to stop here",
                name(*phase, is_rollback),
                short(*took)
            )),
        }
    }

    /// Each of them moves the bar; without one, a line is told every half minute.
    fn waiting(
        &mut self,
        console: &mut Console,
        resource: &str,
        wait: Duration,
        waited: Duration,
        update: Option<&str>,
    ) {
        let what = match update {
            Some(update) => format!("EKS update {update} in progress"),
            None => format!("waiting for {resource}"),
        };
        let (number, of) = self.at;
        console.bar().at(number, of, &format!("{what}, {}", short(waited)));
        if waited >= self.next && !console.bar().is_wanted() {
            console.note(&format!("    {what}, {}", short(waited)));
            self.next = waited + STRIDE;
        } else if console.verbose && update.is_none() {
            console.note(&format!("    checking {resource} again in {}", short(wait)));
        }
    }

    /// Told once; without a bar again every half minute.
    fn unseen(
        &mut self,
        console: &mut Console,
        resource: &str,
        others: usize,
        in_doubt: bool,
        waited: Duration,
    ) {
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        let what = match in_doubt {
            true => format!("whether the last call about {resource}{more} took effect cannot be told yet"),
            false => format!("EKS does not show yet what the run did to {resource}{more}"),
        };
        console.bar().at(0, 0, &format!("{what}, {}", short(waited)));
        let is_due = waited >= self.next;
        if !self.is_unseen {
            console
                .note(&format!("{what}: waiting until it does, or until a minute after the run's last call"));
        } else if is_due && !console.bar().is_wanted() {
            console.note(&format!("{what}, {}", short(waited)));
        }
        if !self.is_unseen || is_due {
            (self.is_unseen, self.next) = (true, waited + STRIDE);
        }
    }

    /// `4:12 of 15:00  workers-a 3/3  jobs 1/1 (Fargate)`.
    pub fn watching(&mut self, console: &mut Console, seen: &Watched) {
        let Watched { elapsed, of, groups } = seen;
        let said: Vec<String> =
            groups.iter().map(|Readiness { name, ready, all }| format!("{name} {ready}/{all}")).collect();
        let said = if said.is_empty() { "no nodes".to_owned() } else { said.join("  ") };
        let line = format!("{} of {}  {said}", clock(*elapsed), clock(*of));
        let seconds = |duration: &Duration| usize::try_from(duration.as_secs()).unwrap_or(usize::MAX);
        console.bar().at(seconds(elapsed), seconds(of), &line);
        let (next, before) = &self.watch;
        if !console.bar().is_wanted() && (elapsed >= next || said != *before) {
            console.note(&line);
            self.watch = (*elapsed + WATCH_STRIDE, said);
        }
    }
}

fn name(phase: Phase, is_rollback: bool) -> &'static str {
    match phase {
        Phase::Entries if is_rollback => "rollback",
        phase => phase.as_str(),
    }
}

/// `0.4 s`, `42 s`, `2m10s`, `1h02m`.
pub fn short(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

/// `4:12`.
fn clock(duration: Duration) -> String {
    format!("{}:{:02}", duration.as_secs() / 60, duration.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_long_as_they_have_to_be() {
        let of = |millis| short(Duration::from_millis(millis));
        let shown = [of(0), of(1_250), of(42_900), of(130_000), of(3_725_000)];
        assert_eq!(shown, ["0.0 s", "1.2 s", "42 s", "2m10s", "1h02m"]);
        assert_eq!(clock(Duration::from_secs(252)), "4:12");
        assert_eq!(clock(Duration::from_secs(900)), "15:00");
    }
}
