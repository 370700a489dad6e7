//! What lines of nodes look like, also those that are not in force.

use super::input::Input;
use crate::model::{GroupName, Token};
use crate::reader::{Mapping, Status};

/// Lines with the one in force that replaces each.
pub(crate) fn replaced<'a>(input: &Input<'a>) -> impl Iterator<Item = (&'a Mapping, &'a Mapping)> {
    let lines = input.mappings().filter_map(|line| match line.status {
        Status::Superseded { by } => Some((line, input.mapping(by)?)),
        _ => None,
    });
    lines.filter(|(_, winner)| input.held.binary_search_by_key(&winner.at, |held| held.mapping.at).is_ok())
}

pub(crate) fn is_node(mapping: &Mapping) -> bool {
    let rest = mapping.username.strip_prefix("system:node:");
    rest.is_some_and(|rest| [Token::Ec2PrivateDnsName, Token::SessionName].iter().any(|t| t.as_str() == rest))
}

pub(crate) fn is_windows(mapping: &Mapping) -> bool {
    mapping.groups.iter().flatten().any(|group| group == GroupName::WINDOWS)
}
