//! Texts that are kept once, up to a limit.

use std::sync::Arc;

use super::hash::Quick;

/// What a text costs beside its bytes: its count of owners, its allocation, its places in the table and in the list.
const OVERHEAD: usize = 96;

/// A text that was interned; 0 is the empty one.
pub(super) type TextId = u32;

#[expect(clippy::disallowed_types, reason = "it is looked up in, and never walked")]
type Table<K> = std::collections::HashMap<K, u32, Quick>;

/// Every text once.
pub(super) struct Interner {
    ids: Table<Arc<str>>,
    texts: Vec<Arc<str>>,
    /// How many bytes more may be kept.
    room: usize,
}

impl Interner {
    pub fn new(room: usize) -> Self {
        let empty: Arc<str> = "".into();
        Self { ids: Table::from_iter([(Arc::clone(&empty), 0)]), texts: vec![empty], room }
    }

    /// `None`: it is new, and there is no room for it.
    pub fn id(&mut self, text: &str) -> Option<TextId> {
        if text.is_empty() {
            return Some(0);
        }
        if let Some(id) = self.ids.get(text) {
            return Some(*id);
        }
        self.room = self.room.checked_sub(text.len() + OVERHEAD)?;
        let id = u32::try_from(self.texts.len()).ok()?;
        let kept: Arc<str> = text.into();
        self.texts.push(Arc::clone(&kept));
        self.ids.insert(kept, id);
        Some(id)
    }

    pub fn text(&self, id: TextId) -> &str {
        self.texts.get(id as usize).map_or("", |text| text)
    }
}

/// Every list of numbers once, in the order in which they came.
pub(super) struct Lists {
    ids: Table<Arc<[u32]>>,
    lists: Vec<Arc<[u32]>>,
    most: usize,
}

impl Lists {
    pub fn new(most: usize) -> Self {
        Self { ids: Table::default(), lists: Vec::new(), most }
    }

    /// `None`: it is new, and there are as many as there may be.
    pub fn id(&mut self, list: &[u32]) -> Option<u32> {
        if let Some(id) = self.ids.get(list) {
            return Some(*id);
        }
        if self.lists.len() >= self.most {
            return None;
        }
        let id = u32::try_from(self.lists.len()).ok()?;
        let kept: Arc<[u32]> = list.into();
        self.lists.push(Arc::clone(&kept));
        self.ids.insert(kept, id);
        Some(id)
    }

    pub fn get(&self, id: u32) -> &[u32] {
        self.lists.get(id as usize).map_or(&[], |list| list)
    }

    pub fn len(&self) -> usize {
        self.lists.len()
    }
}
