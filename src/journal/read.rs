use super::record::{OLDEST_MAJOR, StampedRecord, parsed};
use super::{Header, JOURNAL_FORMAT, JournalError, Progress, Record, Stamp};
use crate::planner::FormatVersion;

/// A journal as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub header: Header,
    /// Of the header, and then of each record; `None` in a journal of format 1.
    pub stamps: Vec<Option<Stamp>>,
    /// All but the header.
    pub records: Vec<Record>,
    pub progress: Progress,
    /// Bytes of a last line that was cut while it was written; what it began to say is not known.
    pub torn: usize,
}

impl Reading {
    /// When the run began, and by whom.
    pub fn began(&self) -> Option<&Stamp> {
        self.stamps.first()?.as_ref()
    }

    /// When it was last written to, and by whom.
    pub fn last(&self) -> Option<&Stamp> {
        self.stamps.last()?.as_ref()
    }
}

/// Read first, for the version decides whether the rest can be understood.
#[derive(serde::Deserialize)]
struct Versioned {
    #[serde(alias = "header")]
    format: Format,
}

/// As it is, or below the header of a format before 4.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Format {
    Now(FormatVersion),
    Before { format: FormatVersion },
}

/// Reads the bytes of a journal. Only a last line without its end may be damaged.
///
/// # Errors
/// The first line that is no record, or that cannot follow the lines before it.
pub fn read(bytes: &[u8]) -> Result<Reading, JournalError> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let torn = bytes.len() - whole;
    let mut lines = bytes[..whole].split_inclusive(|byte| *byte == b'\n').enumerate();
    let Some((_, first)) = lines.next() else {
        return Err(JournalError::Empty);
    };
    let (stamp, header) = header(text(first, 1)?)?;
    let mut stamps = vec![stamp];
    let mut progress = Progress::default();
    let mut records = Vec::new();
    for (index, bytes) in lines {
        let line = index + 1;
        let StampedRecord { stamp, record } =
            parsed(text(bytes, line)?).map_err(|source| JournalError::Line { line, source })?;
        progress.accept(&record).map_err(|source| JournalError::Illegal { line, source })?;
        stamps.push(stamp);
        records.push(record);
    }
    Ok(Reading { header, stamps, records, progress, torn })
}

fn header(text: &str) -> Result<(Option<Stamp>, Header), JournalError> {
    let not_a_header = |source| JournalError::Line { line: 1, source };
    let Versioned { format: Format::Now(format) | Format::Before { format } } =
        serde_json::from_str(text).map_err(not_a_header)?;
    if !(OLDEST_MAJOR..=JOURNAL_FORMAT.major).contains(&format.major) {
        return Err(JournalError::Format { major: format.major, minor: format.minor });
    }
    match parsed(text).map_err(not_a_header)? {
        StampedRecord { stamp, record: Record::Header(header) } => Ok((stamp, header)),
        _ => Err(JournalError::Empty),
    }
}

fn text(bytes: &[u8], line: usize) -> Result<&str, JournalError> {
    std::str::from_utf8(bytes).map_err(|_| JournalError::Encoding { line })
}
