//! Aggregated ClusterRoles, as their controller fills them
//! (kubernetes: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{PolicyRule, Rbac, Role};

/// How many rules of members are looked at in all. A real cluster needs some hundreds; beyond it a role is left as it is, as
/// its controller leaves one that is too large to be stored.
pub(super) const MOST_RULES: usize = 250_000;
/// How many roles are held against a selector in all.
const MOST_ROLES: usize = 5_000_000;

/// A label selector; an empty one matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Selector {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub match_labels: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<Requirement>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirement {
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`; with any other one the role is left as it is.
    pub operator: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// The rules of the aggregated ClusterRoles, by name, as their controller leaves them.
///
/// A role's rules are replaced as a whole by those of the roles that its selectors match, in the order of their names; what
/// was written into it by hand stays only while nothing matches. What a cycle of roles settles to depends on the order in
/// which the controller meets them: here each gets all that any of them has, which is never less.
pub fn aggregate(roles: &[Role]) -> BTreeMap<String, Vec<PolicyRule>> {
    let aggregation = Aggregation::of(roles);
    let mut settled = aggregation.settle(&|_| false);
    let all = aggregation.members.keys().map(|at| {
        let rules = settled.remove(at).unwrap_or_else(|| roles[*at].rules.clone());
        (roles[*at].name.clone(), rules)
    });
    all.collect()
}

impl Rbac {
    /// Fills the aggregated ClusterRoles that have no rules, as their controller will; manifests have none. Rules that are
    /// stored are what the authorizer reads, and stay.
    pub fn fill_aggregated(&mut self) {
        if !self.roles.iter().any(|role| role.aggregation.is_some() && role.rules.is_empty()) {
            return;
        }
        let filled = Aggregation::of(&self.roles).settle(&|role| !role.rules.is_empty());
        for (at, rules) in filled {
            self.roles[at].rules = rules;
        }
    }
}

/// Which ClusterRoles an aggregated one is made of. Roles are told by their places in the list.
pub(super) struct Aggregation<'r> {
    roles: &'r [Role],
    /// In the order in which the controller goes through them: by selector, then by name.
    pub members: BTreeMap<usize, Result<Vec<usize>, Unselected>>,
}

/// Why it is not known what an aggregated role is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unselected {
    /// A selector cannot be read, which spoils the others too.
    Selector,
    /// There is too much to look at.
    TooMuch,
}

impl<'r> Aggregation<'r> {
    pub fn of(roles: &'r [Role]) -> Self {
        let is_aggregated = |role: &Role| role.namespace.is_none() && role.aggregation.is_some();
        let mut members = BTreeMap::new();
        if roles.iter().any(is_aggregated) {
            let labels = Labels::of(roles);
            let mut left = MOST_ROLES;
            for (at, role) in roles.iter().enumerate().filter(|(_, role)| is_aggregated(role)) {
                members.insert(at, labels.selected_by(role, &mut left));
            }
        }
        Self { roles, members }
    }

    /// What the roles' members have, where they have anything; those that keep their rules are not computed.
    fn settle(&self, keeps: &dyn Fn(&Role) -> bool) -> BTreeMap<usize, Vec<PolicyRule>> {
        let (order, cyclic) = self.order(&|at| keeps(&self.roles[at]));
        let mut settled = BTreeMap::new();
        let mut left = MOST_RULES;
        for at in order {
            let computed = self.computed(at, &settled, Vec::new(), &mut left);
            if let Some(computed) = computed.filter(|rules| !rules.is_empty()) {
                settled.insert(at, computed);
            }
        }
        // rules are only added, so that this ends
        let mut grows = true;
        while std::mem::take(&mut grows) {
            for at in &cyclic {
                let has = settled.get(at).unwrap_or(&self.roles[*at].rules);
                let before = has.len();
                let computed = self.computed(*at, &settled, has.clone(), &mut left);
                if let Some(computed) = computed.filter(|rules| rules.len() > before) {
                    settled.insert(*at, computed);
                    grows = true;
                }
            }
        }
        settled
    }

    /// What the controller writes next, with the members' rules as they are. `None`: it is not known, or more than `left`.
    pub fn written_next(&self, at: usize, left: &mut usize) -> Option<Vec<PolicyRule>> {
        self.computed(at, &BTreeMap::new(), Vec::new(), left)
    }

    fn computed(
        &self,
        at: usize,
        settled: &BTreeMap<usize, Vec<PolicyRule>>,
        has: Vec<PolicyRule>,
        left: &mut usize,
    ) -> Option<Vec<PolicyRule>> {
        let members = self.members.get(&at)?.as_ref().ok()?;
        *left = left.checked_sub(has.len())?;
        let mut seen: BTreeSet<&PolicyRule> = has.iter().collect();
        let mut added = Vec::new();
        for member in members {
            let rules = settled.get(member).unwrap_or(&self.roles[*member].rules);
            *left = left.checked_sub(rules.len().max(1))?;
            added.extend(rules.iter().filter(|rule| seen.insert(rule)).cloned());
        }
        let mut all = has;
        all.extend(added);
        Some(all)
    }

    /// The roles that are computed, each after those that it is made of; and apart those that a cycle leaves without such an
    /// order. Roles with a selector that cannot be read are in neither.
    fn order(&self, keeps: &dyn Fn(usize) -> bool) -> (Vec<usize>, Vec<usize>) {
        let is_computed = |at: &usize| self.members.get(at).is_some_and(Result::is_ok) && !keeps(*at);
        let computed = self.members.keys().copied().filter(is_computed);
        let waits_for = computed.map(|at| {
            let members = self.members[&at].iter().flatten().copied();
            (at, members.filter(is_computed).collect())
        });
        in_order(&waits_for.collect())
    }

    /// The roles that are made of each other, and those between two such cycles.
    pub fn cycles(&self) -> Vec<usize> {
        let (_, left) = self.order(&|_| false);
        // of these, what nothing is made of in the end is behind the cycles
        let mut used_by: BTreeMap<usize, Vec<usize>> = left.iter().map(|at| (*at, Vec::new())).collect();
        for at in &left {
            for member in self.members[at].iter().flatten() {
                if let Some(users) = used_by.get_mut(member) {
                    users.push(*at);
                }
            }
        }
        in_order(&used_by).1
    }
}

/// Each after all that it waits for; and apart, sorted, what waits for itself in the end.
fn in_order(waits_for: &BTreeMap<usize, Vec<usize>>) -> (Vec<usize>, Vec<usize>) {
    let mut waiting: BTreeMap<usize, usize> = waits_for.iter().map(|(at, for_)| (*at, for_.len())).collect();
    let mut lets_go: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, others) in waits_for {
        for other in others {
            lets_go.entry(*other).or_default().push(*at);
        }
    }
    let mut order: Vec<usize> = waiting.iter().filter(|(_, count)| **count == 0).map(|(at, _)| *at).collect();
    let mut next = 0;
    while let Some(at) = order.get(next).copied() {
        next += 1;
        for other in lets_go.get(&at).into_iter().flatten() {
            if let Some(count) = waiting.get_mut(other) {
                *count -= 1;
                if *count == 0 {
                    order.push(*other);
                }
            }
        }
    }
    (order, waiting.into_iter().filter(|(_, count)| *count > 0).map(|(at, _)| at).collect())
}

/// The ClusterRoles by name, and by each of their labels.
struct Labels<'r> {
    roles: &'r [Role],
    by_name: Vec<usize>,
    by_label: BTreeMap<(&'r str, &'r str), Vec<usize>>,
}

impl<'r> Labels<'r> {
    fn of(roles: &'r [Role]) -> Self {
        let mut by_name: Vec<usize> = (0..roles.len()).filter(|at| roles[*at].namespace.is_none()).collect();
        by_name.sort_by_key(|at| &roles[*at].name);
        let mut by_label: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for at in &by_name {
            for (key, value) in &roles[*at].labels {
                by_label.entry((key, value)).or_default().push(*at);
            }
        }
        Self { roles, by_name, by_label }
    }

    fn labelled(&self, key: &'r str, value: &'r str) -> &[usize] {
        self.by_label.get(&(key, value)).map_or(&[], Vec::as_slice)
    }

    fn selected_by(&self, role: &'r Role, left: &mut usize) -> Result<Vec<usize>, Unselected> {
        let selectors = role.aggregation.as_deref().unwrap_or_default();
        if !selectors.iter().all(Selector::is_readable) {
            return Err(Unselected::Selector);
        }
        let mut selected = Vec::new();
        let mut seen = BTreeSet::new();
        for selector in selectors {
            let of_label = selector.match_labels.iter().map(|(key, value)| self.labelled(key, value));
            let candidates = of_label.min_by_key(|roles| roles.len()).unwrap_or(&self.by_name);
            *left = left.checked_sub(candidates.len()).ok_or(Unselected::TooMuch)?;
            for at in candidates {
                let other = &self.roles[*at];
                if other.name != role.name && selector.matches(&other.labels) && seen.insert(*at) {
                    selected.push(*at);
                }
            }
        }
        Ok(selected)
    }
}

impl Selector {
    /// Apimachinery: pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector.
    pub fn is_readable(&self) -> bool {
        self.match_expressions.iter().all(|Requirement { key: _, operator, values }| {
            match operator.as_str() {
                "In" | "NotIn" => !values.is_empty(),
                "Exists" | "DoesNotExist" => values.is_empty(),
                _ => false,
            }
        })
    }

    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let Self { match_labels, match_expressions } = self;
        let is_met = |Requirement { key, operator, values }: &Requirement| {
            let is_listed = labels.get(key).is_some_and(|value| values.contains(value));
            match operator.as_str() {
                "In" => is_listed,
                "NotIn" => !is_listed,
                "Exists" => labels.contains_key(key),
                _ => !labels.contains_key(key),
            }
        };
        match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && match_expressions.iter().all(is_met)
    }
}
