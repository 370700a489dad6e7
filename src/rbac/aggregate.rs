//! Aggregated ClusterRoles, as their controller fills them
//! (kubernetes: pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::PolicyRule;

/// A ClusterRole with what aggregation looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labelled {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    /// Of its `aggregationRule`; `None` where it has none.
    pub selectors: Option<Vec<Selector>>,
    pub rules: Vec<PolicyRule>,
}

/// A label selector; an empty one matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Selector {
    pub match_labels: BTreeMap<String, String>,
    pub match_expressions: Vec<Requirement>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Requirement {
    pub key: String,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`; with any other one the role is left as it is.
    pub operator: String,
    pub values: Vec<String>,
}

/// The rules of the aggregated roles, by name, once nothing changes any more.
///
/// A role's rules are replaced as a whole by those of the roles that its selectors match, in the order of their names; what
/// was written into it by hand stays only while nothing matches. Chains settle; of a cycle, which has no order to settle in,
/// the rounds end after as many as there are roles.
pub fn aggregate(roles: &[Labelled]) -> BTreeMap<String, Vec<PolicyRule>> {
    let mut rules: BTreeMap<&str, Vec<PolicyRule>> =
        roles.iter().map(|role| (role.name.as_str(), role.rules.clone())).collect();
    for _ in 0..=roles.len() {
        let mut is_settled = true;
        for role in roles {
            let Some(computed) = computed(role, roles, &rules) else { continue };
            if !computed.is_empty() && rules.get(role.name.as_str()) != Some(&computed) {
                rules.insert(&role.name, computed);
                is_settled = false;
            }
        }
        if is_settled {
            break;
        }
    }
    let aggregated = roles.iter().filter(|role| role.selectors.is_some());
    aggregated.filter_map(|role| Some((role.name.clone(), rules.remove(role.name.as_str())?))).collect()
}

/// `None` where the role is not aggregated, or a selector of it cannot be read, which spoils the others too.
fn computed(
    role: &Labelled,
    roles: &[Labelled],
    rules: &BTreeMap<&str, Vec<PolicyRule>>,
) -> Option<Vec<PolicyRule>> {
    let selectors = role.selectors.as_ref()?;
    let mut sorted: Vec<&Labelled> = roles.iter().filter(|other| other.name != role.name).collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut computed: Vec<PolicyRule> = Vec::new();
    for selector in selectors {
        for other in &sorted {
            if !selector.matches(&other.labels)? {
                continue;
            }
            for rule in rules.get(other.name.as_str()).into_iter().flatten() {
                if !computed.contains(rule) {
                    computed.push(rule.clone());
                }
            }
        }
    }
    Some(computed)
}

impl Selector {
    /// `None`: it cannot be read (apimachinery: pkg/apis/meta/v1/helpers.go, LabelSelectorAsSelector).
    fn matches(&self, labels: &BTreeMap<String, String>) -> Option<bool> {
        let Self { match_labels, match_expressions } = self;
        let mut all = match_labels.iter().all(|(key, value)| labels.get(key) == Some(value));
        for Requirement { key, operator, values } in match_expressions {
            let is_listed = labels.get(key).is_some_and(|value| values.contains(value));
            all &= match operator.as_str() {
                "In" if !values.is_empty() => is_listed,
                "NotIn" if !values.is_empty() => !is_listed,
                "Exists" if values.is_empty() => labels.contains_key(key),
                "DoesNotExist" if values.is_empty() => !labels.contains_key(key),
                _ => return None,
            };
        }
        Some(all)
    }
}
