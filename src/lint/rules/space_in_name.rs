use super::{Check, Found, Held, Rule, RuleId};

/// Usernames and groups are never trimmed (authenticator, `server.go`, renderTemplates).
pub(crate) const RULE: Rule = Rule { id: RuleId::SpaceInName, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.templates()
        .filter(|(text, _)| text.trim() != *text)
        .map(|(text, span)| Found {
            span,
            title: "the space is part of the name".to_owned(),
            label: format!("read as {text:?}"),
            today: "EKS does not trim: bindings for the name without the space do not apply"
                .to_owned(),
            then: "the access entry would have the space too".to_owned(),
            help: "remove the space".to_owned(),
        })
        .collect()
}
