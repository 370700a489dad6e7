//! Why something is allowed, as the API server says it, and what is missing where it is not.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::Asserted;
use crate::access::near::{NearMiss, NearMissKind, near_miss};
use crate::model::GroupName;
use crate::parity::{Access, GrantedBy, Identity, MissingInput, Source};
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

/// `RoleBinding shop/devs (ClusterRole edit)`, `AmazonEKSViewPolicy (cluster)`.
fn source(by: &GrantedBy) -> String {
    match by {
        GrantedBy::Binding { binding, subject: _ } => binding.to_string(),
        GrantedBy::AccessPolicy { policy, scope } => format!("{} ({scope})", policy.name()),
        GrantedBy::Masters => format!("Group {:?}", GroupName::MASTERS),
        GrantedBy::NodeAuthorizer => "the Node authorizer".to_owned(),
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

fn near(miss: &NearMiss, what: &Attributes) -> String {
    let NearMiss { by, rule, kind } = miss;
    let by = source(by);
    let (thing, verb, group) = match what {
        Attributes::NonResource { path, verb } => (path.clone(), verb, ""),
        Attributes::Resource { resource, subresource, verb, group, .. } => {
            let below = subresource.as_ref().map(|of| format!("/{of}")).unwrap_or_default();
            (format!("{resource}{below}"), verb, group.as_str())
        }
    };
    let of = |group: &str| if group.is_empty() { "the core group".to_owned() } else { group.to_owned() };
    let verbs = few(&rule.verbs, ", ");
    match kind {
        NearMissKind::Name => {
            format!("{by} has {verbs} on {thing} by the names {} alone", few(&rule.resource_names, ", "))
        }
        NearMissKind::Namespace { namespaces } => {
            let s = if namespaces.len() == 1 { "" } else { "s" };
            format!("{by} has it in namespace{s} {} alone", few(namespaces, ", "))
        }
        NearMissKind::Verb => format!("{by} has {verbs} on {thing}, not {verb}"),
        NearMissKind::Subresource | NearMissKind::Resource => {
            format!("{by} has {verbs} on {}, not on {thing}", few(&rule.resources, ", "))
        }
        NearMissKind::Group => {
            let groups = rule.api_groups.iter().map(|group| of(group));
            format!("{by} has {verbs} on {thing} of {}, not of {}", few(groups, ", "), of(group))
        }
        NearMissKind::Path => {
            format!("{by} has {verbs} on {}, not on {thing}", few(&rule.non_resource_urls, ", "))
        }
        NearMissKind::NoRole => format!("{by} names a role that is not there"),
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

/// The first of them, and how many more there are.
fn few<T: Display>(items: impl IntoIterator<Item = T>, between: &str) -> String {
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
