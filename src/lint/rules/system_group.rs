use std::collections::BTreeMap;

use super::{About, Check, Held, Rule, RuleId};
use crate::findings::{Blocker, Reason};
use crate::model::{GroupName, GroupRefusal};

/// EKS: "The kubernetes group name … is invalid, it cannot start with system:".
pub(crate) const RULE: Rule = Rule { id: RuleId::SystemGroup, check: Check::MappingAbout(check) };

fn check(held: &Held<'_>) -> Vec<About> {
    held.standard_groups()
        .filter(|(group, _)| !matches!(*group, GroupName::MASTERS | GroupName::AUTHENTICATED))
        .filter(|(group, _)| GroupName::new(*group) == Err(GroupRefusal::System))
        .map(|(group, span)| {
            let groups = BTreeMap::from([(group.to_owned(), None)]);
            About::mapping(held.mapping, span, Reason::Waits { by: Blocker::Groups { groups } })
        })
        .collect()
}
