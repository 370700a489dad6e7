//! `aws-auth` written, and read back: what is left of it is made of the same bytes, or it is not ours.

use crate::world::{Mapping, Section, World};

/// One element of mapRoles or mapUsers.
pub fn block(mapping: &Mapping) -> String {
    let key = match mapping.section {
        Section::Roles => "rolearn",
        Section::Users => "userarn",
    };
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let mut text = format!("- {key}: {}\n", quoted(&mapping.arn));
    if let Some(username) = &mapping.username {
        text += &format!("  username: {}\n", quoted(username));
    }
    if !mapping.groups.is_empty() {
        let groups: Vec<String> = mapping.groups.iter().map(|group| quoted(group)).collect();
        text += &format!("  groups: [{}]\n", groups.join(", "));
    }
    text
}

fn account_block(account: &str) -> String {
    format!("- \"{account}\"\n")
}

/// The sections that there are.
pub fn data(world: &World) -> Vec<(&'static str, String)> {
    let of = |section| {
        let mappings = world.mappings().into_iter().filter(|mapping| mapping.section == section);
        mappings.map(|mapping| block(&mapping)).collect::<String>()
    };
    let accounts = world.accounts.iter().map(|account| account_block(account)).collect();
    let sections =
        [("mapRoles", of(Section::Roles)), ("mapUsers", of(Section::Users)), ("mapAccounts", accounts)];
    sections.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// What a section holds that was pruned: some of its elements, in their order, each byte for byte.
fn left<T>(text: &str, elements: Vec<(String, T)>) -> Result<Vec<T>, String> {
    let mut rest = text;
    let mut found = Vec::new();
    for (block, element) in elements {
        if let Some(behind) = rest.strip_prefix(&block) {
            rest = behind;
            found.push(element);
        }
    }
    match rest.trim() {
        "" | "[]" => Ok(found),
        _ => Err(format!("aws-auth has text that was not there before: {rest:?}")),
    }
}

/// The mappings of the world that the sections still hold.
///
/// # Errors
/// When a section holds anything else.
pub fn read_back<'t>(
    world: &World,
    section: impl Fn(&str) -> Option<&'t str>,
) -> Result<(Vec<Mapping>, Vec<&'static str>), String> {
    let mut mappings = Vec::new();
    for (key, kind) in [("mapRoles", Section::Roles), ("mapUsers", Section::Users)] {
        let of_kind = world.mappings().into_iter().filter(|mapping| mapping.section == kind);
        let elements = of_kind.map(|mapping| (block(&mapping), mapping)).collect();
        mappings.extend(left(section(key).unwrap_or_default(), elements)?);
    }
    let accounts = world.accounts.iter().map(|account| (account_block(account), *account)).collect();
    Ok((mappings, left(section("mapAccounts").unwrap_or_default(), accounts)?))
}
