use super::{Check, Found, Held, Level, Rule};
use crate::model::EntryType;

/// aws-auth has no default username; an access entry has one (authenticator, `server.go`; EKS user guide).
pub(crate) const RULE: Rule =
    Rule { id: "missing-username", level: Level::Warning, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if !held.is_standard() || !held.username.is_empty() || held.lost_username() {
        return Vec::new();
    }
    let default = EntryType::Standard.default_username(&held.principal).unwrap_or_default();
    vec![Found {
        span: held.username_span(),
        title: "the line has no username".to_owned(),
        label: "its username is empty".to_owned(),
        today: "the principal is let in with an empty name, which aggregated APIs such as metrics refuse"
            .to_owned(),
        then: format!("the access entry has EKS's default: {default}"),
        help: "leave it, unless something should name the principal: then set `username` in eksodus.yaml"
            .to_owned(),
    }]
}
