use super::{Check, Found, Held, Rule, RuleId};

/// Usernames and groups are never trimmed (authenticator, `server.go`, renderTemplates).
pub(crate) const RULE: Rule = Rule { id: RuleId::SpaceInName, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.templates()
        .filter(|(text, _)| text.trim() != *text)
        .map(|(text, span)| Found {
            span,
            title: "space around a name belongs to it".to_owned(),
            label: format!("read as {text:?}"),
            today: "the server trims nothing, so bindings for the name without the space do not apply"
                .to_owned(),
            then: "the access entry would carry the space".to_owned(),
            help: "take the space out if that name is meant".to_owned(),
        })
        .collect()
}
