use super::{About, Check, Input, Rule, RuleId, spans};
use crate::findings::Reason;
use crate::reader::Status;

/// Roles are keyed by their ARN, the last mapping wins completely; `mapRoles` comes before `mapUsers` (authenticator, `configmap.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::SupersededLine, check: Check::FileAbout(check) };

fn check(input: &Input<'_>) -> Vec<About> {
    let reason = |at, groups: Option<&[String]>, by| {
        let winner = input.mapping(by).and_then(|winner| winner.groups.as_deref());
        let by = input.place(by)?;
        Some(Reason::of_superseded(at, groups.unwrap_or_default(), by, winner.unwrap_or_default()))
    };
    let mappings = input.mappings().filter_map(|mapping| match mapping.status {
        Status::Superseded { by } => {
            let reason = reason(mapping.at, mapping.groups.as_deref(), by)?;
            Some(About::mapping(mapping, spans::arn(mapping), reason))
        }
        _ => None,
    });
    let accounts = input.accounts().filter_map(|account| match account.status {
        Status::Superseded { by } => Some(About::account(input, account, reason(account.at, None, by)?)),
        _ => None,
    });
    mappings.chain(accounts).collect()
}
