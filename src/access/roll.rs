//! Everybody who could be allowed something: the logins of all principals, and whom else bindings name.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Login, Sides};
use crate::model::{Associations, CanonicalArn, GroupName};
use crate::parity::{Access, Identity};
use crate::rbac::{Index, UserInfo};
use crate::reader::{self, LinePlace};

/// Whom an answer is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Who {
    /// A principal of a mapping, an access entry, or an account of `mapAccounts` that a binding names.
    Principal {
        name: String,
        /// The one session it is about; `null`: any other, or the only login.
        session: Option<String>,
        /// Where each login takes one of several mappings: the one.
        #[serde(skip_serializing_if = "Option::is_none")]
        mapping: Option<LinePlace>,
    },
    /// A group of a binding that no principal is in.
    Group {
        name: String,
    },
    /// A user of a binding who is no principal.
    User {
        name: String,
    },
    ServiceAccount {
        namespace: String,
        name: String,
    },
}

/// Everybody, to be asked about any number of requests.
pub struct Roll<'s> {
    pub(super) sides: &'s Sides<'s>,
    pub(super) members: Vec<(Who, Login)>,
    /// Of a session with a name, the member that stands for any other session of the same principal.
    pub(super) any: Vec<Option<usize>>,
}

impl<'s> Roll<'s> {
    pub fn of(sides: &'s Sides<'s>) -> Self {
        let mut members: Vec<(Who, Login)> = Vec::new();
        for person in sides.people {
            let logins = sides.logins(person);
            members.extend(logins.into_iter().map(|login| (principal(&person.arn, &login), login)));
        }
        members.extend(members_of_accounts(sides));
        let others = others(sides, &members);
        members.extend(others);
        let any = any_of(&members);
        Self { sides, members, any }
    }

    /// How many principals, and how many others.
    pub fn counts(&self) -> (usize, usize) {
        let principals: BTreeSet<&str> = self
            .members
            .iter()
            .filter_map(|(who, _)| match who {
                Who::Principal { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let others = self.members.iter().filter(|(who, _)| !matches!(who, Who::Principal { .. })).count();
        (principals.len(), others)
    }
}

fn any_of(members: &[(Who, Login)]) -> Vec<Option<usize>> {
    // it comes first
    let mut last: Option<(usize, &str, &Option<LinePlace>)> = None;
    let any = members.iter().enumerate().map(|(at, (who, _))| match who {
        Who::Principal { name, session: None, mapping } => {
            last = Some((at, name, mapping));
            None
        }
        Who::Principal { name, session: Some(_), mapping } => {
            last.filter(|(_, other, by)| *other == name && *by == mapping).map(|(at, ..)| at)
        }
        Who::Group { .. } | Who::User { .. } | Who::ServiceAccount { .. } => None,
    });
    any.collect()
}

/// What each member is given on both sides.
pub(super) struct Accesses<'a> {
    pub before: Access<'a>,
    pub after: Access<'a>,
}

impl<'a> Accesses<'a> {
    pub fn of(sides: &'a Sides<'_>, login: &'a Login) -> Self {
        Self {
            before: Sides::access(&sides.before, login.before.as_ref()),
            after: Sides::access(&sides.after, login.after.as_ref()),
        }
    }
}

fn principal(arn: &str, login: &Login) -> Who {
    Who::Principal { name: arn.to_owned(), session: login.session.clone(), mapping: login.by.clone() }
}

/// Whom bindings name by an ARN that authenticates by `mapAccounts` alone: its mapping has no line of its own.
fn members_of_accounts(sides: &Sides<'_>) -> Vec<(Who, Login)> {
    let named = users(sides).into_iter().filter(|name| name.starts_with("arn:"));
    let logins = named.filter_map(|name| {
        let asked = reader::Identity::from_arn(&name, "");
        let canonical = asked.canonical_arn().ok().filter(|canonical| *canonical == name)?;
        if sides.is_named(&CanonicalArn::of(&canonical)) {
            return None;
        }
        let login = sides.logins_of(&asked, Some("")).into_iter().next()?;
        login.before.is_some().then(|| (principal(&name, &login), login))
    });
    logins.collect()
}

/// The users that bindings name on either side, service accounts included.
fn users(sides: &Sides<'_>) -> BTreeSet<String> {
    sides.before.users().chain(sides.after.users()).map(str::to_owned).collect()
}

/// The subjects of bindings that no principal has the name of.
fn others(sides: &Sides<'_>, members: &[(Who, Login)]) -> Vec<(Who, Login)> {
    let identities = || members.iter().flat_map(|(_, login)| login.before.iter().chain(&login.after));
    let has_group: BTreeSet<&str> = identities().flat_map(|it| &it.user.groups).map(String::as_str).collect();
    let has_name: BTreeSet<&str> = identities().map(|it| it.user.username.as_str()).collect();
    let groups: BTreeSet<&str> = sides.before.groups().chain(sides.after.groups()).collect();
    // who authenticates is in it, and that is worth a line of its own
    let is_other = |group: &&str| *group == GroupName::AUTHENTICATED || !has_group.contains(group);
    let groups = groups.into_iter().filter(is_other).map(|group| {
        let username = nobody(&sides.before, &sides.after);
        let user = UserInfo { username, groups: [group.to_owned()].into() };
        let identity = Identity { user, policies: Associations::new() };
        (Who::Group { name: group.to_owned() }, Login::same(identity))
    });
    let users = users(sides).into_iter().filter(|name| !has_name.contains(name.as_str())).map(|name| {
        let login = Login::same(user(&name));
        match service_account(&name) {
            Some((namespace, account)) => {
                (Who::ServiceAccount { namespace: namespace.to_owned(), name: account.to_owned() }, login)
            }
            None => (Who::User { name }, login),
        }
    });
    groups.chain(users).collect()
}

/// A name that no binding has: of whoever is in a group.
fn nobody(before: &Index<'_>, after: &Index<'_>) -> String {
    let mut name = "any-member".to_owned();
    while !before.bindings_of_user(&name).is_empty() || !after.bindings_of_user(&name).is_empty() {
        name.push('x');
    }
    name
}

/// Namespace and name. A binding makes the username of the two; a colon is in neither.
fn service_account(username: &str) -> Option<(&str, &str)> {
    username.strip_prefix("system:serviceaccount:")?.split_once(':')
}

/// With the groups that its authentication brings, whoever it is (apiserver: pkg/authentication/serviceaccount/util.go,
/// pkg/authentication/group/authenticated_group_adder.go).
fn user(name: &str) -> Identity {
    let groups: Vec<String> = match service_account(name) {
        Some((namespace, _)) => {
            vec!["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")]
        }
        None if name == "system:anonymous" => vec![GroupName::UNAUTHENTICATED.to_owned()],
        None => Vec::new(),
    };
    Identity::authenticated(name, groups, Associations::new())
}
