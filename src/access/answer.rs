use std::collections::BTreeSet;

use serde::Serialize;

use super::node::node_may;
use super::sides::Sides;
use crate::model::{AccessScope, PolicyArn};
use crate::parity::{Access, Granted, GrantedBy, Identity, MissingInput};
use crate::rbac::{Attributes, PolicyRule};

/// What one side says to one request of one login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// By the first source of it, and the first rule of that: of the rule what is about the request.
    Yes {
        by: GrantedBy,
        rule: PolicyRule,
    },
    /// The Node authorizer may allow it, as what runs on the node needs it.
    Node,
    /// Nothing that is known allows it, and something that could is not known.
    Unknown {
        missing: BTreeSet<MissingInput>,
    },
    No,
    /// It does not authenticate.
    NoLogin,
}

impl Answer {
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes { .. })
    }

    pub fn is_no(&self) -> bool {
        matches!(self, Self::No | Self::NoLogin)
    }

    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// The same word, whatever it is by.
    pub fn is_same_word(&self, other: &Self) -> bool {
        self.word() == other.word()
    }

    const fn word(&self) -> Word {
        match self {
            Self::Yes { .. } => Word::Yes,
            Self::Node => Word::Node,
            Self::Unknown { .. } => Word::Unknown,
            Self::No | Self::NoLogin => Word::No,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Word {
    Yes,
    Node,
    Unknown,
    No,
}

/// Before and after.
pub(super) type Words = (Word, Word);

/// Of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    pub before: Answer,
    pub after: Answer,
}

impl Answers {
    pub fn is_same_words(&self, other: &Self) -> bool {
        self.words() == other.words()
    }

    pub const fn words(&self) -> Words {
        (self.before.word(), self.after.word())
    }
}

impl Sides<'_> {
    /// `access` is what the identity is given on one of the sides.
    pub(super) fn answer(
        &self,
        access: &Access<'_>,
        identity: Option<&Identity>,
        what: &Attributes,
    ) -> Answer {
        let Some(identity) = identity else {
            return match self.nobody_is_known() {
                true => Answer::Unknown { missing: [MissingInput::AccessEntries].into() },
                false => Answer::NoLogin,
            };
        };
        if let Some(granted) = access.allowed_by(what) {
            return Answer::Yes { by: granted.source.to_owned(), rule: rule_of(granted, what) };
        }
        if access.is_node && node_may(what) {
            return Answer::Node;
        }
        let policies = access.incomplete.iter().filter(|policy| could_reach(identity, policy, what));
        let mut missing: BTreeSet<MissingInput> =
            policies.map(|policy| MissingInput::PolicyRules { policy: (*policy).clone() }).collect();
        if self.missing.contains(&MissingInput::Rbac) {
            missing.insert(MissingInput::Rbac);
        }
        if missing.is_empty() { Answer::No } else { Answer::Unknown { missing } }
    }
}

/// A policy of namespaces reaches into these, and to no URL.
fn could_reach(identity: &Identity, policy: &PolicyArn, what: &Attributes) -> bool {
    let Some(scope) = identity.policies.get(policy) else { return false };
    match (scope, what.namespace()) {
        (AccessScope::Cluster, _) => true,
        (AccessScope::Namespaces(_), None) => false,
        (AccessScope::Namespaces(_), Some(namespace)) => {
            AccessScope::namespaces([namespace.to_owned()]).is_ok_and(|asked| scope.covers(&asked))
        }
    }
}

/// The first rule that allows the request, with the groups, resources and URLs alone that do.
fn rule_of(granted: &Granted<'_>, what: &Attributes) -> PolicyRule {
    let Some(rule) = granted.rules.iter().find(|rule| rule.allows(what)) else {
        return PolicyRule::default();
    };
    let kept = |list: &[String], with: &dyn Fn(Vec<String>) -> PolicyRule| -> Vec<String> {
        list.iter().filter(|item| with(vec![(*item).clone()]).allows(what)).cloned().collect()
    };
    match what {
        Attributes::Resource { .. } => PolicyRule {
            api_groups: kept(&rule.api_groups, &|api_groups| PolicyRule { api_groups, ..rule.clone() }),
            resources: kept(&rule.resources, &|resources| PolicyRule { resources, ..rule.clone() }),
            non_resource_urls: Vec::new(),
            ..rule.clone()
        },
        Attributes::NonResource { .. } => PolicyRule {
            verbs: rule.verbs.clone(),
            non_resource_urls: kept(&rule.non_resource_urls, &|urls| PolicyRule {
                verbs: rule.verbs.clone(),
                non_resource_urls: urls,
                ..PolicyRule::default()
            }),
            ..PolicyRule::default()
        },
    }
}
