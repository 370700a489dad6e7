//! Why something is allowed, as the API server says it, and what is missing where it is not.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::Asserted;
use super::near::near;
use crate::model::GroupName;
use crate::parity::{Access, Identity, Source};
use crate::rbac::{Attributes, UserInfo};

/// At most so many names in a sentence.
const SHOWN: usize = 4;

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

/// A binding as the API server names it, or an access policy.
pub(super) fn source(source: &Source<'_>) -> String {
    match source {
        Source::Binding(grant) => grant.to_string(),
        Source::Policy { policy, scope } => format!("{} ({scope})", policy.name()),
        Source::Masters => format!("Group {:?}", GroupName::MASTERS),
    }
}

/// What comes nearest, and roles that are not there.
pub(super) fn missing(access: &Access<'_>, identity: &Identity, what: &Attributes) -> String {
    let count = access.all().count();
    let mut why = match near(access, what) {
        Some(near) => near,
        None if count == 0 => format!("nothing is granted to {}", subjects(&identity.user)),
        None if count == 1 => {
            let only = access.all().next().map(|(_, granted)| source(&granted.source));
            format!("no rule for it: {} is all there is", only.unwrap_or_default())
        }
        None => format!("none of {count} bindings and access policies has a rule for it"),
    };
    let errors: BTreeSet<String> = access
        .all()
        .filter_map(|(_, granted)| match &granted.source {
            Source::Binding(grant) => grant.rules.err().map(|error| error.to_string()),
            Source::Policy { .. } | Source::Masters => None,
        })
        .collect();
    if !errors.is_empty() {
        why.push_str(&format!("; RBAC: {}", few(errors, "; ")));
    }
    why
}

fn subjects(user: &UserInfo) -> String {
    let UserInfo { username, groups } = user;
    let user = (!username.is_empty()).then(|| format!("User {username:?}"));
    let groups = groups.iter().map(|group| format!("Group {group:?}"));
    few(user.into_iter().chain(groups), ", ")
}

/// The first of them, and how many more there are.
pub(super) fn few<T: Display>(items: impl IntoIterator<Item = T>, between: &str) -> String {
    let all: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    let shown = all[..all.len().min(SHOWN)].join(between);
    match all.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
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
