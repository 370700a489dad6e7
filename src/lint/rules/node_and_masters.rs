use super::{About, Check, Held, Rule, RuleId, unclassified};
use crate::model::GroupName;

/// A node's entry takes neither groups nor access policies (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: RuleId::NodeAndMasters, check: Check::MappingAbout(check) };

fn check(held: &Held<'_>) -> Vec<About> {
    let masters = held.groups.iter().position(|group| group == GroupName::MASTERS);
    let span = masters.map_or_else(|| held.groups_span(), |index| held.group_span(index));
    unclassified(held, RULE.id, span)
}
