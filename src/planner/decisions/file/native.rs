use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::documents::{Spanned, Version};

type Text = Spanned<String>;

/// The version alone, whatever else a newer file may say.
#[derive(Deserialize)]
pub(super) struct Head {
    pub version: Option<Spanned<Version>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct File {
    #[serde(rename = "version")]
    pub _version: IgnoredAny,
    pub masters: Option<Masters>,
    pub proposed_usernames: Option<ProposedUsernames>,
    pub prune: Option<super::Prune>,
    #[serde(default, deserialize_with = "absent")]
    pub groups: Pairs<GroupDecision>,
    #[serde(default, deserialize_with = "absent")]
    pub principals: Vec<Spanned<Principal>>,
    #[serde(default, deserialize_with = "absent")]
    pub accounts: Pairs<Spanned<Account>>,
    #[serde(default, deserialize_with = "absent")]
    pub accept_gains: Pairs<Text>,
    #[serde(default, deserialize_with = "absent")]
    pub accept_differences: Pairs<Accepted>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Accepted {
    pub reason: Text,
    pub until: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Masters {
    AccessPolicy,
    Group(Text),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ProposedUsernames {
    Ask,
    Accept,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum GroupDecision {
    Drop,
    Rename(Text),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Principal {
    pub principal: Text,
    pub skip: Option<Text>,
    pub keep: Option<Keep>,
    pub take: Option<Take>,
    pub arn: Option<Text>,
    pub username: Option<Text>,
    pub groups: Option<Vec<Text>>,
    #[serde(rename = "type")]
    pub entry_type: Option<Text>,
    pub policies: Option<Vec<Policy>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Keep {
    Entry,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Take {
    Mapping,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub policy: Text,
    pub scope: Spanned<Scope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scope {
    Cluster,
    Namespaces(Vec<Text>),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Account {
    #[serde(default)]
    pub principals: Vec<Text>,
    pub skip_others: Option<Text>,
}

/// `null` where a list or map may be absent is none.
fn absent<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// A mapping in file order, with the places of its keys.
pub(super) struct Pairs<V>(pub Vec<(Text, V)>);

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Pairs<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = entries.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(Entries(PhantomData))
    }
}
