use super::{Check, Found, Level, Rule, spans};
use crate::reader::SectionName;

/// The server asks for three keys of `data` and no others (authenticator, `pkg/mapper/configmap/configmap.go`).
pub(crate) const RULE: Rule = Rule { id: "unread-key", level: Level::Warning, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let is_near = |key: &str| SectionName::ALL.iter().any(|name| name.as_str().eq_ignore_ascii_case(key));
    let keys = input.manifest.config_map.data.keys().filter(|key| !is_near(key));
    keys.map(|key| Found {
        span: spans::key(input.text(), key),
        title: format!("nobody reads the key {key}"),
        label: "not one of mapRoles, mapUsers, mapAccounts".to_owned(),
        today: "the server ignores the key and logs nothing; nobody is let in by it".to_owned(),
        then: "nothing of it becomes an access entry".to_owned(),
        help: "move its lines into mapRoles or mapUsers if they are missed, or delete the key".to_owned(),
    })
    .collect()
}
