//! An access entry as one object, for the formats that differ in the names of its fields alone.

use super::scope;
use crate::export::value::Value;
use crate::export::{custom_username, tag_map};
use crate::model::AccessEntry;

/// What a format calls the fields of an entry. Those without a value are left out.
pub(super) struct Spelling {
    pub principal: &'static str,
    pub entry_type: &'static str,
    pub username: &'static str,
    pub groups: &'static str,
    pub policies: &'static str,
    pub policy: &'static str,
    pub scope: &'static str,
    pub scope_type: &'static str,
    pub namespaces: &'static str,
    pub tags: &'static str,
    pub tag_shape: TagShape,
}

pub(super) enum TagShape {
    Map,
    /// A list of objects with these two fields.
    List {
        key: &'static str,
        value: &'static str,
    },
}

impl Spelling {
    /// Principal and type first, then what is set.
    pub fn fields_of(&self, entry: &AccessEntry) -> Vec<(String, Value)> {
        let AccessEntry { principal, entry_type, username: _, groups, policies, tags } = entry;
        let policies = policies.iter().map(|(policy, scope)| {
            let (kind, namespaces) = scope::parts(scope);
            let kind = [(self.scope_type, Value::text(kind))];
            let namespaces = namespaces.map(|names| (self.namespaces, Value::texts(names)));
            let scope = Value::fields(kind.into_iter().chain(namespaces));
            Value::fields([(self.policy, Value::text(policy)), (self.scope, scope)])
        });
        let policies: Vec<Value> = policies.collect();
        let tag_values = match &self.tag_shape {
            TagShape::Map => tag_map(tags),
            TagShape::List { key, value } => Value::List(
                tags.iter()
                    .map(|(tag, text)| Value::fields([(*key, Value::text(tag)), (*value, Value::text(text))]))
                    .collect(),
            ),
        };
        let fields = [
            Some((self.principal, Value::text(principal))),
            Some((self.entry_type, Value::text(entry_type))),
            custom_username(entry).map(|name| (self.username, Value::text(name))),
            (!groups.is_empty()).then(|| (self.groups, Value::texts(groups))),
            (!policies.is_empty()).then_some((self.policies, Value::List(policies))),
            (!tags.is_empty()).then_some((self.tags, tag_values)),
        ];
        fields.into_iter().flatten().map(|(key, value)| (key.to_owned(), value)).collect()
    }
}
