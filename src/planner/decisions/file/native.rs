use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

#[cfg(test)]
use super::schema;
use crate::documents::{Spanned, Version};

type Text = Spanned<String>;

/// The version alone, whatever else a newer file may say.
#[derive(Deserialize)]
pub(super) struct Head {
    pub version: Option<Spanned<Version>>,
}

/// What the team has decided for the migration from aws-auth to access entries: the file eksodus.yaml.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct File {
    /// The version of this format.
    #[serde(rename = "version")]
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    pub _version: IgnoredAny,
    /// How the members of system:masters stay administrators.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<Masters>", extend("default" = "access-policy")))]
    pub masters: Option<Masters>,
    /// Whether usernames that EKS refuses are replaced as the plan proposes.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<ProposedUsernames>", extend("default" = "ask")))]
    pub proposed_usernames: Option<ProposedUsernames>,
    /// What phase prune takes out of aws-auth: the mappings that entries cover, or the whole ConfigMap.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<super::Prune>", extend("default" = "covered")))]
    pub prune: Option<super::Prune>,
    /// What becomes of groups that access entries cannot carry, by exact name.
    #[serde(default, deserialize_with = "absent")]
    #[cfg_attr(test, schemars(schema_with = "schema::groups"))]
    pub groups: Pairs<GroupDecision>,
    /// The first element that matches a principal decides.
    #[serde(default, deserialize_with = "absent")]
    #[cfg_attr(test, schemars(schema_with = "schema::principals"))]
    pub principals: Vec<Spanned<Principal>>,
    /// The principals of the accounts in mapAccounts that need an access entry.
    #[serde(default, deserialize_with = "absent")]
    #[cfg_attr(test, schemars(schema_with = "schema::accounts"))]
    pub accounts: Pairs<Spanned<Account>>,
    /// Names of groups or usernames that a decision or a default introduces and that give somebody more than before, each with the reason why that is meant.
    #[serde(default, deserialize_with = "absent")]
    #[cfg_attr(test, schemars(schema_with = "schema::accepted_gains"))]
    pub accept_gains: Pairs<Text>,
    /// Permissions that are lost or gained and meant, by the id that the plan shows.
    #[serde(default, deserialize_with = "absent")]
    #[cfg_attr(test, schemars(schema_with = "schema::accepted_differences"))]
    pub accept_differences: Pairs<Accepted>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Accepted {
    #[cfg_attr(test, schemars(schema_with = "schema::reason"))]
    pub reason: Text,
    /// The last day on which it holds, in UTC.
    #[cfg_attr(test, schemars(schema_with = "schema::day"))]
    pub until: Text,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Masters {
    AccessPolicy,
    Group(#[cfg_attr(test, schemars(schema_with = "schema::group"))] Text),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum ProposedUsernames {
    Ask,
    Accept,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum GroupDecision {
    Drop,
    Rename(#[cfg_attr(test, schemars(schema_with = "schema::group"))] Text),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = schema::rules_of_principal))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Principal {
    /// An ARN, or a glob: * stands for any text, ? for one character.
    #[cfg_attr(test, schemars(schema_with = "schema::filled"))]
    pub principal: Text,
    /// Not migrated, and why.
    #[cfg_attr(test, schemars(default, schema_with = "schema::reason"))]
    pub skip: Option<Text>,
    /// The effective access entry stays as it is; what the mapping would give beyond it is given up.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<Keep>"))]
    pub keep: Option<Keep>,
    /// The effective access entry becomes what the mapping gives, no more and no less.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<Take>"))]
    pub take: Option<Take>,
    /// The real ARN, with its path.
    #[cfg_attr(test, schemars(default, schema_with = "schema::arn"))]
    pub arn: Option<Text>,
    /// A username, or default.
    #[cfg_attr(test, schemars(default, schema_with = "schema::username"))]
    pub username: Option<Text>,
    /// The whole list, in place of the one in aws-auth.
    #[cfg_attr(test, schemars(default, schema_with = "schema::group_list"))]
    pub groups: Option<Vec<Text>>,
    /// The type of the access entry.
    #[serde(rename = "type")]
    #[cfg_attr(test, schemars(default, schema_with = "schema::entry_type"))]
    pub entry_type: Option<Text>,
    /// The whole list of access policies.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<Vec<Policy>>"))]
    pub policies: Option<Vec<Policy>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Keep {
    Entry,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Take {
    Mapping,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    /// The name of an access policy, without the rest of its ARN.
    #[cfg_attr(test, schemars(schema_with = "schema::policy_name"))]
    pub policy: Text,
    #[cfg_attr(test, schemars(with = "Scope"))]
    pub scope: Spanned<Scope>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scope {
    Cluster,
    Namespaces(#[cfg_attr(test, schemars(schema_with = "schema::namespaces"))] Vec<Text>),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = schema::rules_of_account))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Account {
    #[serde(default)]
    #[cfg_attr(test, schemars(schema_with = "schema::arns"))]
    pub principals: Vec<Text>,
    /// Why nobody else of the account needs access.
    #[cfg_attr(test, schemars(default, schema_with = "schema::reason"))]
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
