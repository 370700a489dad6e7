//! A stream, line by line, in a buffer that does not grow with what comes.

use std::io::{self, Read};
use std::ops::Range;

use super::source::Source;

/// More than CloudWatch Logs keeps of an event (1 MiB), and than the API server takes of a request (3 MiB).
pub(super) const LONGEST: usize = 4 << 20;
const FIRST: usize = 256 * 1024;

pub(super) struct Lines<R: Read> {
    source: Source<R>,
    buffer: Vec<u8>,
    /// What of the buffer was read and not yet told.
    left: Range<usize>,
    longest: usize,
    /// Of the stream, unpacked.
    pub bytes: u64,
    pub number: u64,
    state: State,
}

enum State {
    Reading,
    Ended,
    Cut(String),
}

pub(super) enum Line<'b> {
    /// Without its end.
    Text(&'b [u8]),
    /// Longer than any event may be: passed over.
    TooLong,
}

impl<R: Read> Lines<R> {
    pub fn new(source: Source<R>, longest: usize) -> Self {
        let buffer = vec![0; FIRST.min(longest)];
        Self { source, buffer, left: 0..0, longest, bytes: 0, number: 0, state: State::Reading }
    }

    /// Why nothing more could be unpacked, when that is so.
    pub fn cut(&self) -> Option<&str> {
        match &self.state {
            State::Cut(why) => Some(why),
            State::Reading | State::Ended => None,
        }
    }

    /// `None`: there are no more. What stands before a cut, without an end of its own, is told as a line.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut searched = 0;
        let mut too_long = false;
        let end = loop {
            let waiting = &self.buffer[self.left.clone()];
            if let Some(at) = memchr::memchr(b'\n', &waiting[searched..]) {
                break Some(searched + at);
            }
            if !matches!(self.state, State::Reading) {
                if waiting.is_empty() && !too_long {
                    return Ok(None);
                }
                break None;
            }
            searched = waiting.len();
            if searched > self.longest {
                // its end is still to be found, and nothing of it is kept
                too_long = true;
                self.left.start = self.left.end;
                searched = 0;
            }
            self.fill()?;
        };
        self.number += 1;
        let text = self.left.start..end.map_or(self.left.end, |end| self.left.start + end);
        self.left.start = end.map_or(self.left.end, |_| text.end + 1);
        Ok(Some(match too_long || text.len() > self.longest {
            true => Line::TooLong,
            false => Line::Text(&self.buffer[text]),
        }))
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.left.start > 0 {
            self.buffer.copy_within(self.left.clone(), 0);
            self.left = 0..self.left.len();
        }
        if self.left.end == self.buffer.len() {
            let more = self.buffer.len().clamp(1, self.longest + 2 - self.left.end.min(self.longest + 1));
            self.buffer.resize(self.buffer.len() + more, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.left.end..]) {
                Ok(0) => self.state = State::Ended,
                Ok(count) => {
                    self.left.end += count;
                    self.bytes += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if self.source.is_of_packing(&error) => self.state = State::Cut(error.to_string()),
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn lines(text: &[u8], at_once: usize, longest: usize) -> Vec<Option<Vec<u8>>> {
        let mut lines = Lines::new(Source::open(Drops(text, at_once)).unwrap(), longest);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            found.push(match line {
                Line::Text(text) => Some(text.to_vec()),
                Line::TooLong => None,
            });
            assert!(lines.buffer.len() <= longest + 2, "{}", lines.buffer.len());
        }
        assert_eq!((lines.number, lines.bytes), (found.len() as u64, text.len() as u64));
        found
    }

    proptest! {
        #[test]
        fn lines_are_those_of_the_text_however_it_comes(
            text in proptest::collection::vec(prop_oneof![3 => Just(b'x'), 1 => Just(b'\n')], 0..200),
            at_once in 1_usize..9,
            longest in 1_usize..40,
        ) {
            let mut expected: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
            // an end of a line begins no other one
            if expected.last().is_some_and(|last| last.is_empty()) {
                expected.pop();
            }
            let expected: Vec<_> =
                expected.into_iter().map(|line| (line.len() <= longest).then(|| line.to_vec())).collect();
            prop_assert_eq!(lines(&text, at_once, longest), expected);
        }
    }
}
