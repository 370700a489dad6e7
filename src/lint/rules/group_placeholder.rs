use super::{About, Check, Held, Rule, RuleId};
use crate::findings::{Blocker, Reason};
use crate::model::{GroupName, GroupRefusal};

/// Groups have placeholders here; whether they do in entries is not published (authenticator, `server.go`, renderTemplates).
pub(crate) const RULE: Rule = Rule { id: RuleId::GroupPlaceholder, check: Check::MappingAbout(check) };

fn check(held: &Held<'_>) -> Vec<About> {
    held.standard_groups()
        .filter_map(|(group, span)| {
            let refusal = GroupName::new(group).err().filter(|it| matches!(it, GroupRefusal::Token(_)))?;
            let by = Blocker::Group { group: group.to_owned(), refusal };
            Some(About::mapping(held.mapping, span, Reason::Waits { by }))
        })
        .collect()
}
