use serde::Serialize;

use super::rows::{FEW, MOST, rows};
use super::{Offered, PolicyRow, RolesOf, escalation_note, permissions};
use crate::model::PolicyArn;
use crate::rbac::{Nearest, PolicyRule, Role, access_policy, collapse, nearest_cluster_roles};
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{CARE, GOOD, HEADING};
use crate::render::words::{count, list};

/// One access policy: what it gives, to whom and where, and the ClusterRoles that come nearest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyAnswer {
    pub arn: String,
    #[serde(flatten)]
    pub policy: PolicyRow,
    /// Collapsed.
    pub rules: Vec<PolicyRule>,
    /// Whose ClusterRoles it was held against.
    pub cluster_roles_of: String,
    /// They are those that every cluster has, and none was looked at.
    pub assumed: bool,
    /// The one that differs least, or all that differ by the same. Empty: none has anything in common with it.
    pub nearest: Vec<Beside>,
    pub notes: Vec<&'static str>,
}

/// A policy beside a ClusterRole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Beside {
    pub cluster_role: String,
    pub relation: Relation,
    /// Collapsed. Where the relation is not known: as far as the policy's rules are.
    pub only_role: Vec<PolicyRule>,
    pub only_policy: Vec<PolicyRule>,
}

/// What the policy has of a ClusterRole. Rules are compared as Kubernetes' escalation check compares them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Neither has what the other has not.
    Equal,
    Less,
    More,
    /// Each has something that the other has not.
    Differs,
    /// Not all rules of the policy are known.
    Unknown,
}

impl PolicyAnswer {
    /// `None`: neither the catalogue nor the Region has such a policy.
    pub fn new(arn: &PolicyArn, offered: Offered<'_>, roles: &[Role], of: &RolesOf) -> Option<Self> {
        let known = access_policy(arn.name());
        let is_offered = || offered.is_some_and(|offered| offered.contains(arn));
        let policy = match known {
            Some(policy) => PolicyRow::of(policy, offered),
            None => is_offered().then(|| PolicyRow::unknown(arn.name()))?,
        };
        let rules = known.map_or(&[][..], |policy| policy.rules());
        let beside = |Nearest { role, change }: Nearest<'_>| Beside {
            cluster_role: role.name.clone(),
            relation: match (policy.complete, change.lost.is_empty(), change.gained.is_empty()) {
                (false, _, _) => Relation::Unknown,
                (true, true, true) => Relation::Equal,
                (true, false, true) => Relation::Less,
                (true, true, false) => Relation::More,
                (true, false, false) => Relation::Differs,
            },
            only_role: change.lost,
            only_policy: change.gained,
        };
        Some(Self {
            arn: arn.to_string(),
            rules: collapse(rules),
            cluster_roles_of: of.name.clone(),
            assumed: of.assumed,
            nearest: nearest_cluster_roles(rules, roles).into_iter().map(beside).collect(),
            notes: escalation_note(rules).into_iter().collect(),
            policy,
        })
    }

    /// `everything`: also what makes long lists long.
    pub fn text(&self, everything: bool) -> Page {
        let mut page = Page::default();
        page.line(0, paint(HEADING, self.policy.name.as_str()));
        self.facts(&mut page);
        if !self.rules.is_empty() {
            page.heading(HEADING, "rules", 0);
            rows(&mut page, 1, ' ', &self.rules, usize::MAX);
        }
        self.beside(&mut page, everything);
        if !self.notes.is_empty() {
            page.blank();
            self.notes.iter().for_each(|note| page.line(0, format!("note: {note}")));
        }
        page
    }

    fn facts(&self, page: &mut Page) {
        let PolicyRow { known, assignable, scopes, complete, rule_count, source, seen, offered, .. } =
            &self.policy;
        let mut fact = |name: &str, text: Shown| page.line(1, Shown::from(format!("{name:<11}")).and(text));
        fact("arn", self.arn.as_str().into());
        fact(
            "assignable",
            Shown::from(match *assignable {
                "by-customers" => "yes",
                "by-services" => "no: only AWS services associate it, with their own roles",
                _ if *known => "unknown: AWS does not document whether you may associate it",
                _ => "not known",
            }),
        );
        fact("scope", scope(scopes).into());
        fact(
            "rules",
            match (complete, rule_count) {
                (true, rules) => {
                    format!("complete: {}, {}", count(*rules, "rule", "rules"), permitted(&self.rules)).into()
                }
                (false, 0) => paint(CARE, "unknown: none is published"),
                (false, rules) => paint(CARE, "incomplete").and(format!(
                    ": {} published, {}; unknown beyond these rules",
                    count(*rules, "rule", "rules"),
                    permitted(&self.rules)
                )),
            },
        );
        match (source, seen) {
            (Some(source), Some(seen)) => fact("source", format!("{source} ({seen})").into()),
            _ => fact("source", "listed by the Region; unknown to this version of eksodus".into()),
        }
        match offered {
            Some(true) => fact("offered", "yes, in the Region of the cluster".into()),
            Some(false) => fact("offered", paint(CARE, "no").and(", not in the Region of the cluster")),
            None => {}
        }
    }

    fn beside(&self, page: &mut Page, everything: bool) {
        page.heading(HEADING, "nearest ClusterRole", 0);
        let of = if self.assumed {
            format!("of {}, assumed", self.cluster_roles_of)
        } else {
            format!("of {}", self.cluster_roles_of)
        };
        let Some(Beside { cluster_role, relation, only_role, only_policy }) = self.nearest.first() else {
            let why = match self.rules.is_empty() {
                true => "unknown: no rule of the policy is published".to_owned(),
                false => format!("none: no ClusterRole {of} has anything in common with it"),
            };
            return page.line(1, why);
        };
        page.line(1, paint(HEADING, cluster_role.as_str()).and(format!(" ({of})")));
        let (less, more) = (permitted(only_role), permitted(only_policy));
        let verdict = match relation {
            Relation::Equal => paint(GOOD, "equal").and(": both have the same permissions"),
            Relation::Less => format!("the policy gives less: it lacks {less}").into(),
            Relation::More => format!("the policy gives more: {more}").into(),
            Relation::Differs => format!("the policy lacks {less}, and gives {more} more").into(),
            Relation::Unknown => paint(CARE, "unknown beyond the published rules"),
        };
        page.line(1, verdict);
        let most = if everything { usize::MAX } else { MOST };
        if *relation == Relation::Unknown {
            page.line(1, format!("the ClusterRole has {less} that they lack, and they have {more} more"));
        }
        // what is not published may be there
        let (sign, most_lost) = match relation {
            Relation::Unknown => ('?', most.min(FEW)),
            _ => ('-', most),
        };
        rows(page, 2, sign, only_role, most_lost);
        rows(page, 2, '+', only_policy, most);
        if let [_, others @ ..] = self.nearest.as_slice()
            && !others.is_empty()
        {
            let names = list(others.iter().take(most).map(|it| &it.cluster_role));
            let rest = match others.len().saturating_sub(most) {
                0 => String::new(),
                rest => format!(" and {rest} more"),
            };
            page.line(1, format!("as near: {names}{rest}"));
        }
    }
}

fn permitted(rules: &[PolicyRule]) -> String {
    count(permissions(rules), "permission", "permissions")
}

fn scope(scopes: &[&str]) -> &'static str {
    match scopes {
        ["cluster"] => "cluster only",
        ["namespace"] => "namespace only",
        [] => "not known",
        _ => "cluster or namespace",
    }
}
