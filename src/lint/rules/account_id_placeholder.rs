use super::{Check, Found, Held, Rule, RuleId};
use crate::model::Token;

/// `{{AccountID}}` is not documented for entries, but the account is known (authenticator, `server.go`, renderTemplate).
pub(crate) const RULE: Rule = Rule { id: RuleId::AccountIdPlaceholder, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let token = Token::AccountId.as_str();
    held.templates()
        .filter(|(text, _)| text.contains(token))
        .map(|(text, span)| {
            let written = text.replace(token, held.principal.account().as_str());
            Found {
                span,
                title: format!("{token} is written out"),
                label: format!("becomes {written}"),
                today: "the server puts the principal's account in at each login".to_owned(),
                then: format!("the access entry says {written}, which is the same for this principal"),
                help: "leave it".to_owned(),
            }
        })
        .collect()
}
