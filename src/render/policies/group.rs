use serde::Serialize;

use super::rows::{FEW, MOST, rows};
use super::{RolesOf, escalation_note, permissions};
use crate::model::{AccessScope, GroupName};
use crate::rbac::{self, Binding, BindingRef, Index, PolicyRule, Proposal, RuleChange};
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{CARE, GOOD, HEADING};
use crate::render::words::{count, list, or_empty};

/// The access policies that could give what bindings give a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupAnswer {
    pub group: String,
    /// The one that was asked about alone.
    pub namespace: Option<String>,
    /// A binding names the group, somewhere.
    pub bound: bool,
    /// A group that bindings name, and that was probably meant.
    pub nearest_group: Option<String>,
    /// Whose roles and bindings were read.
    pub roles_of: String,
    /// Why an access entry cannot have the group; `null`: it can, and then nobody needs a policy in its place.
    pub not_in_entries: Option<String>,
    pub scopes: Vec<ScopeAnswer>,
    pub notes: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScopeAnswer {
    pub scope: AccessScope,
    pub bindings: Vec<BindingRef>,
    /// Those of the bindings whose role is not there: they give nothing.
    pub dangling: Vec<BindingRef>,
    /// What they give, collapsed; in namespaces what the whole cluster does not give anyway.
    pub rules: Vec<PolicyRule>,
    /// The smallest policy that loses nothing.
    pub proposal: Option<String>,
    /// The best first.
    pub candidates: Vec<Candidate>,
    /// How many of them are worth a look: the proposal, and those that lose something and gain less for it.
    #[serde(skip)]
    alternatives: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candidate {
    pub policy: String,
    /// Collapsed.
    pub loses: Vec<PolicyRule>,
    pub gains: Vec<PolicyRule>,
}

impl GroupAnswer {
    pub fn new(
        group: &str,
        namespace: Option<&str>,
        index: &Index<'_>,
        proposals: &[Proposal<'_>],
        of: &RolesOf,
    ) -> Self {
        let bound = !index.bindings_of_group(group).is_empty() || group == GroupName::MASTERS;
        let scopes: Vec<ScopeAnswer> =
            proposals.iter().map(|proposal| ScopeAnswer::new(proposal, index)).collect();
        let of_masters = (group == GroupName::MASTERS).then_some(
            "system:masters bypasses all authorization; an access policy is checked by an authorizer",
        );
        let of_rules = scopes.iter().find_map(|scope| escalation_note(&scope.rules));
        Self {
            group: group.to_owned(),
            namespace: namespace.map(str::to_owned),
            bound,
            nearest_group: if bound { None } else { index.nearest_group(group).map(str::to_owned) },
            roles_of: of.name.clone(),
            not_in_entries: GroupName::new(group).err().map(|why| why.to_string()),
            notes: of_masters.into_iter().chain(of_rules).collect(),
            scopes,
        }
    }

    /// `everything`: all candidates, and all that they lose and gain.
    pub fn text(&self, everything: bool) -> Page {
        let mut page = Page::default();
        page.line(0, Shown::from("group ").and(paint(HEADING, or_empty(&self.group))));
        if !self.bound {
            page.line(
                1,
                paint(CARE, "no binding names it")
                    .and(format!(": it gives nothing by RBAC of {}", self.roles_of)),
            );
            self.nearest_group.iter().for_each(|near| page.line(1, format!("did you mean {near}?")));
            return page;
        }
        match &self.not_in_entries {
            None => page.line(
                1,
                "an access entry can have this group: nobody loses or gains anything, and no policy is needed",
            ),
            Some(why) => page.line(1, format!("no access entry can have the group: {why}")),
        }
        if let (Some(namespace), []) = (&self.namespace, self.scopes.as_slice()) {
            page.line(1, format!("no binding gives it anything in namespace {namespace}"));
        }
        self.scopes.iter().for_each(|scope| scope.write(&mut page, everything));
        if !self.notes.is_empty() {
            page.blank();
            self.notes.iter().for_each(|note| page.line(0, format!("note: {note}")));
        }
        page
    }
}

impl ScopeAnswer {
    fn new(proposal: &Proposal<'_>, index: &Index<'_>) -> Self {
        let candidate =
            |rbac::Candidate { policy, change: RuleChange { lost, gained } }: &rbac::Candidate| Candidate {
                policy: policy.name.clone(),
                loses: lost.clone(),
                gains: gained.clone(),
            };
        let alternatives = proposal.alternatives();
        let place = |it: &&rbac::Candidate| proposal.candidates.iter().position(|other| other == *it);
        let refs = |bindings: &mut dyn Iterator<Item = &&Binding>| {
            bindings.map(|it| BindingRef::from(*it)).collect()
        };
        Self {
            scope: proposal.scope.clone(),
            bindings: refs(&mut proposal.bindings.iter()),
            dangling: refs(&mut proposal.bindings.iter().filter(|binding| index.role_of(binding).is_err())),
            rules: proposal.rules.clone(),
            proposal: proposal.best().map(|best| best.policy.name.clone()),
            candidates: proposal.candidates.iter().map(candidate).collect(),
            alternatives: alternatives.iter().filter_map(place).collect(),
        }
    }

    fn write(&self, page: &mut Page, everything: bool) {
        let title = match &self.scope {
            AccessScope::Cluster => "the whole cluster".to_owned(),
            AccessScope::Namespaces(names) if names.len() == 1 => format!("namespace {}", list(names)),
            AccessScope::Namespaces(names) => format!("namespaces {}", list(names)),
        };
        page.blank();
        page.line(0, paint(HEADING, title));
        match self.bindings.as_slice() {
            [] => page.line(1, "by the API server, which bypasses all authorization for this group"),
            bindings => page.line(1, format!("by {}", list(bindings))),
        }
        for missing in &self.dangling {
            page.line(1, format!("{missing} gives nothing: its role does not exist"));
        }
        let most = |shown| if everything { usize::MAX } else { shown };
        if self.rules.is_empty() {
            let nothing = match self.scope {
                AccessScope::Namespaces(_) if self.dangling.len() < self.bindings.len() => {
                    "nothing that the group does not have in the whole cluster: no policy is needed"
                }
                _ => "nothing: no policy is needed",
            };
            return page.line(1, nothing);
        }
        page.line(1, count(permissions(&self.rules), "permission", "permissions") + ":");
        rows(page, 2, ' ', &self.rules, most(MOST));
        let best = self.candidates.iter().find(|it| Some(&it.policy) == self.proposal.as_ref());
        match best {
            Some(Candidate { policy, gains, .. }) if gains.is_empty() => {
                page.line(
                    1,
                    paint(GOOD, policy.as_str()).and(format!(" ({}) gives exactly the same", self.scope)),
                );
            }
            Some(Candidate { policy, gains, .. }) => {
                page.line(
                    1,
                    paint(HEADING, policy.as_str())
                        .and(format!(" ({}) is the smallest that loses nothing, and gains:", self.scope)),
                );
                rows(page, 2, '+', gains, most(MOST));
            }
            None => page.line(1, paint(CARE, "every policy with known rules loses something")),
        }
        let others: Vec<&Candidate> = match everything {
            true => self.candidates.iter().filter(|it| Some(&it.policy) != self.proposal.as_ref()).collect(),
            false => self.alternatives.iter().filter_map(|at| self.candidates.get(*at)).collect(),
        };
        for Candidate { policy, loses, gains } in others {
            let (lost, gained) = (permissions(loses), permissions(gains));
            page.line(
                1,
                paint(HEADING, policy.as_str())
                    .and(format!(" ({}) loses {lost} and gains {gained}:", self.scope)),
            );
            rows(page, 2, '-', loses, most(MOST));
            rows(page, 2, '+', gains, most(FEW));
        }
    }
}
