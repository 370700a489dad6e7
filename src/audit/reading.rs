//! A log, event by event, in whatever it was exported.

use std::fmt;
use std::io::{self, Read};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{AuditEvent, Stage};
use super::lines::{LONGEST, Line, Lines};
use super::native::{Message, Native};
use super::seen::Seen;
use super::source::Source;

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
/// # Errors
/// Those of the reader; a gzip that ends early is none, see [`Reading::cut`].
pub fn read_events(source: impl Read, mut each: impl FnMut(&AuditEvent<'_>)) -> io::Result<Reading> {
    let mut lines = Lines::new(Source::open(source)?, LONGEST);
    let mut seen = Seen::new();
    let mut reading = Reading::default();
    let mut last_is_broken = false;
    while let Some(line) = lines.next()? {
        let found = match line {
            Line::Text(line) => event_of(line, |native| {
                // nothing is decided yet: what follows counts
                let is_new = native.stage()? != Stage::RequestReceived
                    && native.identity().is_none_or(|id| seen.is_new(id));
                if !is_new {
                    return Ok(Found::Repeated);
                }
                let event = native.into_event()?;
                Period::include(&mut reading.period, event.time);
                each(&event);
                Ok(Found::Event)
            }),
            Line::TooLong => Err(format!("longer than {} MiB", LONGEST >> 20)),
        };
        last_is_broken = found.is_err();
        match found {
            Ok(Found::Event) => reading.events += 1,
            Ok(Found::Repeated) => reading.repeated += 1,
            Ok(Found::Other) => reading.others += 1,
            Ok(Found::Nothing) => {}
            Err(what) => {
                reading.broken += 1;
                if reading.first_broken.len() < SHOWN {
                    reading.first_broken.push(BrokenLine { line: lines.number, what });
                }
            }
        }
    }
    reading.lines = lines.number;
    if let Some(what) = lines.cut() {
        // half of a line at the very end is the cut, and no fault of the log
        if last_is_broken {
            reading.lines -= 1;
            reading.broken -= 1;
            reading.first_broken.retain(|broken| broken.line != lines.number);
        }
        reading.cut = Some(Cut { lines: reading.lines, bytes: lines.bytes, what: what.to_owned() });
    }
    Ok(reading)
}

enum Found {
    Event,
    Repeated,
    Other,
    /// An empty line.
    Nothing,
}

/// Has the event of a line told, or says why there is none.
fn event_of(
    line: &[u8],
    tell: impl FnOnce(Native<'_>) -> Result<Found, &'static str>,
) -> Result<Found, String> {
    let text = std::str::from_utf8(line).map_err(|error| told("it is not UTF-8", error.valid_up_to()))?;
    let line = text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii();
    let json = match line.as_bytes().first() {
        None => return Ok(Found::Nothing),
        Some(b'{') => line,
        Some(_) => match after_timestamp(line) {
            Some(Some(json)) => json,
            Some(None) => return Ok(Found::Other),
            None => return Err("neither JSON nor a time with JSON after it".to_owned()),
        },
    };
    let mut outer = Native::parse(json).map_err(|fault| told(fault.what, fault.at))?;
    let tell = |event: Native<'_>| match event.is_audit_event() {
        true => tell(event).map_err(str::to_owned),
        false => Ok(Found::Other),
    };
    match outer.take_message() {
        None => tell(outer),
        Some(Message::Event(event)) => tell(*event),
        Some(Message::Text(text)) if text.trim_start().starts_with('{') => tell(
            Native::parse(text.trim())
                .map_err(|fault| format!("in its message: {}", told(fault.what, fault.at)))?,
        ),
        Some(Message::Text(_) | Message::Other) => Ok(Found::Other),
    }
}

/// The JSON after a time, with the name of a log stream between them or without; `None`: there is no time.
fn after_timestamp(line: &str) -> Option<Option<&str>> {
    let (time, rest) = line.split_once([' ', '\t'])?;
    time.parse::<Timestamp>().ok()?;
    let rest = rest.trim_ascii_start();
    let rest = match rest.starts_with('{') {
        true => rest,
        false => rest.split_once([' ', '\t']).map_or("", |(_, rest)| rest.trim_ascii_start()),
    };
    Some(Some(rest).filter(|rest| rest.starts_with('{')))
}

fn told(what: &str, at: usize) -> String {
    format!("{what}, after {at} bytes")
}
