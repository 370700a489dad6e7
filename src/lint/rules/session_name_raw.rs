use super::{Check, Found, Held, Rule, RuleId};
use crate::model::{Token, Username};

/// `{{SessionNameRaw}}` came to access entries later than `{{SessionName}}` (EKS user guide 2025; containers-roadmap 2386).
pub(crate) const RULE: Rule = Rule { id: RuleId::SessionNameRaw, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let username = &held.username;
    let carried = held.is_standard() && Username::new(username.as_str()).is_ok();
    if !carried || !username.has(Token::SessionNameRaw) {
        return Vec::new();
    }
    vec![Found {
        span: held.username_span(),
        title: "not every cluster takes {{SessionNameRaw}} in an access entry".to_owned(),
        label: "documented for entries since 2025".to_owned(),
        today: "the server puts the session name in, @ and all".to_owned(),
        then: "the access entry keeps the username; reports from before then say that EKS refuses it"
            .to_owned(),
        help: "try one such entry before the others, and look at the username it logs in with".to_owned(),
    }]
}
