use super::{About, Check, Held, Rule, RuleId};
use crate::findings::{Note, Reason};
use crate::model::EntryType;

/// aws-auth has no default username; an access entry has one (authenticator, `server.go`; EKS user guide).
pub(crate) const RULE: Rule = Rule { id: RuleId::MissingUsername, check: Check::MappingAbout(check) };

fn check(held: &Held<'_>) -> Vec<About> {
    if !held.is_standard() || !held.username.is_empty() || held.lost_username() {
        return Vec::new();
    }
    let to = EntryType::Standard.default_username(&held.principal).unwrap_or_default();
    let reason = Reason::Differs { note: Note::UsernameDefaulted { to } };
    vec![About::mapping(held.mapping, held.username_span(), reason)]
}
