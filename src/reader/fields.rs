//! One entry of `mapRoles` or `mapUsers`, filled as Go's `encoding/json` fills a struct.

use std::rc::Rc;

use super::yaml::{Data, Pair, Value, ValueKind};
use super::{Damage, Lost, SectionName, Span};
use crate::model::fold::equal_fold;

/// The fields of an entry, after all of its keys were assigned in turn.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub arn: Text,
    pub username: Text,
    pub groups: Groups,
    pub user_id: Text,
    pub sso: Option<Sso>,
    pub damage: Vec<Damage>,
    /// `rolearn` or `userarn` had the wrong type.
    pub arn_found: Option<(ValueKind, Span)>,
    pub unknown_keys: Vec<(Rc<str>, Span)>,
}

#[derive(Debug, Default)]
pub(super) struct Text {
    pub value: Rc<str>,
    /// Where the value in force stands; with an empty one, the value that was lost.
    pub span: Option<Span>,
}

/// The `sso` matcher.
#[derive(Debug, Default)]
pub(super) struct Sso {
    pub permission_set: Text,
    pub account: Text,
    pub partition: Text,
}

/// A Go slice: an element that is not assigned keeps what an earlier spelling of the key left there.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub span: Option<Span>,
    /// Elements in force; `None` for a nil slice.
    len: Option<usize>,
    backing: Vec<Rc<str>>,
}

#[derive(Clone, Copy)]
enum Field {
    Arn,
    Username,
    Groups,
    UserId,
    Sso,
}

impl Field {
    /// Field names match without regard to case, by Unicode simple folding.
    fn named(key: &str, section: SectionName) -> Option<Self> {
        let roles = section == SectionName::MapRoles;
        let is = |name: &str| equal_fold(name, key);
        if is(if roles { "rolearn" } else { "userarn" }) {
            Some(Self::Arn)
        } else if is("username") {
            Some(Self::Username)
        } else if is("groups") {
            Some(Self::Groups)
        } else if is("userid") {
            Some(Self::UserId)
        } else if roles && is("sso") {
            Some(Self::Sso)
        } else {
            None
        }
    }
}

impl Fields {
    pub(super) fn of(pairs: &[Pair], section: SectionName) -> Self {
        let mut fields = Self::default();
        let mut known = Vec::with_capacity(pairs.len());
        for pair in pairs {
            match Field::named(&pair.key, section) {
                Some(field) => known.push((field, pair)),
                None => fields.unknown_keys.push((pair.key.clone(), pair.key_span)),
            }
        }
        // `encoding/json` writes a mapping's keys in the order of their bytes, and each spelling is assigned in turn
        known.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
        for (field, pair) in known {
            fields.assign(field, pair);
        }
        fields
    }

    /// How many bytes it takes to keep all of this.
    pub(super) fn weight(&self) -> usize {
        let Self { arn, username, groups, user_id, sso: _, damage, arn_found: _, unknown_keys } = self;
        let groups = groups.values().unwrap_or_default().iter();
        let keys = unknown_keys.iter();
        [arn, username, user_id].map(|text| text.value.len()).iter().sum::<usize>()
            + groups.map(|group| size_of::<String>() + group.len()).sum::<usize>()
            + keys.map(|(key, _)| size_of::<(String, Span)>() + key.len()).sum::<usize>()
            + damage.len() * size_of::<Damage>()
    }

    fn assign(&mut self, field: Field, Pair { key, value, .. }: &Pair) {
        let span = value.span;
        match field {
            Field::Arn => {
                if let Some(found) = self.arn.assign(value) {
                    self.arn_found = Some((found, span));
                }
            }
            Field::Username => {
                if let Some(found) = self.username.assign(value) {
                    self.damage.push(Damage { lost: Lost::Username { found }, span });
                }
            }
            Field::Groups => self.groups.assign(value, &mut self.damage),
            Field::UserId => {
                if let Some(found) = self.user_id.assign(value) {
                    self.damage.push(Damage { lost: Lost::Other { key: key.to_string(), found }, span });
                }
            }
            Field::Sso => match &value.data {
                Data::Null => self.sso = None,
                Data::Map(pairs) => {
                    self.sso.get_or_insert_default().assign(pairs, &mut self.damage);
                }
                data => {
                    // the pointer is allocated before the type is looked at
                    self.sso.get_or_insert_default();
                    self.damage.push(Damage {
                        lost: Lost::Other { key: key.to_string(), found: data.kind() },
                        span,
                    });
                }
            },
        }
    }
}

/// `encoding/json` writes a mapping's keys in the order of their bytes, and each spelling is assigned in turn.
fn sorted(pairs: &[Pair]) -> Vec<&Pair> {
    let mut sorted: Vec<&Pair> = pairs.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    sorted
}

impl Text {
    /// Null leaves a string as it is, and so does a wrong type, which is given back.
    fn assign(&mut self, value: &Value) -> Option<ValueKind> {
        match &value.data {
            Data::Text(text) => {
                self.value = text.clone();
                self.span = Some(value.span);
                return None;
            }
            _ if self.value.is_empty() => self.span = Some(value.span),
            _ => {}
        }
        (!matches!(value.data, Data::Null)).then(|| value.data.kind())
    }
}

impl Groups {
    pub(super) fn values(&self) -> Option<&[Rc<str>]> {
        self.len.map(|len| &self.backing[..len])
    }

    fn assign(&mut self, value: &Value, damage: &mut Vec<Damage>) {
        let elements = match &value.data {
            Data::Null => {
                *self = Self { span: Some(value.span), ..Self::default() };
                return;
            }
            Data::List(elements) => elements,
            data => {
                self.span.get_or_insert(value.span);
                damage.push(Damage { lost: Lost::Groups { found: data.kind() }, span: value.span });
                return;
            }
        };
        if elements.is_empty() {
            self.backing.clear();
        }
        self.span = Some(value.span);
        self.len = Some(elements.len());
        for (index, element) in elements.iter().enumerate() {
            if index == self.backing.len() {
                self.backing.push(Rc::default());
            }
            match &element.data {
                Data::Text(text) => self.backing[index] = text.clone(),
                Data::Null => {}
                data => damage
                    .push(Damage { lost: Lost::Group { index, found: data.kind() }, span: element.span }),
            }
        }
    }
}

impl Sso {
    fn assign(&mut self, pairs: &[Pair], damage: &mut Vec<Damage>) {
        for pair in sorted(pairs) {
            let text = if equal_fold("permissionsetname", &pair.key) {
                &mut self.permission_set
            } else if equal_fold("accountid", &pair.key) {
                &mut self.account
            } else if equal_fold("partition", &pair.key) {
                &mut self.partition
            } else {
                continue;
            };
            if let Some(found) = text.assign(&pair.value) {
                let key = format!("sso.{}", pair.key);
                damage.push(Damage { lost: Lost::Other { key, found }, span: pair.value.span });
            }
        }
    }
}
