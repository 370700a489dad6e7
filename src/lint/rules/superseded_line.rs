use std::collections::BTreeSet;

use super::{Check, Found, Input, Level, Rule, spans};
use crate::reader::{EntryRef, Mapping, Status};

/// Roles are keyed by their ARN, the last line wins whole; `mapRoles` answers before `mapUsers` (authenticator, `configmap.go`).
pub(crate) const RULE: Rule =
    Rule { id: "superseded-line", level: Level::Warning, check: Check::File(check) };

fn check(input: &Input<'_>) -> Vec<Found> {
    let lines = input.mappings().filter_map(|mapping| match mapping.status {
        Status::Superseded { by } if by.section != mapping.at.section => {
            Some(found(input, mapping, by, "mapRoles answers before mapUsers"))
        }
        Status::Superseded { by } => Some(found(input, mapping, by, "the last one wins")),
        _ => None,
    });
    let accounts = input.accounts().filter_map(|account| match account.status {
        Status::Superseded { by } => Some(Found {
            span: spans::account(input.text(), account),
            title: "the account is listed again".to_owned(),
            label: format!("{}[{}] says the same", by.section, by.index),
            today: "once is enough for the server".to_owned(),
            then: "the other line is looked at, this one is not".to_owned(),
            help: "delete one of them".to_owned(),
        }),
        _ => None,
    });
    lines.chain(accounts).collect()
}

fn found(input: &Input<'_>, line: &Mapping, by: EntryRef, why: &str) -> Found {
    let winner = input.mapping(by);
    let in_force: BTreeSet<&String> =
        winner.iter().flat_map(|winner| winner.groups.iter().flatten()).collect();
    let lost: BTreeSet<&str> =
        line.groups.iter().flatten().filter(|group| !in_force.contains(group)).map(String::as_str).collect();
    let mut today = format!("{why} whole, and nothing of this line is in force");
    if !lost.is_empty() {
        today.push_str(&format!("; its principal does not have {}", Vec::from_iter(lost).join(", ")));
    }
    Found {
        span: spans::arn(line),
        title: "another line for the same principal replaces this one".to_owned(),
        label: match winner {
            Some(winner) => format!("replaced by {}[{}], line {}", by.section, by.index, winner.place.line),
            None => format!("replaced by {}[{}]", by.section, by.index),
        },
        today,
        then: "the access entry is made from the other line; a principal has one entry".to_owned(),
        help: "delete this line, after moving what is missed to the other".to_owned(),
    }
}
