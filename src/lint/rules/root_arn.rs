use super::{About, Check, Rule, RuleId, SetAside, spans};
use crate::findings::{Blocker, Reason};

/// `:root` matches the root user's own logins, not everyone in the account (authenticator, `pkg/arn`).
pub(crate) const RULE: Rule = Rule { id: RuleId::RootArn, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    let mappings = input.set_aside.iter().filter(|(_, why)| matches!(why, SetAside::Root));
    mappings
        .map(|(mapping, _)| {
            About::mapping(mapping, spans::arn(mapping), Reason::Waits { by: Blocker::Root })
        })
        .collect()
}
