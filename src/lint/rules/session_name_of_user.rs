use super::{Check, Found, Held, Rule, RuleId};
use crate::model::Token;

/// A user has no session, so the session name is empty (authenticator, `pkg/token`, Verify).
pub(crate) const RULE: Rule = Rule { id: RuleId::SessionNameOfUser, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if held.principal.is_role() {
        return Vec::new();
    }
    let tokens = [Token::SessionName, Token::SessionNameRaw];
    held.templates()
        .filter_map(|(text, span)| {
            let token = tokens.into_iter().find(|token| text.contains(token.as_str()))?.as_str();
            let rendered = text.replace(token, "");
            Some(Found {
                span,
                title: format!("{token} is empty for a user"),
                label: format!("rendered as {rendered:?}"),
                today: "EKS substitutes nothing: only role sessions have a name".to_owned(),
                then: "behaviour in a user's access entry is undocumented".to_owned(),
                help: format!("write {rendered:?}, the effective value"),
            })
        })
        .collect()
}
