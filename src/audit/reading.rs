//! A log, event by event, in whatever it was exported.

use std::fmt;
use std::io::{self, Read};
use std::sync::mpsc;
use std::thread;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, Told};
use super::blocks::{Blocks, Ending, LONGEST, SIZE};
use super::event::AuditEvent;
use super::seen::Seen;
use super::source::Source;

/// How many scanned batches wait to be told, at most.
const WAITING: usize = 4;
/// How many broken lines are told of.
const SHOWN: usize = 5;

/// What was read of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub lines: u64,
    /// Requests told of, each once.
    pub events: u64,
    /// Other stages of those, and events that were there twice.
    pub repeated: u64,
    /// What is whole and no audit event, as the other streams of a log group.
    pub others: u64,
    /// What can be no event, or is half of one.
    pub broken: u64,
    /// The first broken lines.
    pub first_broken: Vec<BrokenLine>,
    /// The log ends early.
    pub cut: Option<Cut>,
    /// `None`: no event has a time.
    pub period: Option<Period>,
}

/// The first event and the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Period {
    pub first: Timestamp,
    pub last: Timestamp,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minute = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M").to_string();
        write!(f, "{} to {} UTC", minute(self.first), minute(self.last))
    }
}

impl Period {
    /// What both of them span.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    pub(super) fn include(period: &mut Option<Self>, time: Option<Timestamp>) {
        let Some(time) = time else { return };
        let this = Self { first: time, last: time };
        *period = Some(period.map_or(this, |period| period.and(this)));
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenLine {
    /// From 1.
    pub line: u64,
    pub what: String,
}

/// A gzip that ends early or is damaged: how far it could be unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// Those that are whole.
    pub lines: u64,
    /// Unpacked.
    pub bytes: u64,
    pub what: String,
}

/// Tells each request of the log once, in the order of the log.
///
/// A line is an event as JSON; or what CloudWatch Logs (`message`) or Logs Insights (`@message`) wrap around it, which hold
/// it as text or as an object; or `TIMESTAMP {event}`, as exports to S3 and `aws logs tail` have it. All of it plain or
/// gzip. Memory is constant: of a line of more than 4 MiB nothing is kept. A broken line is counted and never an error.
///
/// A second thread reads and scans while this one tells: it is most of the work, and a log is long.
///
/// # Errors
/// Those of the reader; a gzip that ends early is none, see [`Reading::cut`].
pub fn read_events(source: impl Read + Send, mut each: impl FnMut(&AuditEvent<'_>)) -> io::Result<Reading> {
    let mut reading = Reading::default();
    let mut seen = Seen::new();
    let mut last_is_broken = false;
    let ending = thread::scope(|scope| {
        let (filled, batches) = mpsc::sync_channel(WAITING);
        // a batch goes back to be filled again, so that there are never more than a handful
        let (told, used) = mpsc::channel();
        let scanning = scope.spawn(move || scan(source, &filled, &used));
        for batch in batches {
            batch.tell(&mut seen, |line| {
                last_is_broken = matches!(line, Told::Broken(_));
                reading.add(&line);
                if let Told::Event(event) = &line {
                    each(event);
                }
            });
            // the other one may have come to the end
            let _ = told.send(batch);
        }
        scanning.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    if let Some(what) = ending.cut {
        // half of a line at the very end is the cut, and no fault of the log
        if last_is_broken && ending.in_a_line {
            reading.first_broken.retain(|broken| broken.line != reading.lines);
            reading.lines -= 1;
            reading.broken -= 1;
        }
        reading.cut = Some(Cut { lines: reading.lines, bytes: ending.bytes, what });
    }
    Ok(reading)
}

/// Fills batches until there is nothing more, or nobody wants them.
fn scan(
    source: impl Read,
    filled: &mpsc::SyncSender<Batch>,
    used: &mpsc::Receiver<Batch>,
) -> io::Result<Ending> {
    let mut blocks = Blocks::new(Source::open(source)?, SIZE, LONGEST);
    loop {
        let mut batch = used.try_recv().unwrap_or_default();
        if !batch.fill(&mut blocks)? || filled.send(batch).is_err() {
            return Ok(blocks.ending);
        }
    }
}

impl Reading {
    fn add(&mut self, line: &Told<'_>) {
        self.lines += 1;
        match line {
            Told::Event(event) => {
                self.events += 1;
                Period::include(&mut self.period, event.time);
            }
            Told::Repeated => self.repeated += 1,
            Told::Other => self.others += 1,
            Told::Nothing => {}
            Told::Broken(what) => {
                self.broken += 1;
                if self.first_broken.len() < SHOWN {
                    self.first_broken.push(BrokenLine { line: self.lines, what: (*what).to_owned() });
                }
            }
        }
    }
}
