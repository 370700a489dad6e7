use super::{Check, Found, Rule, RuleId, spelling};
use crate::reader::{SectionName, Status};

/// Unknown fields are ignored, without an error (`encoding/json`, not strict).
pub(crate) const RULE: Rule = Rule { id: RuleId::UnknownField, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    // a dropped mapping has a finding of its own
    let mappings = input.mappings().filter(|mapping| !matches!(mapping.status, Status::Dropped(_)));
    mappings
        .flat_map(|mapping| {
            mapping.unknown_keys.iter().map(move |(key, span)| (mapping.at.section, key, *span))
        })
        .map(|(section, key, span)| {
            let meant = meant(key, section);
            Found {
                span,
                title: format!("unknown field {key}"),
                label: meant.map_or("ignored".to_owned(), |meant| format!("ignored; did you mean {meant}?")),
                today: "EKS ignores the field silently; the rest of the mapping is effective".to_owned(),
                then: "the access entry ignores it too".to_owned(),
                help: match meant {
                    Some(meant) => format!("write {meant} if you mean that, or delete it"),
                    None => "delete it".to_owned(),
                },
            }
        })
        .collect()
}

/// The field that somebody may have meant.
pub(crate) fn meant(key: &str, section: SectionName) -> Option<&'static str> {
    let (arn, other_arn) = match section {
        SectionName::MapRoles => ("rolearn", "userarn"),
        _ => ("userarn", "rolearn"),
    };
    let plain: String = key.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    match plain.as_str() {
        "arn" | "role" | "iamarn" => Some(arn),
        plain if plain == other_arn => Some(arn),
        "user" | "name" => Some("username"),
        plain => spelling::nearest(plain, &[arn, "username", "groups"], 2),
    }
}
