use super::Place;

/// The places of a text's bytes, found without counting from the start of the line each time.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    /// How many characters stand before each block of bytes: a line may be as long as the text.
    blocks: Vec<usize>,
    is_ascii: bool,
}

const BLOCK: usize = 1024;

impl<'t> Lines<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        let blocks = text
            .as_bytes()
            .chunks(BLOCK)
            .scan(0, |before, block| {
                let here = *before;
                *before += chars(block);
                Some(here)
            })
            .collect();
        Self { text, starts, blocks, is_ascii: text.is_ascii() }
    }

    /// Lines end with a line feed, as in any editor; columns count characters.
    pub(super) fn place(&self, at: usize) -> Place {
        let at = at.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let column = self.chars_before(at) - self.chars_before(self.starts[line - 1]);
        Place { line, column: column + 1 }
    }

    fn chars_before(&self, at: usize) -> usize {
        if self.is_ascii {
            return at;
        }
        let block = at / BLOCK;
        match self.blocks.get(block) {
            Some(before) => before + chars(&self.text.as_bytes()[block * BLOCK..at]),
            None => self.blocks.last().map_or(0, |before| {
                before + chars(&self.text.as_bytes()[(self.blocks.len() - 1) * BLOCK..at])
            }),
        }
    }
}

/// Characters are counted at their first bytes.
fn chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nüb: c\r\nd";
        let lines = Lines::of(text);
        let place = |at| lines.place(at);
        assert_eq!(place(0), Place { line: 1, column: 1 });
        assert_eq!(place(text.find('b').unwrap()), Place { line: 2, column: 2 });
        assert_eq!(place(text.find('d').unwrap()), Place { line: 3, column: 1 });
        assert_eq!(place(text.len()), Place { line: 3, column: 2 });
        let long = "é".repeat(BLOCK);
        assert_eq!(Lines::of(&long).place(long.len()), Place { line: 1, column: BLOCK + 1 });
    }
}
