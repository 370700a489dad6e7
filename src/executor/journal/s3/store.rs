use std::io;
use std::sync::Arc;

use object_store::path::Path;

use super::bucket::Bucket;
use super::error::{S3Error, S3ErrorKind};
use super::run::child;
use crate::executor::journal::Store;

/// A journal of one object an append, numbered from 1 without a gap.
///
/// Nobody can make an object that is there, so the next number is the fence: of two writers that have read the same
/// journal, one appends and the other fails.
#[derive(Debug)]
pub struct S3Store {
    bucket: Arc<Bucket>,
    journal: Path,
    /// Objects that were read or made by this store; `None` until it is read.
    made: Option<u32>,
    len: u64,
}

impl S3Store {
    pub(super) fn new(bucket: Arc<Bucket>, journal: Path) -> Self {
        Self { bucket, journal, made: None, len: 0 }
    }

    /// # Errors
    /// When it cannot be read, or an object is missing between others.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, S3Error> {
        let names = self.bucket.objects(&self.journal)?;
        // a folder marker of the console, or anything else that is not of the journal
        let names: Vec<&String> = names.iter().filter(|name| number_of(name).is_some()).collect();
        let mut next = 1;
        for name in &names {
            if number_of(name) != Some(next) {
                let missing = child(&self.journal, &object_name(next));
                return Err(S3ErrorKind::Gap.at(self.bucket.url.of(&missing)));
            }
            next += 1;
        }
        let keys = names.iter().map(|name| child(&self.journal, name)).collect();
        let bytes = self.bucket.get_all(&self.journal, keys)?;
        self.made = Some(next - 1);
        self.len = bytes.len() as u64;
        Ok(bytes)
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), S3Error> {
        let made = match self.made {
            Some(made) => made,
            None => {
                self.bytes()?;
                self.made.unwrap_or(0)
            }
        };
        self.bucket.create(&child(&self.journal, &object_name(made + 1)), bytes.to_vec())?;
        self.made = Some(made + 1);
        self.len += bytes.len() as u64;
        Ok(())
    }
}

impl Store for S3Store {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.bytes().map_err(io::Error::other)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.add(bytes).map_err(io::Error::other)
    }

    /// Objects are whole or not there, so nothing is ever torn.
    fn truncate(&mut self, len: u64) -> io::Result<()> {
        if len == self.len {
            return Ok(());
        }
        Err(io::Error::other(S3ErrorKind::Cut.at(self.bucket.url.of(&self.journal))))
    }
}

pub(super) fn object_name(number: u32) -> String {
    format!("{number:08}.jsonl")
}

pub(super) fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".jsonl").filter(|digits| digits.len() == 8)?;
    digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
}
