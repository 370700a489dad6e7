use super::{About, Check, Rule, RuleId, SetAside, spans};
use crate::findings::{Blocker, Reason};

/// EKS refuses entries for service-linked roles (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule { id: RuleId::ServiceLinkedRole, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    let mappings = input.set_aside.iter().filter_map(|(mapping, why)| match why {
        SetAside::ServiceLinked(service) => Some((mapping, Blocker::ServiceLinkedRole { service: *service })),
        _ => None,
    });
    mappings.map(|(mapping, by)| About::mapping(mapping, spans::arn(mapping), Reason::Waits { by })).collect()
}
