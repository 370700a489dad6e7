//! Records of steps that are under way at the same time share one write.
//!
//! A step may go on only when its record is on the disk, and a write takes as long for one record as for many. So records
//! queue up, and whoever's turn it is writes all that are there: before that it lets the other steps go on once, for they
//! may be about to queue one as well. Steps whose record somebody else wrote wait for the end of that write, and are told
//! how it ended by the number of their record.
//!
//! Records are numbered over the whole run and written in that order; once a write has failed no later one is made, so
//! all records from the first one of that write on are lost, and nobody whose record is among them goes on.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use super::{Journal, JournalError, Record};
use crate::observe::others_first;

/// Records that wait for the next write.
#[derive(Default)]
pub(crate) struct GroupCommit {
    queue: RefCell<Queue>,
}

#[derive(Default)]
struct Queue {
    records: Vec<Record>,
    /// Number of the first of them, counted over the whole run.
    first: usize,
    /// Number of the first record that could not be written.
    lost_from: Option<usize>,
    /// A write is under way, and who waits for its end.
    is_writing: bool,
    waiting: Vec<Waker>,
}

impl GroupCommit {
    /// Goes with the next write; whoever leaves a record sees to it that there is one.
    pub fn leave(&self, record: Record) {
        self.queue.borrow_mut().records.push(record);
    }

    /// What was left is on the disk when it is done.
    pub async fn flush(&self, journal: &RefCell<&mut Journal>) -> Result<(), JournalError> {
        // the next step may have something to write as well
        others_first().await;
        self.turn().await;
        if self.queue.borrow().records.is_empty() {
            // another step wrote it; how that failed is told there
            return Ok(());
        }
        self.write_queue(journal).await
    }

    /// On the disk when it is done, with whatever else was to be written at this moment.
    pub async fn write(&self, record: Record, journal: &RefCell<&mut Journal>) -> Result<(), JournalError> {
        let number = {
            let queue = &mut *self.queue.borrow_mut();
            queue.records.push(record);
            queue.first + queue.records.len() - 1
        };
        others_first().await;
        self.turn().await;
        let (first, lost_from) = {
            let queue = self.queue.borrow();
            (queue.first, queue.lost_from)
        };
        if number < first {
            // by another step
            return match lost_from {
                Some(lost) if number >= lost => Err(failed(journal)),
                _ => Ok(()),
            };
        }
        self.write_queue(journal).await
    }

    /// What nobody will write any more is part of the progress all the same: it did happen.
    pub fn give_up(&self, journal: &RefCell<&mut Journal>) {
        let records = std::mem::take(&mut self.queue.borrow_mut().records);
        let mut journal = journal.borrow_mut();
        if journal.why_broken().is_some() {
            let _ = journal.append_all(records);
        }
    }

    /// Until no write is under way.
    async fn turn(&self) {
        poll_fn(|context| {
            let queue = &mut *self.queue.borrow_mut();
            if !queue.is_writing {
                return Poll::Ready(());
            }
            queue.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Of two steps whose turn it is, the first writes all that both have.
    async fn write_queue(&self, journal: &RefCell<&mut Journal>) -> Result<(), JournalError> {
        let (first, records) = {
            let queue = &mut *self.queue.borrow_mut();
            queue.is_writing = true;
            let (first, records) = (queue.first, std::mem::take(&mut queue.records));
            queue.first += records.len();
            (first, records)
        };
        let turn = Turn { group: self, first, is_written: false };
        // not held over the write: others look at the progress meanwhile
        let writing = journal.borrow_mut().begin(&records);
        let written = match writing {
            Ok(writing) => {
                let written = writing.finish().await;
                journal.borrow_mut().end(written)
            }
            // a write before failed: why it did is worth more than that this one was not made
            Err(JournalError::Broken(_)) => Err(failed(journal)),
            Err(error) => Err(error),
        };
        turn.ended(written.is_ok());
        written
    }
}

fn failed(journal: &RefCell<&mut Journal>) -> JournalError {
    let left = || JournalError::Broken("a record cannot follow those before it".to_owned());
    journal.borrow().why_broken().unwrap_or_else(left)
}

/// One write. When it ends, or nobody waits for it any more, the next one may begin.
struct Turn<'c> {
    group: &'c GroupCommit,
    first: usize,
    is_written: bool,
}

impl Turn<'_> {
    fn ended(mut self, is_written: bool) {
        self.is_written = is_written;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let queue = &mut *self.group.queue.borrow_mut();
        queue.is_writing = false;
        if !self.is_written {
            queue.lost_from.get_or_insert(self.first);
        }
        queue.waiting.drain(..).for_each(Waker::wake);
    }
}
