use super::{Check, Found, Held, Rule, RuleId};
use crate::model::{Token, Username};

/// `{{SessionNameRaw}}` came to access entries later than `{{SessionName}}` (EKS user guide 2025; containers-roadmap 2386).
pub(crate) const RULE: Rule = Rule { id: RuleId::SessionNameRaw, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let username = &held.username;
    let carried = held.is_standard() && Username::new(username.as_str()).is_ok();
    if !carried || !username.has(Token::SessionNameRaw) {
        return Vec::new();
    }
    vec![Found {
        span: held.username_span(),
        title: "not every cluster accepts {{SessionNameRaw}} in an access entry".to_owned(),
        label: "documented for entries since 2025".to_owned(),
        today: "EKS substitutes the session name, @ included".to_owned(),
        then: "the access entry keeps the username; older reports say that EKS rejected it"
            .to_owned(),
        help: "create one such entry first, and check the username it gives".to_owned(),
    }]
}
