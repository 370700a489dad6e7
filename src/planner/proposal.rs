use crate::model::{PrincipalArn, Token, Username, UsernameRefusal, UsernameTemplate};

/// A username EKS would take, as near as can be to one that it refuses; `None` where nothing means the same.
pub(super) fn propose(
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
