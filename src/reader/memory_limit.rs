use super::yaml::{Document, Fault};

/// How much memory the entries of a section may still take.
///
/// No map that anybody uses comes near the limit. One of nothing but dashes, or of aliases to a long text, takes a
/// hundred times its size and more.
pub(super) struct Room(usize);

const LIMIT: usize = 16 << 20;

impl Room {
    /// What is left when every item of a document has become an entry.
    pub(super) fn for_items<Entry>(document: &Document) -> Result<Self, Fault> {
        let mut room = Self(LIMIT);
        room.take(document.items().count() * size_of::<Entry>(), 0)?;
        Ok(room)
    }

    /// Room for the texts of one entry.
    pub(super) fn take(&mut self, bytes: usize, at: usize) -> Result<(), Fault> {
        self.0 = self.0.checked_sub(bytes).ok_or_else(|| Fault::new("too large to be read here", at))?;
        Ok(())
    }
}
