use super::spans;
use crate::facts::NodeNeeds;
use crate::findings::Blocker;
use crate::model::{PrincipalArn, Token, UsernameTemplate};
use crate::planner::mappings::classify::{Class, classify};
use crate::reader::{Lost, Mapping, Span};

/// An effective mapping, seen as the planner sees it when it has nothing but the file.
pub(crate) struct Held<'a> {
    pub mapping: &'a Mapping,
    pub principal: PrincipalArn,
    /// `{{AccountID}}` written out.
    pub username: UsernameTemplate,
    /// `{{AccountID}}` written out, in the mapping's order.
    pub groups: Vec<String>,
    pub class: Result<Class, Blocker>,
    group_spans: Vec<Span>,
    source: &'a str,
}

impl<'a> Held<'a> {
    pub(crate) fn of(mapping: &'a Mapping, principal: PrincipalArn, source: &'a str) -> Self {
        let account = principal.account().as_str();
        let username = UsernameTemplate::new(&mapping.username).with(Token::AccountId, account);
        let groups: Vec<String> = (mapping.groups.iter().flatten())
            .map(|group| group.replace(Token::AccountId.as_str(), account))
            .collect();
        let class = classify(&principal, &username, &groups, &NodeNeeds::default(), None);
        let group_spans = spans::each_group(source, mapping);
        Self { mapping, principal, username, groups, class, group_spans, source }
    }

    pub(crate) fn is_standard(&self) -> bool {
        matches!(self.class, Ok(Class::Standard))
    }

    pub(crate) fn arn_span(&self) -> Span {
        spans::arn(self.mapping)
    }

    pub(crate) fn username_span(&self) -> Span {
        spans::username(self.source, self.mapping)
    }

    pub(crate) fn groups_span(&self) -> Span {
        spans::groups(self.source, self.mapping)
    }

    /// The group at a position of the list.
    pub(crate) fn group_span(&self, index: usize) -> Span {
        self.group_spans.get(index).copied().unwrap_or_else(|| self.groups_span())
    }

    /// The groups of a standard entry with their places; a node's groups are judged as a whole.
    pub(crate) fn standard_groups(&self) -> impl Iterator<Item = (&str, Span)> {
        let groups = if self.is_standard() { self.groups.as_slice() } else { &[] };
        groups.iter().enumerate().map(|(index, group)| (group.as_str(), self.group_span(index)))
    }

    /// The texts in which placeholders are replaced, as they are written.
    pub(crate) fn templates(&self) -> impl Iterator<Item = (&'a str, Span)> {
        let mapping = self.mapping;
        let username = (mapping.username.as_str(), self.username_span());
        let groups = (mapping.groups.iter().flatten().enumerate())
            .map(|(index, group)| (group.as_str(), self.group_span(index)));
        std::iter::once(username).chain(groups)
    }

    pub(crate) fn lost_username(&self) -> bool {
        self.mapping.damage.iter().any(|damage| matches!(damage.lost, Lost::Username { .. }))
    }

    pub(crate) fn lost_groups(&self) -> bool {
        self.mapping
            .damage
            .iter()
            .any(|damage| matches!(damage.lost, Lost::Groups { .. } | Lost::Group { .. }))
    }
}
