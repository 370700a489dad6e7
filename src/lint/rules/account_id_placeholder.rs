use super::{Check, Found, Held, Rule, RuleId};
use crate::model::Token;

/// `{{AccountID}}` is not documented for entries, but the account is known (authenticator, `server.go`, renderTemplate).
pub(crate) const RULE: Rule = Rule { id: RuleId::AccountIdPlaceholder, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let token = Token::AccountId.as_str();
    held.templates()
        .filter(|(text, _)| text.contains(token))
        .map(|(text, span)| {
            let written = text.replace(token, held.principal.account().as_str());
            Found {
                span,
                title: format!("{token} is replaced by the account"),
                label: format!("becomes {written}"),
                today: "EKS substitutes the principal's account at login".to_owned(),
                then: format!("the access entry says {written}, which is the same name for this principal"),
                help: "nothing to do".to_owned(),
            }
        })
        .collect()
}
