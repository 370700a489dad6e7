use super::{Check, Found, Level, Rule, spans};
use crate::reader::SectionName;

/// The three keys of `data` are looked up in their exact case (authenticator, `pkg/mapper/configmap/configmap.go`).
pub(crate) const RULE: Rule = Rule { id: "key-case", level: Level::Warning, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let keys = input.manifest.config_map.data.keys();
    keys.filter_map(|key| {
        let meant = SectionName::ALL
            .iter()
            .map(|name| name.as_str())
            .find(|name| name.eq_ignore_ascii_case(key) && name != key)?;
        Some(Found {
            span: spans::key(input.text(), key),
            title: format!("{key} is not {meant}"),
            label: format!("read only when spelled {meant}"),
            today: "the server ignores the key and logs nothing; nobody is let in by it".to_owned(),
            then: "nothing of it becomes an access entry".to_owned(),
            help: format!("rename it to {meant} if its lines are meant to count, or delete it"),
        })
    })
    .collect()
}
