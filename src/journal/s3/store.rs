use std::io;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use object_store::path::Path;

use super::bucket::Bucket;
use super::error::{S3Error, S3ErrorKind};
use super::run::{JOURNAL, REACHED, child};
use crate::journal::Store;

/// A journal of one object an append, numbered from 1 without a gap.
///
/// Nobody can make an object that is there, so the next number is the fence: of two writers that have read the same
/// journal, one appends and the other fails.
///
/// What is deleted at its end would not be missed, so `reached/` beside it has the numbers that it has come to: powers of
/// two, and the last one of each process that ended.
#[derive(Debug)]
pub struct S3Store {
    bucket: Arc<Bucket>,
    run: Path,
    journal: Path,
    /// Objects that were read or made by this store; `None` until it is read.
    made: Option<u32>,
    len: u64,
}

impl S3Store {
    pub(super) fn new(bucket: Arc<Bucket>, run: Path) -> Self {
        let journal = child(&run, JOURNAL);
        Self { bucket, run, journal, made: None, len: 0 }
    }

    /// # Errors
    /// When it cannot be read, or an object is missing.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>, S3Error> {
        // first, for another process may be writing
        let reached = self.bucket.objects(&child(&self.run, REACHED))?;
        let reached = reached.iter().filter_map(|name| name.parse::<u32>().ok()).max().unwrap_or(0);
        let names = self.bucket.objects(&self.journal)?;
        // a folder marker of the console, or anything else that is not of the journal
        let names: Vec<&String> = names.iter().filter(|name| number_of(name).is_some()).collect();
        let missing = |number| {
            let missing = child(&self.journal, &object_name(number));
            S3ErrorKind::Gap.at(self.bucket.url.of(&missing))
        };
        let mut next = 1;
        for name in &names {
            if number_of(name) != Some(next) {
                return Err(missing(next));
            }
            next += 1;
        }
        if next <= reached {
            return Err(missing(next));
        }
        let keys = names.iter().map(|name| child(&self.journal, name)).collect();
        let bytes = self.bucket.get_all(&self.journal, keys)?;
        self.made = Some(next - 1);
        self.len = bytes.len() as u64;
        Ok(bytes)
    }

    /// The place of the next object.
    fn next(&mut self) -> Result<(u32, Path), S3Error> {
        if self.made.is_none() {
            self.bytes()?;
        }
        let next = self.made.unwrap_or(0) + 1;
        Ok((next, child(&self.journal, &object_name(next))))
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), S3Error> {
        let (number, key) = self.next()?;
        self.bucket.create(&key, bytes.to_vec())?;
        self.is_made(number, bytes);
        if let Some(mark) = self.mark(number) {
            // the record is there, and that is what counts
            let _ = self.bucket.create(&mark, Vec::new());
        }
        Ok(())
    }

    async fn add_later(&mut self, bytes: &[u8]) -> Result<(), S3Error> {
        let (number, key) = self.next()?;
        self.bucket.create_later(&key, bytes.to_vec()).await?;
        self.is_made(number, bytes);
        if let Some(mark) = self.mark(number) {
            let _ = self.bucket.create_later(&mark, Vec::new()).await;
        }
        Ok(())
    }

    fn is_made(&mut self, number: u32, bytes: &[u8]) {
        self.made = Some(number);
        self.len += bytes.len() as u64;
    }

    fn mark(&self, number: u32) -> Option<Path> {
        (number > 1 && number.is_power_of_two()).then(|| self.reached(number))
    }

    fn reached(&self, number: u32) -> Path {
        child(&child(&self.run, REACHED), &format!("{number:08}"))
    }
}

impl Store for S3Store {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.bytes().map_err(io::Error::other)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.add(bytes).map_err(io::Error::other)
    }

    fn append_later<'s>(&'s mut self, bytes: &'s [u8]) -> LocalBoxFuture<'s, io::Result<()>> {
        Box::pin(async { self.add_later(bytes).await.map_err(io::Error::other) })
    }

    fn close(&mut self) -> io::Result<()> {
        let Some(made) = self.made.filter(|made| *made > 1) else { return Ok(()) };
        match self.bucket.create(&self.reached(made), Vec::new()) {
            // the last process that had it came as far, and this one wrote nothing
            Err(S3Error { kind: S3ErrorKind::Overtaken, .. }) => Ok(()),
            closed => closed.map_err(io::Error::other),
        }
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
