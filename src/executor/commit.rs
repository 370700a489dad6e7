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
    /// On the disk when it is done, with whatever else was to be written at this moment.
    pub async fn write(&self, record: Record, journal: &RefCell<&mut Journal>) -> Result<(), JournalError> {
        let number = {
            let queue = &mut *self.queue.borrow_mut();
            queue.records.push(record);
            queue.first + queue.records.len() - 1
        };
        others_first().await;
        let queue = &mut *self.queue.borrow_mut();
        if number < queue.first {
            // by another step; how it failed is told there
            return match queue.lost_from {
                Some(lost) if number >= lost => Err(JournalError::Broken),
                _ => Ok(()),
            };
        }
        let (first, records) = (queue.first, std::mem::take(&mut queue.records));
        queue.first += records.len();
        journal.borrow_mut().append_all(records).inspect_err(|_| {
            queue.lost_from.get_or_insert(first);
        })
    }
}
