use super::{Check, Found, Held, Rule, RuleId};
use crate::model::Token;

/// A user has no session, so the session name is empty (authenticator, `pkg/token`, Verify).
pub(crate) const RULE: Rule = Rule { id: RuleId::SessionNameOfUser, check: Check::Line(check) };

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
                today: "the server puts nothing in: only a role's session has a name".to_owned(),
                then: "what an access entry of a user makes of it is not documented".to_owned(),
                help: format!("write {rendered:?}, which is what is in force"),
            })
        })
        .collect()
}
