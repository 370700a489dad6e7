use super::{Check, Found, Held, Level, Rule, refusal};
use crate::model::UsernameRefusal;

/// Entries know `{{SessionName}}` and `{{SessionNameRaw}}` alone (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: "username-placeholder", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let Some(UsernameRefusal::UnsupportedToken(token)) = refusal(held) else { return Vec::new() };
    vec![Found {
        span: held.username_span(),
        title: format!("access entries do not know {token}"),
        label: format!("{token} in a username"),
        today: if token.contains("EC2") {
            "the server puts the instance's DNS name in; a session that is no instance's is refused"
                .to_owned()
        } else {
            "the server puts the value in at each login".to_owned()
        },
        then: "an access entry has nothing equal, so the username changes, and with it whatever names it"
            .to_owned(),
        help: "in eksodus.yaml set another `username` for the principal, or `username: default`".to_owned(),
    }]
}
