//! One write of the journal, which takes time where the journal is far away.

use std::io;

use super::{Journal, JournalError, Record, Store};

/// Records that are on their way to the disk. The journal takes no others until [`Journal::end`].
pub(super) struct Writing {
    store: Box<dyn Store>,
    bytes: Vec<u8>,
}

/// What came of it.
pub(super) struct Written {
    store: Box<dyn Store>,
    result: io::Result<()>,
}

/// Why a write failed, to be told again.
pub(super) struct Cause {
    kind: io::ErrorKind,
    pub text: String,
}

impl Writing {
    pub async fn finish(mut self) -> Written {
        let result = self.store.append_later(&self.bytes).await;
        Written { store: self.store, result }
    }
}

impl Journal {
    /// The first half of [`Journal::append_all`]: from now on the records are part of the progress.
    pub(super) fn begin(&mut self, records: &[Record]) -> Result<Writing, JournalError> {
        self.accept(records)?;
        let bytes = self.lines(records)?;
        match self.store.take() {
            Some(store) => Ok(Writing { store, bytes }),
            None => Err(self.left_unwritten()),
        }
    }

    /// The second half.
    pub(super) fn end(&mut self, written: Written) -> Result<(), JournalError> {
        self.store = Some(written.store);
        self.is_written(written.result)
    }

    pub(super) fn is_written(&mut self, result: io::Result<()>) -> Result<(), JournalError> {
        result.map_err(|error| {
            self.broken = Some(Cause { kind: error.kind(), text: error.to_string() });
            JournalError::Write(error)
        })
    }

    /// Nobody waited for the end of the write before.
    pub(super) fn left_unwritten(&mut self) -> JournalError {
        let text = "a write was left before its end".to_owned();
        self.broken = Some(Cause { kind: io::ErrorKind::Interrupted, text: text.clone() });
        JournalError::Broken(text)
    }

    /// The error of the write that failed, for whoever had a record in it.
    pub(super) fn why_broken(&self) -> Option<JournalError> {
        let Cause { kind, text } = self.broken.as_ref()?;
        Some(JournalError::Write(io::Error::new(*kind, text.clone())))
    }
}
