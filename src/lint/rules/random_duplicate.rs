use super::{Check, Found, Level, Rule, spans};
use crate::reader::Status;

/// Users are stored as written and found in any case, by walking a Go map (authenticator, `configmap.go`, UserMapping).
pub(crate) const RULE: Rule =
    Rule { id: "random-duplicate", level: Level::Blocks, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    input
        .mappings()
        .filter_map(|mapping| {
            let Status::Random { with } = &mapping.status else { return None };
            let others: Vec<String> = with
                .iter()
                .map(|at| match input.mapping(*at) {
                    Some(other) => format!("{}[{}] (line {})", at.section, at.index, other.place.line),
                    None => format!("{}[{}]", at.section, at.index),
                })
                .collect();
            Some(Found {
                span: spans::arn(mapping),
                title: "two lines name this user in different case".to_owned(),
                label: format!("also {}", others.join(", ")),
                today: "both lines are kept, and each login gets one of them at random".to_owned(),
                then: "a principal has one access entry, and nobody can say which line it should be"
                    .to_owned(),
                help: "keep the line that is meant and delete the others".to_owned(),
            })
        })
        .collect()
}
