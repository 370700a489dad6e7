//! Unicode's normal form: Terraform's values are always in NFC (go-cty, `cty.StringVal`), and so is all that is written in
//! HCL, or travels through a provider of Terraform's.

use unicode_normalization::is_nfc;

use super::error::Unsayable;
use super::{custom_username, tag_map};
use crate::model::{AccessEntry, AccessScope};

pub(super) fn is_normal(text: &str) -> bool {
    text.is_ascii() || is_nfc(text)
}

/// What of an entry would become another text.
pub(super) fn not_normal(entry: &AccessEntry) -> Vec<Unsayable> {
    let username = custom_username(entry).map(|name| ("username", name.to_owned()));
    let groups = entry.groups.iter().map(|group| ("group", group.to_string()));
    let tags = tag_map(&entry.tags);
    let tags = tags.all_texts().into_iter().map(|tag| ("tag", tag.to_owned())).collect::<Vec<_>>();
    let namespaces = entry.policies.values().flat_map(|scope| match scope {
        AccessScope::Cluster => None,
        AccessScope::Namespaces(names) => Some(names),
    });
    let namespaces = namespaces.flatten().map(|name| ("namespace", name.clone()));
    let all = username.into_iter().chain(groups).chain(tags).chain(namespaces);
    let changed = all.filter(|(_, text)| !is_normal(text));
    changed
        .map(|(what, text)| {
            Unsayable::of(
                &entry.principal,
                format!("{what} {text:?}, which it would write in Unicode's form NFC"),
            )
        })
        .collect()
}
