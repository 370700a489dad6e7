use serde::Serialize;

use super::Offered;
use crate::rbac::{AccessPolicy, Assignable, access_policies};
use crate::render::page::{Page, paint};
use crate::render::style::HEADING;

/// Every access policy that is known, then those that only the Region names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    pub policies: Vec<PolicyRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRow {
    pub name: String,
    /// It is in the published catalogue; of one that is not, its name is all that is known.
    pub known: bool,
    /// `by-customers`, `by-services` or `not-established`.
    pub assignable: &'static str,
    /// `cluster`, `namespace`.
    pub scopes: Vec<&'static str>,
    /// The published rules are all that it has.
    pub complete: bool,
    /// As they are published; 0: none is.
    pub rule_count: usize,
    pub source: Option<String>,
    /// The date of the source, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub seen: Option<String>,
    /// By the Region of the cluster; `null`: it was not asked.
    pub offered: Option<bool>,
}

impl Table {
    pub fn new(offered: Offered<'_>) -> Self {
        let mut policies: Vec<PolicyRow> =
            access_policies().iter().map(|policy| PolicyRow::of(policy, offered)).collect();
        let mut others: Vec<&str> = offered.unwrap_or_default().iter().map(|policy| policy.name()).collect();
        others.retain(|name| !policies.iter().any(|row| row.name == *name));
        others.sort_unstable();
        others.dedup();
        policies.extend(others.into_iter().map(PolicyRow::unknown));
        Self { policies }
    }

    pub fn text(&self) -> Page {
        let width = self.policies.iter().map(|row| row.name.len()).max().unwrap_or_default();
        let is_asked = self.policies.iter().any(|row| row.offered.is_some());
        let line = |cells: [&str; 5], offered: &str| {
            let [name, assignable, scope, rules, seen] = cells;
            let line = format!("{name:<width$}  {assignable:<11}  {scope:<9}  {rules:<11}  {seen:<10}");
            let line = if is_asked { format!("{line}  {offered}") } else { line };
            line.trim_end().to_owned()
        };
        let mut page = Page::default();
        let titles = line(["POLICY", "ASSIGNABLE", "SCOPE", "RULES", "SEEN"], "OFFERED");
        page.verbatim(0, paint(HEADING, titles));
        for row in &self.policies {
            let seen = row.seen.as_deref().unwrap_or("-");
            let cells =
                [&*row.name, row.assignable_in_words(), row.scope_in_words(), &row.rules_in_words(), seen];
            page.verbatim(
                0,
                line(cells, row.offered.map_or("", |offered| if offered { "yes" } else { "no" })),
            );
        }
        page
    }
}

impl PolicyRow {
    pub(super) fn of(policy: &AccessPolicy, offered: Offered<'_>) -> Self {
        let published = policy.published();
        Self {
            name: policy.name.clone(),
            known: true,
            assignable: match policy.assignable {
                Assignable::ByCustomers => "by-customers",
                Assignable::ByServices => "by-services",
                Assignable::NotEstablished => "not-established",
            },
            scopes: policy.scopes().collect(),
            complete: policy.is_complete(),
            rule_count: policy.rules().len(),
            source: published.map(|published| published.source.clone()),
            seen: published.map(|published| published.seen.clone()),
            offered: offered.map(|offered| offered.iter().any(|it| it.name() == policy.name)),
        }
    }

    /// Of one that the Region offers, and the catalogue does not have.
    pub(super) fn unknown(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            known: false,
            assignable: "not-established",
            scopes: Vec::new(),
            complete: false,
            rule_count: 0,
            source: None,
            seen: None,
            offered: Some(true),
        }
    }

    fn assignable_in_words(&self) -> &'static str {
        match self.assignable {
            "by-customers" => "yes",
            "by-services" => "by services",
            _ => "not known",
        }
    }

    fn scope_in_words(&self) -> &'static str {
        match self.scopes.as_slice() {
            [] => "not known",
            [one] => one,
            _ => "any",
        }
    }

    fn rules_in_words(&self) -> String {
        match (self.complete, self.rule_count) {
            (true, rules) => format!("{rules}, all"),
            (false, 0) => "not known".to_owned(),
            (false, rules) => format!("{rules}, not all"),
        }
    }
}
