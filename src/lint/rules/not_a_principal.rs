use super::{About, Check, Rule, RuleId, SetAside, spans};
use crate::findings::{Blocker, Reason};

/// Access entries are for roles and users; federated users log in without being either (EKS API, CreateAccessEntry).
pub(crate) const RULE: Rule = Rule { id: RuleId::NotAPrincipal, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    let mappings = input.set_aside.iter().filter_map(|(mapping, why)| match why {
        SetAside::NotAPrincipal(why) => Some((mapping, Blocker::NoPrincipal { why: why.clone() })),
        _ => None,
    });
    mappings.map(|(mapping, by)| About::mapping(mapping, spans::arn(mapping), Reason::Waits { by })).collect()
}
