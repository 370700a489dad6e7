//! Who can do everything in the cluster, before a plan and after it.

use super::Administrator;
use super::given::Given;
use super::mappings::bindings::Bindings;
use super::people::{LoginTemplate, Person};
use crate::facts::Administrators;
use crate::model::{GroupName, PrincipalArn};

/// Everybody who is one on either side, by principal; `made`: the bindings that the plan makes.
///
/// Who has everything by a name that only some of its sessions have is none, and so is the cluster's creator, whom no API
/// names.
pub(super) fn administrators(
    given: &Given<'_>,
    people: &[Person<'_>],
    made: &Bindings,
) -> Vec<Administrator> {
    let with_made = (!made.is_empty()).then(|| Administrators::of(given.rbac, made.iter()));
    let before = &given.administrators;
    let after = with_made.as_ref().unwrap_or(before);
    let by = |side: &Administrators, login: Option<&LoginTemplate>| {
        let LoginTemplate { username, groups, policies } = login?;
        // which every login has besides
        let groups = groups.iter().map(String::as_str).chain([GroupName::AUTHENTICATED]);
        side.of_login(username, groups, policies)
    };
    let is_login =
        |person: &&Person<'_>| !person.principal.as_ref().is_some_and(PrincipalArn::is_service_linked);
    let mut all: Vec<Administrator> = people
        .iter()
        .filter(is_login)
        .map(|person| Administrator {
            principal: person.arn.to_string(),
            before: by(before, person.before.as_ref()),
            after: by(after, person.after.as_ref()),
        })
        .filter(|it| it.before.is_some() || it.after.is_some())
        .collect();
    all.sort_by(|a, b| a.principal.cmp(&b.principal));
    all
}
