//! What node mappings look like, also those that are not effective.

use super::input::Input;
use crate::model::{GroupName, Token};
use crate::reader::{Mapping, Status};

/// Overridden mappings, each with the effective one that overrides it.
pub(crate) fn replaced<'a>(input: &Input<'a>) -> impl Iterator<Item = (&'a Mapping, &'a Mapping)> {
    let overridden = input.mappings().filter_map(|mapping| match mapping.status {
        Status::Superseded { by } => Some((mapping, input.mapping(by)?)),
        _ => None,
    });
    overridden
        .filter(|(_, winner)| input.held.binary_search_by_key(&winner.at, |held| held.mapping.at).is_ok())
}

pub(crate) fn is_node(mapping: &Mapping) -> bool {
    let rest = mapping.username.strip_prefix("system:node:");
    rest.is_some_and(|rest| [Token::Ec2PrivateDnsName, Token::SessionName].iter().any(|t| t.as_str() == rest))
}

pub(crate) fn is_windows(mapping: &Mapping) -> bool {
    mapping.groups.iter().flatten().any(|group| group == GroupName::WINDOWS)
}
