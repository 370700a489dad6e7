use serde::Serialize;

use crate::facts::{EntryFact, Who};
use crate::model::{AccessScope, Associations, PolicyArn};
use crate::reader::{Account, Mapping, Place, SectionName};

/// What a login gets; `null` throughout where it gets nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WhoView {
    pub username: Option<String>,
    pub groups: Option<Vec<String>>,
    pub policies: Option<Vec<PolicyView>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PolicyView {
    pub policy: String,
    /// `cluster`, or `namespaces a, b`.
    pub scope: String,
}

/// What decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum By {
    Entry {
        principal: String,
        #[serde(rename = "type")]
        entry_type: String,
    },
    Mapping(Source),
    Account(Source),
}

/// A mapping of `aws-auth`; entries count from 0, as the authenticator counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    pub section: SectionName,
    pub entry: usize,
    #[serde(flatten)]
    pub place: Option<Place>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// `mapped` or `template-failed`.
    pub result: &'static str,
    #[serde(flatten)]
    pub who: WhoView,
    pub source: Source,
    pub why: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overridden {
    #[serde(flatten)]
    pub what: By,
    /// What it says, placeholders and all.
    #[serde(flatten)]
    pub who: WhoView,
    pub why: String,
}

/// Once all of the plan is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AfterPlan {
    /// `same`, `changed`, `no-access`, `waits` or `unknown`.
    pub result: &'static str,
    #[serde(flatten)]
    pub who: WhoView,
    pub by: Option<By>,
    pub why: Option<String>,
    pub waits_for: Vec<Waits>,
}

/// A finding of the plan that needs a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waits {
    pub rule: String,
    /// The first phase that is not begun before it is decided.
    pub phase: String,
    pub message: String,
    pub help: Vec<String>,
}

impl From<&Who> for WhoView {
    fn from(Who { username, groups, policies }: &Who) -> Self {
        Self {
            username: Some(username.clone()),
            groups: Some(groups.clone()),
            policies: Some(policy_views(policies)),
        }
    }
}

pub(super) fn policy_views(policies: &Associations) -> Vec<PolicyView> {
    let view = |(policy, scope): (&PolicyArn, &AccessScope)| PolicyView {
        policy: policy.name().to_owned(),
        scope: scope.to_string(),
    };
    policies.iter().map(view).collect()
}

impl By {
    pub(super) fn entry(entry: &EntryFact<'_>) -> Self {
        let observed = entry.observed;
        Self::Entry { principal: observed.principal.clone(), entry_type: observed.entry_type.to_string() }
    }
}

impl Source {
    pub(super) fn of_mapping(mapping: &Mapping) -> Self {
        Self { section: mapping.at.section, entry: mapping.at.index, place: Some(mapping.place) }
    }

    pub(super) fn of_account(account: &Account) -> Self {
        Self { section: account.at.section, entry: account.at.index, place: Some(account.place) }
    }
}
