//! Why something is allowed, as the API server says it, and what is missing where it is not.

use std::collections::BTreeSet;

use super::Asserted;
use crate::access::near::near_miss;
use crate::access::near_words::{few, near, source};
use crate::model::GroupName;
use crate::parity::{Access, Identity, MissingInput, Source};
use crate::rbac::{Attributes, UserInfo};

/// `RBAC: allowed by …` is the reason of an audit event and of a SubjectAccessReview (kubernetes:
/// plugin/pkg/auth/authorizer/rbac/rbac.go); EKS's begins with `EKS Access Policy: allowed by`; for `system:masters` there
/// is none.
pub(super) fn allowed_by(source: &Source<'_>) -> String {
    match source {
        Source::Binding(grant) => format!("RBAC: allowed by {grant}"),
        Source::Policy { policy, scope } => {
            format!("EKS Access Policy: allowed by {} ({scope})", policy.name())
        }
        Source::Masters => {
            format!("Group {:?} is allowed everything, before RBAC is asked", GroupName::MASTERS)
        }
    }
}

/// What comes nearest; where nothing does, what there is.
pub(super) fn missing(access: &Access<'_>, identity: &Identity, what: &Attributes) -> String {
    if let Some(miss) = near_miss(access, what) {
        return near(&miss, what);
    }
    let mut all = access.all();
    match (all.next(), all.count()) {
        (None, _) => format!("nothing is granted to {}", subjects(&identity.user)),
        (Some((_, only)), 0) => {
            format!("no rule for it: {} is all there is", source(&only.source.to_owned()))
        }
        (Some(_), more) => format!("none of {} bindings and access policies has a rule for it", more + 1),
    }
}

/// What would have to be read, or published.
pub(super) fn not_known(missing: &BTreeSet<MissingInput>) -> String {
    let input = |input: &MissingInput| match input {
        MissingInput::Rbac => "roles and bindings were not read".to_owned(),
        MissingInput::AccessEntries => "neither aws-auth nor access entries were read".to_owned(),
        MissingInput::PolicyRules { policy } => {
            format!("AWS has not published all that {} allows", policy.name())
        }
    };
    few(missing.iter().map(input), "; ")
}

fn subjects(user: &UserInfo) -> String {
    let UserInfo { username, groups } = user;
    let user = (!username.is_empty()).then(|| format!("User {username:?}"));
    let groups = groups.iter().map(|group| format!("Group {group:?}"));
    few(user.into_iter().chain(groups), ", ")
}

/// Such as `arn:aws:iam::111122223333:role/dev (session ann)`, or `User "bob", Group "viewers"`.
pub(super) fn who(asserted: &Asserted) -> String {
    match asserted {
        Asserted::Principal { arn, session } => match session {
            // a session's ARN names it
            Some(session) if !session.is_empty() && !arn.ends_with(session.as_str()) => {
                format!("{arn} (session {session})")
            }
            _ => arn.clone(),
        },
        Asserted::User(user) if user.username.is_empty() && user.groups.is_empty() => "User \"\"".to_owned(),
        Asserted::User(user) => subjects(user),
    }
}
