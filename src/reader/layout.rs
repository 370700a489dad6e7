use super::Span;
use super::yaml::Document;

/// How a section's list is written: what an edit of its text must know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// The items in the section's text, from their `-` on in block style.
    pub(super) items: Vec<Span>,
    pub(super) is_block: bool,
    /// Items that use an anchor of another: first the one that uses it.
    pub(super) uses: Vec<(u32, u32)>,
}

impl Layout {
    pub(super) fn of(document: &Document) -> Self {
        let ids: Vec<_> = document.items().collect();
        let item_of = |id| ids.partition_point(|item| *item <= id).checked_sub(1);
        let mut uses: Vec<(u32, u32)> = document
            .aliases()
            .filter_map(|(alias, target)| Some((item_of(alias)?, item_of(target)?)))
            .filter(|(by, of)| by != of)
            .filter_map(|(by, of)| Some((u32::try_from(by).ok()?, u32::try_from(of).ok()?)))
            .collect();
        uses.dedup();
        Self {
            is_block: ids.iter().any(|id| document.item_span(*id).start < document.span(*id).start),
            items: ids.iter().map(|id| document.item_span(*id)).collect(),
            uses,
        }
    }
}
