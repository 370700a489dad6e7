//! A username in place of one that EKS refuses.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    IamArn, PrincipalArn, Token, Username, UsernameRefusal, UsernameTemplate, parse_any_case,
};
use crate::reader::{AwsAuth, Status};

/// Names that no proposal may be: those of effective mappings, and what would be proposed for two different ones.
pub(in crate::planner) fn taken(aws_auth: &AwsAuth) -> BTreeSet<String> {
    let mut taken = BTreeSet::new();
    let mut proposed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for mapping in aws_auth.roles.entries.iter().chain(&aws_auth.users.entries) {
        let Ok(IamArn::Principal(principal)) = parse_any_case(&mapping.arn) else { continue };
        if mapping.status != Status::InForce {
            continue;
        }
        let held =
            UsernameTemplate::new(&mapping.username).with(Token::AccountId, principal.account().as_str());
        if let Err(refusal) = Username::new(held.as_str())
            && let Some(proposal) = propose(&principal, &held, &refusal)
        {
            proposed.entry(proposal.to_string()).or_default().insert(held.to_string());
        }
        taken.insert(held.to_string());
    }
    let twice = proposed.into_iter().filter(|(_, of)| of.len() > 1);
    taken.extend(twice.map(|(proposal, _)| proposal));
    taken
}

/// A username EKS would take, as near as can be to one that it refuses; `None` where nothing means the same.
pub(crate) fn propose(
    principal: &PrincipalArn,
    username: &UsernameTemplate,
    refusal: &UsernameRefusal,
) -> Option<Username> {
    let proposal = match refusal {
        UsernameRefusal::Empty | UsernameRefusal::UnsupportedToken(_) => return None,
        UsernameRefusal::ReservedPrefix(_) => without_reserved_prefixes(username.as_str()),
        UsernameRefusal::NoColonBeforeSessionName => username.to_string(),
    };
    Username::new(with_colon(&proposal, principal.name())).ok()
}

fn without_reserved_prefixes(mut text: &str) -> String {
    while let Some(rest) = crate::model::RESERVED_PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix))
    {
        text = rest;
    }
    text.to_owned()
}

/// `team-{{SessionName}}` becomes `team:{{SessionName}}`, and the bare placeholder gets the principal's name before it.
fn with_colon(text: &str, name: &str) -> String {
    let first = [Token::SessionName, Token::SessionNameRaw]
        .iter()
        .filter_map(|token| text.find(token.as_str()))
        .min();
    let Some(at) = first else { return text.to_owned() };
    let (before, session) = text.split_at(at);
    if before.contains(':') {
        return text.to_owned();
    }
    match before.trim_end_matches(['-', '_', '.', '/', '@']) {
        "" => format!("{name}:{session}"),
        word => format!("{word}:{session}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposals_keep_as_much_as_eks_allows() {
        let role: PrincipalArn = "arn:aws:iam::111122223333:role/Dev".parse().unwrap();
        let proposed = |text: &str| {
            let template = UsernameTemplate::new(text);
            let refusal = Username::new(text).unwrap_err();
            propose(&role, &template, &refusal).map(|username| username.to_string())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(proposed("{{SessionName}}"), some("Dev:{{SessionName}}"));
        assert_eq!(proposed("team-{{SessionName}}"), some("team:{{SessionName}}"));
        assert_eq!(proposed("system:bastion:{{SessionName}}"), some("bastion:{{SessionName}}"));
        assert_eq!(proposed("system:{{SessionName}}"), some("Dev:{{SessionName}}"));
        assert_eq!(proposed("aws:system:x"), some("x"));
        assert_eq!(proposed("system:"), None);
        assert_eq!(proposed("{{AccessKeyID}}"), None);
    }
}
