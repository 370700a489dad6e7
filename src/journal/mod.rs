//! What a run meant to do and what came of it, one JSON line a record, on the disk before and after every call.
//!
//! A [`Journal`] takes a [`Record`] only if it can follow those before it: [`Progress`] is what they say so far, and its
//! transitions are the one place that knows which records are legal. `group` and `writing` let steps that are under way
//! together share a write. [`Runs`] is where journals are kept, with the plan of each: in folders, or on S3.

mod earlier;
mod folder;
mod group;
mod lock;
mod progress;
mod read;
mod record;
mod runs;
#[cfg(feature = "live")]
pub mod s3;
mod stamp;
mod store;
mod switched;
mod writing;
mod young;

pub use folder::{RunFolder, RunFolderError, RunFolders};
pub(crate) use group::GroupCommit;
pub use lock::RunsLock;
pub use progress::{CallProgress, CallState, IllegalRecord, Progress, StepProgress};
pub use read::{Reading, read};
#[cfg(test)]
pub(crate) use record::schema_of_line;
pub use record::{Header, JOURNAL_FORMAT, Record};
pub use runs::{KeptRun, LostRun, NewRun, RunStore, Runs, RunsError, StoredRun};
pub use stamp::{Stamp, Stamps, Writer};
pub use store::{FileStore, MemoryStore, Store};
pub use switched::Switched;

use std::io;

use writing::Cause;
use young::LastCall;

/// A journal that is open for writing.
pub struct Journal {
    /// `None` while a write is under way.
    store: Option<Box<dyn Store>>,
    header: Header,
    stamps: Stamps,
    progress: Progress,
    /// When it was opened.
    last_call: LastCall,
    /// Bytes behind the last record, cut off when it was opened.
    torn: usize,
    /// Why a write failed. A record may be on the disk in part: nothing is written behind it.
    broken: Option<Cause>,
}

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("cannot read the journal")]
    Read(#[source] io::Error),
    #[error("cannot write the journal")]
    Write(#[source] io::Error),
    /// Not by this record: an earlier one could not be written, and nothing is written behind it.
    #[error("an earlier write to the journal failed: {0}")]
    Broken(String),
    #[error("the journal has no first record")]
    Empty,
    #[error("the journal already exists")]
    Exists,
    #[error("journal line {line} is not a record")]
    Line { line: usize, source: serde_json::Error },
    #[error("journal line {line} is not UTF-8")]
    Encoding { line: usize },
    #[error("journal line {line}")]
    Illegal { line: usize, source: IllegalRecord },
    #[error("the journal has format {major}.{minor}; this version reads up to {known}", known = JOURNAL_FORMAT.major)]
    Format { major: u32, minor: u32 },
    #[error("the journal is of plan {journal}, not of {plan}")]
    OtherPlan { journal: String, plan: String },
}

impl Journal {
    /// A new journal. What a crash left of a first record is overwritten.
    ///
    /// # Errors
    /// When there is one already, or it cannot be written.
    pub fn create(mut store: Box<dyn Store>, header: Header, stamps: Stamps) -> Result<Self, JournalError> {
        let bytes = store.read().map_err(JournalError::Read)?;
        if bytes.contains(&b'\n') {
            return Err(JournalError::Exists);
        }
        if !bytes.is_empty() {
            store.truncate(0).map_err(JournalError::Write)?;
        }
        let mut journal = Self {
            store: Some(store),
            header: header.clone(),
            stamps,
            progress: Progress::default(),
            last_call: LastCall::None,
            torn: bytes.len(),
            broken: None,
        };
        journal.write(&[Record::Header(header)])?;
        Ok(journal)
    }

    /// An existing journal, to be resumed; a last line that a crash cut is cut off.
    ///
    /// # Errors
    /// When it cannot be read, or says what cannot have happened.
    pub fn open(mut store: Box<dyn Store>, stamps: Stamps) -> Result<Self, JournalError> {
        let bytes = store.read().map_err(JournalError::Read)?;
        let Reading { header, stamps: written, progress, records, torn } = read(&bytes)?;
        let last_call = LastCall::of(&records, &written);
        if torn > 0 {
            store.truncate((bytes.len() - torn) as u64).map_err(JournalError::Write)?;
        }
        Ok(Self { store: Some(store), header, stamps, progress, last_call, torn, broken: None })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Bytes of a cut last line that were dropped when the journal was opened.
    pub fn torn(&self) -> usize {
        self.torn
    }

    /// Whether it belongs to the plan.
    ///
    /// # Errors
    /// [`JournalError::OtherPlan`].
    pub fn is_of(&self, plan_digest: &str) -> Result<(), JournalError> {
        if self.header.plan == plan_digest {
            return Ok(());
        }
        Err(JournalError::OtherPlan { journal: self.header.plan.clone(), plan: plan_digest.to_owned() })
    }

    /// On the disk when this returns. What could not be written is part of the progress all the same: it did happen.
    ///
    /// # Errors
    /// When the record is not a legal next one, or cannot be written.
    pub fn append(&mut self, record: Record) -> Result<(), JournalError> {
        self.append_all(vec![record])
    }

    /// The same for several records, by one write: all are legal, or none is written.
    ///
    /// # Errors
    /// When one of them is not a legal next one, or they cannot be written.
    pub fn append_all(&mut self, records: Vec<Record>) -> Result<(), JournalError> {
        self.accept(&records)?;
        self.write(&records)
    }

    /// The run that wrote it is over.
    ///
    /// # Errors
    /// When the place of the journal could not be told.
    pub fn close(&mut self) -> Result<(), JournalError> {
        match &mut self.store {
            Some(store) if self.broken.is_none() => store.close().map_err(JournalError::Write),
            _ => Ok(()),
        }
    }

    /// Nothing is written once a write has failed. What came of calls that were under way then is part of the progress
    /// all the same; calls that are not made for that reason are not.
    fn accept(&mut self, records: &[Record]) -> Result<(), JournalError> {
        if let Some(cause) = &self.broken {
            let outcomes = records.iter().filter(|record| !matches!(record, Record::Intended { .. }));
            outcomes.for_each(|record| drop(self.progress.accept(record)));
            return Err(JournalError::Broken(cause.text.clone()));
        }
        let line = self.progress.records() + 2;
        let illegal = |(index, source)| JournalError::Illegal { line: line + index, source };
        self.progress.accept_all(records).map_err(illegal)
    }

    fn write(&mut self, records: &[Record]) -> Result<(), JournalError> {
        let bytes = self.lines(records)?;
        let Some(store) = &mut self.store else { return Err(self.left_unwritten()) };
        let written = store.append(&bytes);
        self.is_written(written)
    }

    fn lines(&self, records: &[Record]) -> Result<Vec<u8>, JournalError> {
        let mut bytes = Vec::new();
        for record in records {
            let line = record::line(&self.stamps, record);
            bytes.extend(line.map_err(|error| JournalError::Write(error.into()))?);
        }
        Ok(bytes)
    }
}
