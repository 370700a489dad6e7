use super::{Check, Found, Held, Level, Rule, refusal};
use crate::model::UsernameRefusal;

/// In an entry's username a colon must stand before `{{SessionName}}` (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: "session-name-without-colon", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if refusal(held) != Some(UsernameRefusal::NoColonBeforeSessionName) {
        return Vec::new();
    }
    vec![Found {
        span: held.username_span(),
        title: "a colon must stand before the session name".to_owned(),
        label: "none here".to_owned(),
        today: "the server puts the session name in; whoever chooses that, chooses part of the username"
            .to_owned(),
        then: "EKS refuses the username, so it changes, and with it whatever names it".to_owned(),
        help: "in eksodus.yaml set another `username` for the principal, or `proposed-usernames: accept`"
            .to_owned(),
    }]
}
