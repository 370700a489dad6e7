//! What an aggregated ClusterRole stores, against what its controller would write.

use std::collections::BTreeSet;

use crate::rbac::{PolicyRule, Role, uncovered};

/// How many atoms are compared in all. Beyond it rules that are not equal letter by letter count as different.
const MOST_ATOMS: usize = 100_000;

#[derive(Debug)]
pub(super) struct Comparison {
    left: usize,
}

pub(super) enum Answer {
    Same,
    /// How, in a few words.
    Differs(String),
    /// It was not computed.
    TooLarge,
}

impl Default for Comparison {
    fn default() -> Self {
        Self { left: MOST_ATOMS }
    }
}

impl Comparison {
    /// Rules that cover each other are the same, in whatever order. A role that nothing is aggregated into keeps what was
    /// written into it by hand.
    pub fn of(&mut self, role: &Role, computed: Option<Vec<PolicyRule>>) -> Answer {
        let Some(computed) = computed else { return Answer::TooLarge };
        if computed.is_empty() || computed == role.rules {
            return Answer::Same;
        }
        let lacking = self.beyond(&role.rules, &computed);
        let besides = self.beyond(&computed, &role.rules);
        let parts = [("lacks", lacking), ("has besides", besides)];
        let parts: Vec<String> =
            parts.into_iter().filter_map(|(how, what)| Some(format!("{how} {}", what?))).collect();
        if parts.is_empty() { Answer::Same } else { Answer::Differs(parts.join("; ")) }
    }

    /// The first of the rules' atoms that the owner does not cover, and how many rules have such.
    fn beyond(&mut self, owner: &[PolicyRule], rules: &[PolicyRule]) -> Option<String> {
        let same: BTreeSet<&PolicyRule> = owner.iter().collect();
        let mut first = None;
        let mut count = 0_usize;
        for rule in rules.iter().filter(|rule| !same.contains(rule)) {
            let what = match self.left.checked_sub(cost(owner, rule)) {
                Some(left) => {
                    self.left = left;
                    uncovered(owner, std::slice::from_ref(rule)).into_iter().next()
                }
                None => Some(rule.clone()),
            };
            if let Some(what) = what {
                count += 1;
                first.get_or_insert(what);
            }
        }
        let first = cut(&first?.to_string());
        Some(match count {
            1 => first,
            count => format!("{first} and what {} more rules give", count - 1),
        })
    }
}

/// How many comparisons of an atom with a rule it takes.
fn cost(owner: &[PolicyRule], rule: &PolicyRule) -> usize {
    let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
    let of_resources = [api_groups.len(), resources.len(), verbs.len(), resource_names.len().max(1)];
    let resources = of_resources.into_iter().fold(1, usize::saturating_mul);
    let urls = non_resource_urls.len().saturating_mul(verbs.len());
    resources.saturating_add(urls).saturating_mul(owner.len().max(1))
}

/// A rule that was not taken apart may be long.
fn cut(text: &str) -> String {
    const MOST: usize = 80;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}
