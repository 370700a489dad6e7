use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use futures_util::future::{LocalBoxFuture, ready};

use crate::files::{open_regular, private_file, read_to_limit, sync_directory};

/// More than any journal: one of 10,000 steps has some 30 MiB.
pub(super) const LIMIT: u64 = 512 << 20;

/// Where the bytes of a journal are.
pub trait Store {
    /// All of it.
    ///
    /// # Errors
    /// Those of the disk.
    fn read(&mut self) -> io::Result<Vec<u8>>;
    /// On the disk when it returns.
    ///
    /// # Errors
    /// Those of the disk; some of the bytes, or all, may be there.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// The same, without keeping other futures from going on meanwhile where it takes long.
    fn append_later<'s>(&'s mut self, bytes: &'s [u8]) -> LocalBoxFuture<'s, io::Result<()>> {
        Box::pin(ready(self.append(bytes)))
    }
    /// # Errors
    /// Those of the disk.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
    /// Whoever wrote it has ended, and leaves it as it is.
    ///
    /// # Errors
    /// When that cannot be written down; nothing of the journal is lost then.
    fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that only its owner may read.
#[derive(Debug)]
pub struct FileStore {
    file: File,
}

impl FileStore {
    /// Makes the file if it is not there, and keeps others from writing to it.
    ///
    /// # Errors
    /// When it cannot be opened for writing, or another run has it open.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = open_regular(path, private_file().read(true).append(true).create(true))?;
        file.try_lock()?;
        if let Some(folder) = path.parent() {
            // the name of a new file must survive a crash as well as its bytes
            sync_directory(folder)?;
        }
        Ok(Self { file })
    }
}

impl Store for FileStore {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        read_to_limit(&mut self.file, LIMIT)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        self.file.sync_data()
    }
}

/// In memory, for rehearsals; clones share the bytes.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    bytes: Rc<RefCell<Vec<u8>>>,
}

impl MemoryStore {
    pub fn of(bytes: Vec<u8>) -> Self {
        Self { bytes: Rc::new(RefCell::new(bytes)) }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }
}

impl Store for MemoryStore {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.bytes())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.bytes.borrow_mut().truncate(usize::try_from(len).unwrap_or(usize::MAX));
        Ok(())
    }
}
