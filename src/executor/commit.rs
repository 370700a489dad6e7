//! Records of steps that are under way at the same time share one write.

use std::cell::RefCell;

use super::journal::{Journal, JournalError, Record};
use super::limit::others_first;

/// Records that wait for the next write.
#[derive(Default)]
pub(super) struct Commit {
    queue: RefCell<Queue>,
}

#[derive(Default)]
struct Queue {
    records: Vec<Record>,
    /// Number of the first of them, counted over the whole run.
    first: usize,
    /// Number of the first record that could not be written.
    lost_from: Option<usize>,
}

impl Commit {
    /// Goes with the next write; whoever leaves a record sees to it that there is one.
    pub fn leave(&self, record: Record) {
        self.queue.borrow_mut().records.push(record);
    }

    /// What was left is on the disk when it is done.
    pub async fn flush(&self, journal: &RefCell<&mut Journal>) -> Result<(), JournalError> {
        // the next step may have something to write as well
        others_first().await;
        if self.queue.borrow().records.is_empty() {
            // another step wrote it; how that failed is told there
            return Ok(());
        }
        self.write_queue(journal)
    }

    /// On the disk when it is done, with whatever else was to be written at this moment.
    pub async fn write(&self, record: Record, journal: &RefCell<&mut Journal>) -> Result<(), JournalError> {
        let number = {
            let queue = &mut *self.queue.borrow_mut();
            queue.records.push(record);
            queue.first + queue.records.len() - 1
        };
        others_first().await;
        let (first, lost_from) = {
            let queue = self.queue.borrow();
            (queue.first, queue.lost_from)
        };
        if number < first {
            // by another step; how it failed is told there
            return match lost_from {
                Some(lost) if number >= lost => Err(JournalError::Broken),
                _ => Ok(()),
            };
        }
        self.write_queue(journal)
    }

    fn write_queue(&self, journal: &RefCell<&mut Journal>) -> Result<(), JournalError> {
        let queue = &mut *self.queue.borrow_mut();
        let (first, records) = (queue.first, std::mem::take(&mut queue.records));
        queue.first += records.len();
        journal.borrow_mut().append_all(records).inspect_err(|_| {
            queue.lost_from.get_or_insert(first);
        })
    }
}
