use super::{Check, Found, Held, Level, Rule, refusal};
use crate::model::UsernameRefusal;

/// Entries may not have usernames that begin with system:, eks:, aws:, amazon: or iam: (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: "reserved-username", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Some(UsernameRefusal::ReservedPrefix(prefix)) = refusal(held) else { return Vec::new() };
    vec![Found {
        span: held.username_span(),
        title: format!("no access entry may have a username that begins with {prefix}"),
        label: format!("reserved: {prefix}"),
        today: "the server gives the name as it is".to_owned(),
        then: "EKS refuses it, so the name changes, and with it whatever names it: bindings, audit rules, admission policies".to_owned(),
        help: "in eksodus.yaml set another `username` for the principal, or `proposed-usernames: accept`".to_owned(),
    }]
}
