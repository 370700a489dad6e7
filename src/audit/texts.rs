//! The texts of a batch of lines, and where in them something stands.

use std::ops::Range;

/// A place in the texts of a batch: half as large as a slice, and it can go to another thread with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// With [`UNESCAPED`], in what was unescaped.
    from: u32,
    length: u32,
}

const UNESCAPED: u32 = 1 << 31;

impl Piece {
    /// A batch is a few MiB, so that a place fits; what does not is empty.
    pub fn of_lines(at: Range<usize>) -> Self {
        let place = || Some((u32::try_from(at.start).ok()?, u32::try_from(at.len()).ok()?));
        place().map_or_else(Self::default, |(from, length)| Self { from, length })
    }

    pub fn of_unescaped(at: Range<usize>) -> Self {
        let Self { from, length } = Self::of_lines(at);
        Self { from: from | UNESCAPED, length }
    }

    pub fn is_empty(self) -> bool {
        self.length == 0
    }

    /// Where it stands, if it was unescaped.
    pub fn unescaped(self) -> Option<Range<usize>> {
        (self.from & UNESCAPED != 0).then(|| self.range())
    }

    fn range(self) -> Range<usize> {
        let from = (self.from & !UNESCAPED) as usize;
        from..from + self.length as usize
    }
}

/// The lines of a batch, and what was written otherwise in them.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub lines: String,
    pub unescaped: String,
}

impl Texts {
    pub fn get(&self, piece: Piece) -> &str {
        let of = if piece.from & UNESCAPED == 0 { &self.lines } else { &self.unescaped };
        of.get(piece.range()).unwrap_or_default()
    }
}
