//! `mapRoles` and `mapUsers`.

use super::fields::{Fields, Sso};
use super::layout::Layout;
use super::lookup::precedence;
use super::memory_limit::Room;
use super::section::{Contents, Sections, Text};
use super::yaml::{self, Data, Fault, Value};
use super::{Damage, DropReason, EntryRef, Lost, Mapping, NeverMatches, Section, SectionName, Span, Status};
use crate::model::{AccountId, Partition};

/// Reads a section and says what becomes of each of its entries at login.
pub(super) fn read(sections: &Sections<'_>, name: SectionName) -> Section<Mapping> {
    sections.read(name, |text| {
        let document = yaml::compose(text.yaml)?;
        let mut room = Room::for_items::<Draft>(&document)?;
        let mut drafts = match yaml::decode(&document)? {
            None | Some(Value { data: Data::Null, .. }) => Vec::new(),
            Some(Value { data: Data::List(items), .. }) => {
                let spans = document.items().map(|id| document.item_span(id));
                let items = items.iter().zip(spans).enumerate();
                items
                    .map(|(index, (item, span))| {
                        let fields = fields(text, item);
                        room.take(fields.weight(), span.start)?;
                        Ok(entry(text, index, item, fields, text.to_source(span)))
                    })
                    .collect::<Result<Vec<Draft>, Fault>>()?
            }
            Some(Value { data, span, .. }) => {
                return Err(Fault::new(format!("the value is {}, not a list", data.kind()), span.start));
            }
        };
        precedence::settle(&mut drafts);
        let entries = drafts.into_iter().map(|draft| draft.mapping).collect();
        Ok(Contents { entries, rest: document.rest, fault: None, layout: Layout::of(&document) })
    })
}

/// An entry, and how EKS keeps it.
pub(super) struct Draft {
    pub mapping: Mapping,
    /// The `sso` matcher of an entry that has nothing else.
    pub sso: Option<Box<Sso>>,
}

fn fields(text: &Text<'_>, item: &Value) -> Fields {
    match &item.data {
        Data::Map(pairs) => Fields::of(pairs, text.name),
        _ => Fields::default(),
    }
}

fn entry(text: &Text<'_>, index: usize, item: &Value, mut fields: Fields, span: Span) -> Draft {
    let not_a_mapping = match &item.data {
        Data::Map(_) => None,
        data => Some(DropReason::NotAMapping { found: data.kind() }),
    };
    let status = match not_a_mapping.or_else(|| validate(&fields, text.name)) {
        Some(reason) => Status::Dropped(reason),
        None => Status::InForce,
    };
    if let Some((found, span)) = fields.arn_found
        && !matches!(status, Status::Dropped(DropReason::ArnNotAString { .. }))
    {
        let key = if text.name == SectionName::MapRoles { "rolearn" } else { "userarn" };
        fields.damage.push(Damage { lost: Lost::Other { key: key.to_owned(), found }, span });
    }
    // keys were assigned in the order of their bytes
    fields.damage.sort_by_key(|damage| damage.span);
    let groups = fields.groups.values();
    let groups = groups.map(|groups| groups.iter().map(ToString::to_string).collect());
    let mapping = Mapping {
        at: EntryRef { section: text.name, index },
        place: text.place(span.start),
        span,
        arn: fields.arn.value.to_string(),
        arn_span: fields.arn.span.map(|span| text.to_source(span)),
        username: fields.username.value.to_string(),
        username_span: fields.username.span.map(|span| text.to_source(span)),
        groups,
        groups_span: fields.groups.span.map(|span| text.to_source(span)),
        user_id: fields.user_id.value.to_string(),
        sso: fields.sso.is_some(),
        unknown_keys: fields
            .unknown_keys
            .into_iter()
            .map(|(key, span)| (key.to_string(), text.to_source(span)))
            .collect(),
        status,
        damage: fields.damage.into_iter().map(|damage| moved(damage, text)).collect(),
    };
    Draft { mapping, sso: fields.sso.map(Box::new) }
}

fn moved(mut damage: Damage, text: &Text<'_>) -> Damage {
    damage.span = text.to_source(damage.span);
    damage
}

/// The rules of `RoleMapping.Validate` and `UserMapping.Validate` (authenticator, `pkg/config/mapper.go`).
fn validate(fields: &Fields, section: SectionName) -> Option<DropReason> {
    let missing = || match fields.arn_found {
        Some((found, _)) => DropReason::ArnNotAString { found },
        None if section == SectionName::MapRoles => DropReason::NoRoleArn,
        None => DropReason::NoUserArn,
    };
    match (fields.arn.value.is_empty(), &fields.sso) {
        (true, None) => Some(missing()),
        (false, Some(_)) => Some(DropReason::RoleArnAndSso),
        (false, None) => None,
        (true, Some(sso)) => invalid(sso).map(|why| DropReason::InvalidSso { why }),
    }
}

fn invalid(sso: &Sso) -> Option<String> {
    let Sso { permission_set, account, partition } = sso;
    let name = &permission_set.value;
    let is_name = (1..=32).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
    if account.value.parse::<AccountId>().is_err() {
        Some(format!("accountID {:?} is not a 12-digit account id", account.value))
    } else if !is_name {
        Some(format!("permissionSetName {name:?} is not 1 to 32 letters, digits or _+=,.@-"))
    } else if !partition.value.is_empty() && partition.value.parse::<Partition>().is_err() {
        Some(format!("unknown partition {:?}", partition.value))
    } else {
        None
    }
}

/// The ARN pattern an `sso` entry is stored under; EKS leaves the partition out when one is given.
pub(super) fn sso_pattern(Sso { permission_set, account, partition }: &Sso) -> String {
    let partition = if partition.value.is_empty() { "aws" } else { "" };
    format!("arn:{partition}:iam::{}:role/AWSReservedSSO_{}_*", account.value, permission_set.value)
}

impl Draft {
    pub(super) fn never_matches(&self) -> Option<NeverMatches> {
        match self.sso {
            Some(_) => Some(NeverMatches::Sso),
            None => super::lookup::unmatchable::never_matches(&self.mapping.arn),
        }
    }
}
