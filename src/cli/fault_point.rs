//! Where a debug build ends itself as a crash would end it, for tests. A release build has no such place.

use std::io;

use eksodus::journal::Store;
use futures_util::future::{LocalBoxFuture, ready};

use super::host::Host;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    /// Half of the bytes are on the disk.
    Torn,
    After,
}

/// A journal of which one write is the last thing that the process does.
struct LastWrite {
    store: Box<dyn Store>,
    /// Writes until then, that one included.
    left: usize,
    when: When,
}

/// `EKSODUS_FAULT_POINT=journal:N:before|torn|after`: the N-th write after the journal was opened, counted from 1.
pub fn on(store: Box<dyn Store>) -> Box<dyn Store> {
    match Host::fault_point().as_deref().and_then(parse) {
        Some((left, when)) => Box::new(LastWrite { store, left, when }),
        None => store,
    }
}

fn parse(text: &str) -> Option<(usize, When)> {
    let (number, when) = text.strip_prefix("journal:")?.split_once(':')?;
    let when = match when {
        "before" => When::Before,
        "torn" => When::Torn,
        "after" => When::After,
        _ => return None,
    };
    Some((number.parse().ok().filter(|number| *number > 0)?, when))
}

impl Store for LastWrite {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.store.read()
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.left = self.left.saturating_sub(1);
        let written = match self.when {
            _ if self.left > 0 => return self.store.append(bytes),
            When::Before => Ok(()),
            When::Torn => self.store.append(bytes.get(..bytes.len() / 2).unwrap_or(bytes)),
            When::After => self.store.append(bytes),
        };
        match written {
            Ok(()) => std::process::abort(),
            Err(error) => Err(error),
        }
    }

    fn append_later<'s>(&'s mut self, bytes: &'s [u8]) -> LocalBoxFuture<'s, io::Result<()>> {
        if self.left > 1 {
            self.left -= 1;
            return self.store.append_later(bytes);
        }
        Box::pin(ready(self.append(bytes)))
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.store.truncate(len)
    }

    fn close(&mut self) -> io::Result<()> {
        self.store.close()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_fault_point_is_none() {
        assert_eq!(parse("journal:7:torn"), Some((7, When::Torn)));
        for text in ["", "journal", "journal:0:before", "journal:7", "journal:7:never", "call:7:before"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
