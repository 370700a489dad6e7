mod spans;

use std::collections::{BTreeMap, BTreeSet};

use super::layout::Layout;
use super::{
    Account, AwsAuth, Lost, Manifest, Mapping, Section, SectionName, SectionStatus, Span, Status, read,
};
use crate::model::ConfigMap;
use spans::cut_spans;

/// Why a section's text cannot be edited and still mean what it means now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CutRefusal {
    #[error("the section has no item {0}")]
    NoSuchItem(usize),
    #[error("EKS cannot read the section: {0}")]
    Lost(String),
    #[error("EKS stops reading before the section ends")]
    CutShort,
    #[error("item {by} uses an anchor of item {of}")]
    AnchorUsed { of: usize, by: usize },
    /// An item that is superseded, or random, would stand alone: cut it as well.
    #[error("item {0} would become effective")]
    Uncovers(usize),
    #[error("the rest would change its meaning")]
    ChangesMeaning,
}

/// Takes list items (as EKS counts them, from 0) out of a section's text and leaves every other byte:
/// comments on their own lines, order, quotes, indentation, line ends. A comment behind an item on its line goes
/// with the item.
///
/// What remains has been read again and holds the other items, each with the status it had; with no items left it
/// reads as empty.
///
/// # Errors
/// The text would mean something else afterwards, or does not mean now what it says.
pub fn cut(text: &str, section: SectionName, items: &BTreeSet<usize>) -> Result<String, CutRefusal> {
    cut_read(&read_alone(text, section), text, section, items)
}

/// [`cut`] for a text that has been read already.
///
/// # Errors
/// As [`cut`].
pub fn cut_read(
    auth: &AwsAuth,
    text: &str,
    section: SectionName,
    items: &BTreeSet<usize>,
) -> Result<String, CutRefusal> {
    let expected = match section {
        SectionName::MapRoles => Expected::of(&auth.roles, items, mapping),
        SectionName::MapUsers => Expected::of(&auth.users, items, mapping),
        SectionName::MapAccounts => Expected::of(&auth.accounts, items, account),
    }?;
    if items.is_empty() {
        return Ok(text.to_owned());
    }
    if let Some((by, of)) = anchor_used(expected.layout, items) {
        return Err(CutRefusal::AnchorUsed { of, by });
    }
    let spans = cut_spans(text, expected.layout, items);
    let mut refusal = CutRefusal::ChangesMeaning;
    // a tag or a document marker that stays behind alone needs a list to stand for
    for filler in ["", "[]\n"] {
        if !filler.is_empty() && !expected.is_empty() {
            break;
        }
        let after = remove(text, &spans, filler);
        match expected.compare(&Held::of(read_alone(&after, section), section)) {
            None => return Ok(after),
            Some(found) => refusal = found,
        }
    }
    Err(refusal)
}

fn remove(text: &str, spans: &[Span], filler: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        rest.push_str(&text[at..span.start]);
        if at == 0 {
            rest.push_str(filler);
        }
        at = span.end;
    }
    rest.push_str(&text[at..]);
    rest
}

/// The first item that stays and uses an anchor of one that goes.
fn anchor_used(layout: &Layout, items: &BTreeSet<usize>) -> Option<(usize, usize)> {
    let uses = layout.uses.iter().map(|(by, of)| (*by as usize, *of as usize));
    uses.into_iter().find(|(by, of)| items.contains(of) && !items.contains(by))
}

/// What EKS holds of a section, in its order.
struct Held {
    status: SectionStatus,
    items: Vec<Item>,
}

/// The items that are to stay, each with its number before the cut.
struct Expected<'a> {
    items: Vec<(usize, Item)>,
    layout: &'a Layout,
}

/// Everything about an item but its place.
#[derive(Clone, PartialEq, Eq)]
struct Item {
    values: Vec<String>,
    groups: Option<Vec<String>>,
    unknown_keys: Vec<String>,
    /// Without places.
    damage: Vec<Lost>,
    sso: bool,
    status: StatusKind,
}

#[derive(Clone, PartialEq, Eq)]
enum StatusKind {
    InForce,
    Superseded,
    Random,
    Other(Status),
}

fn read_alone(text: &str, section: SectionName) -> AwsAuth {
    let data = BTreeMap::from([(section.as_str().to_owned(), text.to_owned())]);
    read(&Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() }))
}

impl Held {
    fn of(auth: AwsAuth, section: SectionName) -> Self {
        match section {
            SectionName::MapRoles => Self::from(auth.roles, mapping),
            SectionName::MapUsers => Self::from(auth.users, mapping),
            SectionName::MapAccounts => Self::from(auth.accounts, account),
        }
    }

    fn from<E>(section: Section<E>, item: impl Fn(E) -> Item) -> Self {
        Self { status: section.status, items: section.entries.into_iter().map(item).collect() }
    }
}

impl<'a> Expected<'a> {
    fn of<E: Clone>(
        section: &'a Section<E>,
        cut: &BTreeSet<usize>,
        item: impl Fn(E) -> Item,
    ) -> Result<Self, CutRefusal> {
        match &section.status {
            SectionStatus::Lost { why, .. } => return Err(CutRefusal::Lost(why.clone())),
            SectionStatus::CutShort { .. } => return Err(CutRefusal::CutShort),
            SectionStatus::Absent | SectionStatus::Read => {}
        }
        if let Some(item) = cut.iter().find(|item| **item >= section.entries.len()) {
            return Err(CutRefusal::NoSuchItem(*item));
        }
        let stay = section.entries.iter().enumerate().filter(|(index, _)| !cut.contains(index));
        let items = stay.map(|(index, entry)| (index, item(entry.clone()))).collect();
        Ok(Self { items, layout: &section.layout })
    }

    fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// What is wrong with what was found.
    fn compare(&self, found: &Held) -> Option<CutRefusal> {
        let read = matches!(found.status, SectionStatus::Read | SectionStatus::Absent);
        if !read || self.items.len() != found.items.len() {
            return Some(CutRefusal::ChangesMeaning);
        }
        self.items.iter().zip(&found.items).find_map(|((index, expected), found)| {
            let same_values = Item { status: found.status.clone(), ..expected.clone() } == *found;
            match (same_values, expected.status == found.status) {
                (true, true) => None,
                (true, false) => Some(CutRefusal::Uncovers(*index)),
                (false, _) => Some(CutRefusal::ChangesMeaning),
            }
        })
    }
}

fn mapping(mapping: Mapping) -> Item {
    let Mapping {
        at,
        place: _,
        span: _,
        arn,
        arn_span: _,
        username,
        username_span: _,
        groups,
        groups_span: _,
        user_id,
        sso,
        unknown_keys,
        status,
        damage,
    } = mapping;
    Item {
        values: vec![arn, username, user_id],
        groups,
        unknown_keys: unknown_keys.into_iter().map(|(key, _)| key).collect(),
        damage: damage.iter().map(|damage| damage.lost.clone()).collect(),
        sso,
        status: status_kind(status, at.section),
    }
}

fn account(account: Account) -> Item {
    let Account { at, place: _, span: _, text, status } = account;
    Item {
        values: vec![text],
        groups: None,
        unknown_keys: Vec::new(),
        damage: Vec::new(),
        sso: false,
        status: status_kind(status, at.section),
    }
}

fn status_kind(status: Status, section: SectionName) -> StatusKind {
    match status {
        Status::InForce => StatusKind::InForce,
        // read alone, a section is not overruled by another one
        Status::Superseded { by } if by.section != section => StatusKind::InForce,
        Status::Superseded { .. } => StatusKind::Superseded,
        Status::Random { .. } => StatusKind::Random,
        other => StatusKind::Other(other),
    }
}
