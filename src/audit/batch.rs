//! A block of lines, scanned: what one thread makes and the next one tells.

use std::collections::BTreeMap;
use std::io::{self, Read};

use jiff::Timestamp;

use super::blocks::{Block, Blocks, LONGEST};
use super::event::{AuditEvent, Stage};
use super::native::{Native, Outer};
use super::scan::{Base, Fault, Kept, has_controls_in_lines};
use super::seen::Seen;
use super::texts::Texts;

/// Lines, and what each of them is.
#[derive(Debug, Default)]
pub(super) struct Batch {
    texts: Texts,
    kept: Kept,
    found: Vec<Found>,
}

#[derive(Debug)]
enum Found {
    Event(Native),
    /// Whole, and no audit event.
    Other,
    /// An empty line.
    Nothing,
    Broken(String),
}

/// What a line of a batch tells.
pub(super) enum Told<'a> {
    Event(AuditEvent<'a>),
    /// Another stage of a request that was told, or one before it was decided.
    Repeated,
    Other,
    Nothing,
    Broken(&'a str),
}

impl Batch {
    /// Scans the next block in place of what is there; whether there is one.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn fill<R: Read>(&mut self, blocks: &mut Blocks<R>) -> io::Result<bool> {
        let mut bytes = std::mem::take(&mut self.texts.lines).into_bytes();
        self.kept.unescaped = std::mem::take(&mut self.texts.unescaped);
        self.kept.unescaped.clear();
        self.kept.groups.clear();
        self.found.clear();
        match blocks.next(&mut bytes)? {
            None => return Ok(false),
            Some(Block::TooLong) => self.found.push(Found::Broken(too_long())),
            Some(Block::Lines) => self.scan(bytes),
        }
        self.texts.unescaped = std::mem::take(&mut self.kept.unescaped);
        Ok(true)
    }

    fn scan(&mut self, bytes: Vec<u8>) {
        let (lines, broken) = match String::from_utf8(bytes) {
            Ok(lines) => (lines, BTreeMap::new()),
            Err(error) => without_broken(error.into_bytes()),
        };
        self.kept.is_printable = !has_controls_in_lines(&lines);
        let mut at = 0;
        while at < lines.len() {
            let rest = &lines.as_bytes()[at..];
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let found = match (broken.get(&at), lines.get(at..at + length)) {
                (Some(valid), _) => Found::Broken(told("it is not UTF-8", *valid)),
                (None, Some(line)) if line.len() <= LONGEST => found_in(line, at, &mut self.kept),
                (None, _) => Found::Broken(too_long()),
            };
            self.found.push(found);
            at += length + 1;
        }
        self.texts.lines = lines;
    }

    /// Tells the lines, in their order.
    pub fn tell(&self, seen: &mut Seen, mut each: impl FnMut(Told<'_>)) {
        for found in &self.found {
            each(match found {
                Found::Event(native) => self.event(native, seen),
                Found::Other => Told::Other,
                Found::Nothing => Told::Nothing,
                Found::Broken(what) => Told::Broken(what),
            });
        }
    }

    fn event(&self, native: &Native, seen: &mut Seen) -> Told<'_> {
        let Some(stage) = native.stage() else { return Told::Broken("there is no such stage of a request") };
        let mut is_new = || native.identity(&self.texts).is_none_or(|id| seen.is_new(id));
        // nothing is decided when it is received: what follows counts
        match stage != Stage::RequestReceived && is_new() {
            true => Told::Event(native.event(stage, &self.texts, &self.kept.groups)),
            false => Told::Repeated,
        }
    }
}

/// Lines that are not UTF-8 are blanked out, so that the others can be read; with how far each of them is valid.
fn without_broken(mut bytes: Vec<u8>) -> (String, BTreeMap<usize, usize>) {
    let mut broken = BTreeMap::new();
    let mut at = 0;
    for line in bytes.split_mut(|byte| *byte == b'\n') {
        let length = line.len();
        if let Err(error) = std::str::from_utf8(line) {
            broken.insert(at, error.valid_up_to());
            line.fill(b' ');
        }
        at += length + 1;
    }
    (String::from_utf8(bytes).unwrap_or_default(), broken)
}

/// What a line is that begins there.
fn found_in(line: &str, at: usize, kept: &mut Kept) -> Found {
    let text = line.strip_prefix('\u{feff}').unwrap_or(line).trim_ascii();
    let json = match text.as_bytes().first() {
        None => return Found::Nothing,
        Some(b'{') => text,
        Some(_) => match after_timestamp(text) {
            Some(Some(json)) => json,
            Some(None) => return Found::Other,
            None => return Found::Broken("neither JSON nor a time with JSON after it".to_owned()),
        },
    };
    // nothing but spaces stands behind it
    let end = at + line.trim_ascii_end().len();
    let base = Base::Lines(end - json.len());
    match Native::parse(json, base, kept) {
        Ok(Outer::Event(event)) => of_event(event),
        Ok(Outer::Text(piece)) => {
            let Some((inner, base)) = kept.object_in(piece) else { return Found::Other };
            match Native::parse(&inner, base, kept) {
                Ok(Outer::Event(event)) => of_event(event),
                Ok(Outer::Text(_) | Outer::Other) => Found::Other,
                Err(Fault { what, at }) => Found::Broken(format!("in its message: {}", told(what, at))),
            }
        }
        Ok(Outer::Other) => Found::Other,
        Err(Fault { what, at }) => Found::Broken(told(what, at)),
    }
}

fn of_event(event: Native) -> Found {
    if event.is_audit_event() { Found::Event(event) } else { Found::Other }
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

fn too_long() -> String {
    format!("longer than {} MiB", LONGEST >> 20)
}
