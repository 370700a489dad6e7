use super::{Check, Found, Level, Rule};
use crate::reader::{DropReason, Mapping, Status};

/// An entry that fails validation is left out, the others stay (authenticator, `pkg/config/mapper.go`, Validate).
pub(crate) const RULE: Rule = Rule { id: "dropped-entry", level: Level::Warning, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let found = |span, why: &DropReason, help: String| Found {
        span,
        title: "the server throws this line away".to_owned(),
        label: why.to_string(),
        today: "nobody is let in by it, and it does not replace other lines; the other lines stand"
            .to_owned(),
        then: "it becomes no access entry: that would grant access nobody has".to_owned(),
        help,
    };
    let mappings = input.mappings().filter_map(|mapping| match &mapping.status {
        Status::Dropped(why) => Some(found(mapping.span, why, help(mapping, why))),
        _ => None,
    });
    let accounts = input.accounts().filter_map(|account| match &account.status {
        Status::Dropped(why) => Some(found(
            account.span,
            why,
            "write the account id alone, in quotes, or delete the line".to_owned(),
        )),
        _ => None,
    });
    mappings.chain(accounts).collect()
}

fn help(mapping: &Mapping, why: &DropReason) -> String {
    let section = mapping.at.section;
    let misspelt = mapping
        .unknown_keys
        .iter()
        .filter_map(|(key, _)| Some((key, super::unknown_field::meant(key, section)?)))
        .find(|(_, meant)| meant.ends_with("arn"));
    match (misspelt, why) {
        (Some((key, meant)), _) => {
            format!("write {meant} for {key} if the access is missed, or delete the line")
        }
        (None, DropReason::RoleArnAndSso) => "keep rolearn and delete sso".to_owned(),
        (None, DropReason::InvalidSso { .. }) => {
            "name the role by rolearn, without its path: EKS matches no sso line".to_owned()
        }
        (None, _) => "mend the line if the access is missed, or delete it".to_owned(),
    }
}
