//! What one login may do on both sides, by what, and what changes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::near::near_miss;
use super::{Answer, Login, NearMiss, Sides};
use crate::parity::{
    Access, Comparer, Difference, Found, Granted, GrantedBy, Identity, MissingInput, Source, ToCome, Verdict,
};
use crate::rbac::{Attributes, Grant, PolicyRule, UserInfo, collapse};
use crate::reader::LinePlace;

/// All that one login may do, before and after.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// One session, which a binding names or which was asked about; `null`: any other, or the only login there is.
    pub session: Option<String>,
    /// The mapping it takes, where each login takes one of several at random.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<LinePlace>,
    /// As the API server sees it; `null`: it does not authenticate. Of any session the name holds its placeholder.
    pub before: Option<UserInfo>,
    pub after: Option<UserInfo>,
    pub verdict: Verdict,
    /// Without these nothing is proved.
    pub missing: BTreeSet<MissingInput>,
    /// What it has, by source: those of both sides, then what ends, then what is new.
    pub sources: Vec<Held>,
    /// What no source of the other side gives, the gravest first.
    pub lost: Vec<Difference>,
    pub gained: Vec<Difference>,
    /// What no request can meet today; empty where it is not known which resources are served.
    #[serde(skip_serializing_if = "ToCome::is_empty")]
    pub to_come: ToCome,
}

/// One source of rights, and when it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    pub when: When,
    pub by: GrantedBy,
    /// What it gives, collapsed; of a RoleBinding without paths, which are in no namespace.
    pub rules: Vec<PolicyRule>,
    /// Why it gives nothing, or less than is known: the role is not there, or AWS has not published all of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    Both,
    Before,
    After,
}

/// One request of one login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    pub session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping: Option<LinePlace>,
    pub before: Side,
    pub after: Side,
}

/// What one side answers, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Side {
    pub user: Option<UserInfo>,
    #[serde(flatten)]
    pub answer: Answer,
    /// What comes near, where it is denied.
    pub near: Option<NearMiss>,
}

impl Sides<'_> {
    /// All that a login may do.
    pub fn explain(&self, login: &Login) -> Explained {
        let before = Self::access(&self.before, login.before.as_ref());
        let after = Self::access(&self.after, login.after.as_ref());
        let found = Found::between(&Comparer::default(), &before, &after, self.served.as_ref());
        let missing = self.missing_for(login, &found);
        let verdict = found.verdict(!missing.is_empty());
        let Found { lost, gained, to_come, unknown: _ } = found;
        Explained {
            session: login.session.clone(),
            mapping: login.by.clone(),
            before: shown(login.before.as_ref(), login.shown_before.as_ref()),
            after: shown(login.after.as_ref(), login.shown_after.as_ref()),
            verdict,
            missing,
            sources: sources(&before, &after),
            lost,
            gained,
            to_come,
        }
    }

    /// Whether a login may make one request.
    pub fn ask(&self, login: &Login, what: &Attributes) -> Answered {
        let before = Self::access(&self.before, login.before.as_ref());
        let after = Self::access(&self.after, login.after.as_ref());
        let side = |access: &Access<'_>, identity: Option<&Identity>, name: Option<&String>| {
            let answer = self.answer(access, identity, what);
            let near = if answer.is_yes() { None } else { near_miss(access, what) };
            Side { user: shown(identity, name), answer, near }
        };
        Answered {
            session: login.session.clone(),
            mapping: login.by.clone(),
            before: side(&before, login.before.as_ref(), login.shown_before.as_ref()),
            after: side(&after, login.after.as_ref(), login.shown_after.as_ref()),
        }
    }

    /// What is missing for a verdict that could be believed.
    fn missing_for(&self, login: &Login, found: &Found) -> BTreeSet<MissingInput> {
        let Login { before, after, .. } = login;
        let policies = found.unknown.iter().cloned();
        let mut missing: BTreeSet<MissingInput> =
            policies.map(|policy| MissingInput::PolicyRules { policy }).collect();
        let is_admin =
            |identity: &Option<Identity>| identity.as_ref().is_some_and(Identity::may_do_everything);
        let is_any = before.is_some() || after.is_some() || self.nobody_is_known();
        let is_other = before != after && !(is_admin(before) && is_admin(after));
        let matters = |input: &&MissingInput| match input {
            MissingInput::Rbac => is_other,
            MissingInput::AccessEntries | MissingInput::PolicyRules { .. } => is_any,
        };
        missing.extend(self.missing.iter().filter(matters).cloned());
        missing
    }
}

fn shown(identity: Option<&Identity>, name: Option<&String>) -> Option<UserInfo> {
    let user = &identity?.user;
    Some(UserInfo { username: name.unwrap_or(&user.username).clone(), groups: user.groups.clone() })
}

/// What each side has, each source once.
fn sources(before: &Access<'_>, after: &Access<'_>) -> Vec<Held> {
    let of = |access: &Access<'_>| {
        let mut held = BTreeMap::new();
        for (place, granted) in access.all() {
            let lacks = lacks(access, granted);
            held.entry(key(&granted.source.to_owned())).or_insert_with(|| Held {
                when: When::Both,
                by: granted.source.to_owned(),
                rules: rules(granted, place.is_none()),
                lacks,
            });
        }
        if access.is_node {
            let by = GrantedBy::NodeAuthorizer;
            held.insert(key(&by), Held { when: When::Both, by, rules: Vec::new(), lacks: None });
        }
        held
    };
    let (before, mut after) = (of(before), of(after));
    let mut sources: Vec<Held> = Vec::new();
    for (key, held) in before {
        let when = if after.remove(&key).is_some() { When::Both } else { When::Before };
        sources.push(Held { when, ..held });
    }
    sources.extend(after.into_values().map(|held| Held { when: When::After, ..held }));
    sources.sort_by_key(|held| held.when);
    sources
}

/// By what a source is one and the same on both sides: whichever of a binding's subjects it is that matches.
fn key(by: &GrantedBy) -> String {
    match by {
        GrantedBy::Masters => "0".to_owned(),
        GrantedBy::AccessPolicy { policy, scope } => format!("1 {policy} {scope}"),
        GrantedBy::NodeAuthorizer => "2".to_owned(),
        GrantedBy::Binding { binding, subject: _ } => format!("3 {binding:?}"),
    }
}

fn rules(granted: &Granted<'_>, in_cluster: bool) -> Vec<PolicyRule> {
    let mut rules = collapse(granted.rules);
    rules.retain(|rule| in_cluster || rule.non_resource_urls.is_empty());
    rules
}

fn lacks(access: &Access<'_>, granted: &Granted<'_>) -> Option<String> {
    match granted.source {
        Source::Binding(Grant { rules: Err(why), .. }) => Some(why.to_string()),
        Source::Policy { policy, .. } if access.incomplete.contains(policy) => {
            Some("AWS has not published all that it allows".to_owned())
        }
        Source::Binding(_) | Source::Policy { .. } | Source::Masters => None,
    }
}
