use std::fmt;

use serde::{Deserialize, Serialize};

use super::{EntryRef, Place, SectionName};

/// A mapping and its place in the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "FlatPlace", into = "FlatPlace")]
pub struct LinePlace {
    pub entry: EntryRef,
    pub place: Place,
}

/// How a [`LinePlace`] is written; flattening by serde would build a map for each.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct FlatPlace {
    section: SectionName,
    index: usize,
    line: usize,
    column: usize,
}

impl From<LinePlace> for FlatPlace {
    fn from(LinePlace { entry, place }: LinePlace) -> Self {
        let (EntryRef { section, index }, Place { line, column }) = (entry, place);
        Self { section, index, line, column }
    }
}

impl From<FlatPlace> for LinePlace {
    fn from(FlatPlace { section, index, line, column }: FlatPlace) -> Self {
        Self { entry: EntryRef { section, index }, place: Place { line, column } }
    }
}

/// `mapRoles[2] (line 14)`.
impl fmt::Display for LinePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EntryRef { section, index } = self.entry;
        write!(f, "{section}[{index}] (line {})", self.place.line)
    }
}
