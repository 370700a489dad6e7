use super::{About, Check, Held, Rule, RuleId};
use crate::findings::{Note, Reason};
use crate::model::GroupName;

/// `system:masters` bypasses every authorizer; AmazonEKSClusterAdminPolicy is an authorizer's yes (EKS user guide).
pub(crate) const RULE: Rule = Rule { id: RuleId::SystemMasters, check: Check::MappingAbout(check) };

fn check(held: &Held<'_>) -> Vec<About> {
    let masters = held.standard_groups().find(|(group, _)| *group == GroupName::MASTERS);
    let about = |(_, span)| {
        About::mapping(held.mapping, span, Reason::Differs { note: Note::MastersByPolicy })
    };
    masters.map(about).into_iter().collect()
}
