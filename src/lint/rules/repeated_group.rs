use std::collections::BTreeSet;

use super::{Check, Found, Held, Rule, RuleId};

/// Duplicates are kept here; an entry's groups are a set (CloudFormation schema of AWS::EKS::AccessEntry, uniqueItems).
pub(crate) const RULE: Rule = Rule { id: RuleId::RepeatedGroup, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let mut seen = BTreeSet::new();
    let groups = held.groups.iter().enumerate();
    groups
        .filter(|(_, group)| !group.is_empty() && !seen.insert(*group))
        .map(|(index, group)| Found {
            span: held.group_span(index),
            title: format!("{group} is listed twice"),
            label: "once is enough".to_owned(),
            today: "listing a group twice changes nothing".to_owned(),
            then: "the access entry lists it once".to_owned(),
            help: "optional: delete one of them".to_owned(),
        })
        .collect()
}
