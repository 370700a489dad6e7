//! A file of assertions, version 1: `docs/assertions.md` says what each key means.

mod error;
mod native;
#[cfg(test)]
pub(crate) mod schema;
#[cfg(test)]
mod tests;

pub use error::{AssertionsError, AssertionsErrorKind};

use super::{Answer, Asserted, Assertion, Assertions, When};
use crate::documents::{Location, Misread, Spanned, strict_yaml_documents};
use crate::model::{IamArn, PrincipalArn};
use crate::rbac::{Attributes, UserInfo};
use crate::reader::Place;
use AssertionsErrorKind as Kind;

/// A value that breaks a rule, and where.
type Fault = (Kind, Option<Place>);

impl Assertions {
    /// Reads a file of assertions; `name` is for errors and places.
    ///
    /// # Errors
    /// The first value that has no meaning.
    pub fn parse(name: &str, text: &str) -> Result<Self, AssertionsError> {
        let list =
            parse(text).map_err(|(kind, place)| AssertionsError { name: name.to_owned(), place, kind })?;
        Ok(Self { name: name.to_owned(), list })
    }
}

fn parse(text: &str) -> Result<Vec<Assertion>, Fault> {
    let misread = |Misread { what, place }| (Kind::Misread(what), place);
    // before all else, so that a newer file is not refused for a key it may have
    let heads: Vec<native::Head> = strict_yaml_documents(text).map_err(misread)?;
    match heads.as_slice() {
        [native::Head { version: Some(version) }] if version.value.0 != "1" => {
            return Err(at(version.referenced, Kind::UnknownVersion(version.value.0.clone())));
        }
        [native::Head { version: Some(_) }] => {}
        [] | [native::Head { version: None }] => return Err((Kind::NoVersion, None)),
        [_, _, ..] => return Err((Kind::SecondDocument, None)),
    }
    let mut files: Vec<native::File> = strict_yaml_documents(text).map_err(misread)?;
    let Some(native::File { _version: _, assertions }) = files.pop() else {
        return Err((Kind::NoVersion, None));
    };
    match assertions {
        None => Err((Kind::NothingAsserted, None)),
        Some(list) if list.value.is_empty() => Err(at(list.referenced, Kind::NothingAsserted)),
        Some(list) => list.value.into_iter().map(assertion).collect(),
    }
}

fn place(location: Location) -> Option<Place> {
    Misread::at("", location).place
}

fn at(location: Location, kind: Kind) -> Fault {
    (kind, place(location))
}

fn assertion(
    Spanned { value, referenced: here, .. }: Spanned<native::Assertion>,
) -> Result<Assertion, Fault> {
    let native::Assertion { principal, session, user, groups, when, can, cannot } = value;
    let who = match (principal, user, groups) {
        (Some(_), Some(user), _) => return Err(at(user.referenced, Kind::PrincipalAndUser)),
        (Some(_), None, Some(groups)) => return Err(at(groups.referenced, Kind::PrincipalAndUser)),
        (None, None, None) => return Err(at(here, Kind::Nobody)),
        (Some(arn), None, None) => principal_of(arn, session)?,
        (None, user, groups) => {
            if let Some(session) = session {
                return Err(at(session.referenced, Kind::SessionOfUser));
            }
            user_of(user, groups)?
        }
    };
    let (expected, request) = match (can, cannot) {
        (Some(request), None) => (Answer::Allowed, request),
        (None, Some(request)) => (Answer::Denied, request),
        (Some(_), Some(cannot)) => return Err(at(cannot.referenced, Kind::CanAndCannot)),
        (None, None) => return Err(at(here, Kind::NeitherCanNorCannot)),
    };
    let what = request_of(request)?;
    Ok(Assertion { at: place(here), who, when: when.unwrap_or(When::Both), what, expected })
}

fn principal_of(
    Spanned { value: text, referenced, .. }: Spanned<String>,
    session: Option<Spanned<String>>,
) -> Result<Asserted, Fault> {
    if let Some(session) = session.as_ref().filter(|session| session.value.is_empty()) {
        return Err(at(session.referenced, Kind::Empty("session")));
    }
    if let Ok(IamArn::AssumedRole { session: own, .. }) = text.parse() {
        return match session {
            Some(session) => Err(at(session.referenced, Kind::SessionTwice(text))),
            None => Ok(Asserted::Principal { arn: text, session: Some(own) }),
        };
    }
    // the root user and federated users have no access entry, and no mapping that could become one
    let session = match (text.parse::<PrincipalArn>(), session) {
        (Err(why), _) => return Err(at(referenced, Kind::Arn { text, why })),
        (Ok(role), session) if role.is_role() => session.map(|session| session.value),
        (Ok(_), Some(session)) => return Err(at(session.referenced, Kind::SessionOfIamUser(text))),
        (Ok(_), None) => Some(String::new()),
    };
    Ok(Asserted::Principal { arn: text, session })
}

/// Kubernetes' own authorizer takes an empty name as a name; nobody at all is more likely a mistake.
fn user_of(
    user: Option<Spanned<String>>,
    groups: Option<Spanned<Vec<Spanned<String>>>>,
) -> Result<Asserted, Fault> {
    if let (None, Some(Spanned { value, referenced, .. })) = (&user, &groups)
        && value.is_empty()
    {
        return Err(at(*referenced, Kind::Empty("groups")));
    }
    let groups = groups.into_iter().flat_map(|groups| groups.value).map(|group| group.value);
    let username = user.map(|user| user.value).unwrap_or_default();
    Ok(Asserted::User(UserInfo { username, groups: groups.collect() }))
}

fn request_of(
    Spanned { value, referenced: here, .. }: Spanned<native::Request>,
) -> Result<Attributes, Fault> {
    let native::Request { verb, resource, name, namespace, path } = value;
    match (resource, path) {
        (Some(_), Some(path)) => Err(at(path.referenced, Kind::ResourceAndPath)),
        (None, None) => Err(at(here, Kind::NeitherResourceNorPath)),
        (None, Some(path)) => {
            for (given, what) in [(name, "name"), (namespace, "namespace")] {
                if let Some(given) = given {
                    return Err(at(given.referenced, Kind::PathAnd(what)));
                }
            }
            Ok(Attributes::NonResource { path: path.value, verb })
        }
        (Some(resource), None) => {
            let given =
                |text: Option<Spanned<String>>| text.map(|text| text.value).filter(|text| !text.is_empty());
            let (resource, group, subresource) = parts(&resource.value);
            Ok(Attributes::Resource {
                namespace: given(namespace),
                verb,
                group: group.to_owned(),
                resource: resource.to_owned(),
                subresource: subresource.map(str::to_owned),
                name: given(name),
            })
        }
    }
}

/// `plural[.group][/subresource]`, as kubectl prints it; the first dot and the first slash count.
pub(super) fn parts(text: &str) -> (&str, &str, Option<&str>) {
    let (whole, subresource) = match text.split_once('/') {
        Some((whole, subresource)) if !subresource.is_empty() => (whole, Some(subresource)),
        _ => (text, None),
    };
    let (resource, group) = whole.split_once('.').unwrap_or((whole, ""));
    (resource, group, subresource)
}
