//! A log that comes a page at a time, from whoever asks for it on another thread.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// How many pages wait to be read, at most.
const WAITING: usize = 2;

/// Where pages are handed over; the log ends when this is dropped.
#[derive(Debug)]
pub struct Pages(SyncSender<Vec<u8>>);

/// The log, line by line, for [`read_events`](super::read_events).
#[derive(Debug)]
pub struct PagedLog {
    pages: Receiver<Vec<u8>>,
    page: Vec<u8>,
    at: usize,
}

/// Both ends of a log of which a few pages are kept at most, however long it is.
pub fn paged_log() -> (Pages, PagedLog) {
    let (sender, pages) = sync_channel(WAITING);
    (Pages(sender), PagedLog { pages, page: Vec::new(), at: 0 })
}

impl Pages {
    /// Hands over the events of a page, each as a line, and waits while nobody has read those before; `false`: nobody reads
    /// any more.
    pub fn hand_over(&self, events: &[String]) -> bool {
        let mut page = Vec::with_capacity(events.iter().map(|event| event.len() + 1).sum());
        for event in events {
            // JSON has no end of a line but between its words
            page.extend(event.bytes().map(|byte| if byte == b'\n' { b' ' } else { byte }));
            page.push(b'\n');
        }
        page.is_empty() || self.0.send(page).is_ok()
    }
}

impl Read for PagedLog {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.page.len() {
            // the other end is gone: this is the end of the log
            let Ok(page) = self.pages.recv() else { return Ok(0) };
            (self.page, self.at) = (page, 0);
        }
        let rest = self.page.get(self.at..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_handed_over_is_read_as_lines_whatever_the_pages(
            pages in proptest::collection::vec(proptest::collection::vec("[a\n\u{e9}]{0,6}", 0..4), 0..6),
            at_once in 1_usize..9,
        ) {
            let (sender, mut log) = paged_log();
            let read = std::thread::scope(|scope| {
                let reading = scope.spawn(move || {
                    let (mut all, mut some) = (Vec::new(), vec![0; at_once]);
                    loop {
                        match log.read(&mut some).unwrap() {
                            0 => return all,
                            count => all.extend_from_slice(&some[..count]),
                        }
                    }
                });
                for page in &pages {
                    assert!(sender.hand_over(page));
                }
                drop(sender);
                reading.join().unwrap()
            });
            let lines: Vec<String> =
                pages.iter().flatten().map(|event| format!("{}\n", event.replace('\n', " "))).collect();
            prop_assert_eq!(String::from_utf8(read).unwrap(), lines.concat());
        }
    }

    #[test]
    fn whoever_hands_over_is_told_that_nobody_reads() {
        let (pages, log) = paged_log();
        assert!(pages.hand_over(&["x".to_owned()]));
        drop(log);
        assert!(!pages.hand_over(&["x".to_owned()]));
    }
}
