use super::{Check, Found, Held, Level, Rule};
use crate::model::{GroupName, GroupRefusal};

/// Groups have placeholders here; whether they do in entries is not published (authenticator, `server.go`, renderTemplates).
pub(crate) const RULE: Rule =
    Rule { id: "group-placeholder", level: Level::Blocks, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.standard_groups()
        .filter_map(|(group, span)| {
            let Err(GroupRefusal::Token(token)) = GroupName::new(group) else { return None };
            Some(Found {
                span,
                title: format!("an access entry's group cannot have {token}"),
                label: "a group that differs by session".to_owned(),
                today: "the server puts the value in, so each session has a group of its own".to_owned(),
                then: "nobody knows what an access entry makes of it, so none is made".to_owned(),
                help: format!(
                    "in eksodus.yaml, for principal {}: `groups: [<written out>]`",
                    held.mapping.arn
                ),
            })
        })
        .collect()
}
