//! What a run meant to do and what came of it, one JSON line a record, on the disk before and after every call.

mod folder;
mod lock;
mod progress;
mod read;
mod record;
mod runs;
#[cfg(feature = "live")]
pub mod s3;
mod store;

pub use folder::{FolderError, RunFolder};
pub use lock::RunsLock;
pub use progress::{CallProgress, CallState, IllegalRecord, Progress, StepProgress};
pub use read::{Reading, read};
pub use record::{Header, JOURNAL_FORMAT, Record};
pub use runs::{KeptRun, Runs, RunsError};
pub use store::{FileStore, MemoryStore, Store};

use std::io;

/// A journal that is open for writing.
pub struct Journal {
    store: Box<dyn Store>,
    header: Header,
    progress: Progress,
    /// Bytes behind the last record, cut off when it was opened.
    torn: usize,
    /// A record may be on the disk in part: nothing is written behind it.
    broken: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error("the journal cannot be read")]
    Read(#[source] io::Error),
    #[error("the journal cannot be written")]
    Write(#[source] io::Error),
    #[error("the journal could not be written before, and is not written again")]
    Broken,
    #[error("the journal has no first record")]
    Empty,
    #[error("there is a journal already")]
    Exists,
    #[error("journal line {line} is not a record")]
    Line { line: usize, source: serde_json::Error },
    #[error("journal line {line} is not UTF-8")]
    Encoding { line: usize },
    #[error("journal line {line}")]
    Illegal { line: usize, source: IllegalRecord },
    #[error("the journal has format {major}.{minor}; {known} is known", known = JOURNAL_FORMAT.major)]
    Format { major: u32, minor: u32 },
    #[error("the journal is of plan {journal}, not of {plan}")]
    OtherPlan { journal: String, plan: String },
}

impl Journal {
    /// A new journal. What a crash left of a first record is overwritten.
    ///
    /// # Errors
    /// When there is one already, or it cannot be written.
    pub fn create(mut store: Box<dyn Store>, header: Header) -> Result<Self, JournalError> {
        let bytes = store.read().map_err(JournalError::Read)?;
        if bytes.contains(&b'\n') {
            return Err(JournalError::Exists);
        }
        if !bytes.is_empty() {
            store.truncate(0).map_err(JournalError::Write)?;
        }
        let mut journal = Self {
            store,
            header: header.clone(),
            progress: Progress::default(),
            torn: bytes.len(),
            broken: false,
        };
        journal.write(&[Record::Header(header)])?;
        Ok(journal)
    }

    /// An existing journal, to go on with; a last line that a crash cut is cut off.
    ///
    /// # Errors
    /// When it cannot be read, or says what cannot have happened.
    pub fn open(mut store: Box<dyn Store>) -> Result<Self, JournalError> {
        let bytes = store.read().map_err(JournalError::Read)?;
        let Reading { header, progress, records: _, torn } = read(&bytes)?;
        if torn > 0 {
            store.truncate((bytes.len() - torn) as u64).map_err(JournalError::Write)?;
        }
        Ok(Self { store, header, progress, torn, broken: false })
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
        if self.broken {
            return Err(JournalError::Broken);
        }
        let line = self.progress.records() + 2;
        let illegal = |(index, source)| JournalError::Illegal { line: line + index, source };
        self.progress.accept_all(&records).map_err(illegal)?;
        self.write(&records)
    }

    fn write(&mut self, records: &[Record]) -> Result<(), JournalError> {
        let mut bytes = Vec::new();
        for record in records {
            serde_json::to_writer(&mut bytes, record).map_err(|error| JournalError::Write(error.into()))?;
            bytes.push(b'\n');
        }
        self.store.append(&bytes).map_err(|error| {
            self.broken = true;
            JournalError::Write(error)
        })
    }
}
