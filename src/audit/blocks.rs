//! A stream in blocks of whole lines, which do not grow with what comes.

use std::io::{self, Read};

use super::source::Source;

/// More than CloudWatch Logs keeps of an event (1 MiB), and than the API server takes of a request (3 MiB).
pub(super) const LONGEST: usize = 4 << 20;
/// So little that it is still in the cache when the next thread reads it.
pub(super) const SIZE: usize = 256 << 10;

pub(super) struct Blocks<R: Read> {
    source: Source<R>,
    size: usize,
    longest: usize,
    /// Behind the last whole line.
    rest: Vec<u8>,
    is_over: bool,
    pub ending: Ending,
}

/// How a stream ended.
#[derive(Debug, Default)]
pub(super) struct Ending {
    /// Of the stream, unpacked.
    pub bytes: u64,
    /// Why nothing more could be unpacked, when that is so.
    pub cut: Option<String>,
    /// The last line has no end of its own.
    pub in_a_line: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Whole lines; the very last one may have no end.
    Lines,
    /// One that is longer than any event may be: nothing of it is kept.
    TooLong,
}

impl<R: Read> Blocks<R> {
    pub fn new(source: Source<R>, size: usize, longest: usize) -> Self {
        Self { source, size, longest, rest: Vec::new(), is_over: false, ending: Ending::default() }
    }

    /// Puts the next block into the buffer. `None`: there is none.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn next(&mut self, buffer: &mut Vec<u8>) -> io::Result<Option<Block>> {
        buffer.clear();
        buffer.append(&mut self.rest);
        // behind a line that was passed over there may be whole ones
        let mut from = 0;
        loop {
            if !self.read(buffer)? {
                self.ending.in_a_line |= buffer.last().is_some_and(|last| *last != b'\n');
                return Ok((!buffer.is_empty()).then_some(Block::Lines));
            }
            if let Some(at) = memchr::memrchr(b'\n', &buffer[from..]) {
                self.rest.extend_from_slice(&buffer[from + at + 1..]);
                buffer.truncate(from + at + 1);
                return Ok(Some(Block::Lines));
            }
            from = buffer.len();
            if buffer.len() > self.longest {
                self.pass_over(buffer)?;
                return Ok(Some(Block::TooLong));
            }
        }
    }

    /// To the end of the line.
    fn pass_over(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        loop {
            buffer.clear();
            if !self.read(buffer)? {
                self.ending.in_a_line = true;
                return Ok(());
            }
            if let Some(at) = memchr::memchr(b'\n', buffer) {
                self.rest.extend_from_slice(&buffer[at + 1..]);
                buffer.clear();
                return Ok(());
            }
        }
    }

    /// Reads a block's worth behind what is there, or what is left of the stream; whether there was anything.
    fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<bool> {
        if self.is_over {
            return Ok(false);
        }
        let from = buffer.len();
        buffer.reserve(self.size);
        match self.source.read_up_to(self.size as u64, buffer) {
            Ok(count) => self.is_over = count < self.size,
            // what came before it is in the buffer
            Err(error) if self.source.is_of_packing(&error) => {
                self.is_over = true;
                self.ending.cut = Some(error.to_string());
            }
            Err(error) => return Err(error),
        }
        let count = buffer.len() - from;
        self.ending.bytes += count as u64;
        Ok(count > 0)
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

    /// The lines of the text; `None` of one that is too long.
    fn lines_of(text: &[u8], longest: usize) -> Vec<Option<&[u8]>> {
        let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        // an end of a line begins no other one
        if lines.last().is_some_and(|last| last.is_empty()) {
            lines.pop();
        }
        lines.into_iter().map(|line| Some(line).filter(|line| line.len() <= longest)).collect()
    }

    proptest! {
        #[test]
        fn the_lines_of_the_blocks_are_those_of_the_text_however_it_comes(
            text in proptest::collection::vec(prop_oneof![3 => Just(b'x'), 1 => Just(b'\n')], 0..200),
            at_once in 1_usize..9,
            size in 1_usize..30,
            longest in 1_usize..40,
        ) {
            let mut blocks = Blocks::new(Source::open(Drops(&text, at_once)).unwrap(), size, longest);
            let (mut buffer, mut found) = (Vec::new(), Vec::new());
            while let Some(block) = blocks.next(&mut buffer).unwrap() {
                match block {
                    Block::Lines => {
                        prop_assert!(buffer.len() <= longest + 2 * size, "{}", buffer.len());
                        found.extend(lines_of(&buffer, longest).into_iter().map(|line| line.map(<[u8]>::to_vec)));
                    }
                    Block::TooLong => found.push(None),
                }
            }
            let expected: Vec<_> =
                lines_of(&text, longest).into_iter().map(|line| line.map(<[u8]>::to_vec)).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(blocks.ending.bytes, text.len() as u64);
            prop_assert_eq!(blocks.ending.in_a_line, !text.is_empty() && !text.ends_with(b"\n"));
        }
    }
}
