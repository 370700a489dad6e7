use std::collections::{BTreeMap, BTreeSet};

use crate::calls::{ConfigData, Resource, ResourceState};
use crate::model::{AccessEntry, AccessScope, GroupName, PolicyArn, PrincipalArn};

/// How a resource differs from what it was to be, in one line: of `aws-auth`, which is long, where and by how much.
pub(super) fn changed(resource: &Resource, found: &ResourceState, expected: &ResourceState) -> String {
    match (found, expected) {
        (ResourceState::AwsAuth(Some(found)), ResourceState::AwsAuth(Some(expected))) => {
            format!("{resource} differs in {}", values(found, expected).join(", "))
        }
        (ResourceState::AwsAuth(None), _) => format!("{resource} is missing"),
        (ResourceState::AwsAuth(Some(_)), _) => format!("{resource} exists, and was to be deleted"),
        (ResourceState::Entry(None) | ResourceState::Binding(None), expected) => {
            format!("{resource} is missing; expected {expected}")
        }
        (found, ResourceState::Entry(None) | ResourceState::Binding(None)) => {
            format!("{resource} is {found}; expected none")
        }
        (found, expected) => format!("{resource} is {found}; expected {expected}"),
    }
}

/// How an entry differs from the planned one, by what it gives more and less.
pub(super) fn entry_changed(
    principal: &PrincipalArn,
    found: &ResourceState,
    planned: &ResourceState,
) -> String {
    let resource = Resource::Entry(principal.clone());
    let (ResourceState::Entry(Some(is)), ResourceState::Entry(Some(was))) = (found, planned) else {
        return changed(&resource, found, planned);
    };
    let AccessEntry { principal: _, entry_type, username: _, groups, policies, tags: _ } = is;
    if *entry_type != was.entry_type {
        return changed(&resource, found, planned);
    }
    let [more, less] = [(is, was), (was, is)].map(|(one, other)| beyond(one, other));
    let names = [is, was].map(|entry| entry.effective_username().unwrap_or_default());
    let mut said = Vec::new();
    if !more.is_empty() {
        said.push(format!("has more than the plan: {}", more.join(", ")));
    }
    if !less.is_empty() {
        said.push(format!("has less than the plan: without {}", less.join(", ")));
    }
    if let [is, was] = &names
        && is != was
    {
        said.push(format!("has the username {is:?} and not {was:?}"));
    }
    if said.is_empty() {
        debug_assert!(*groups == was.groups && *policies == was.policies);
        said.push("has other tags than the plan".to_owned());
    }
    format!("{resource} {}", said.join("; "))
}

/// What the first gives and the second does not, of groups and policies.
fn beyond(one: &AccessEntry, other: &AccessEntry) -> Vec<String> {
    let group = |group: &GroupName| format!("group {group}");
    let policy = |(policy, scope): (&PolicyArn, &AccessScope)| match other.policies.get(policy) {
        Some(held) if held.covers(scope) => None,
        Some(held) => Some(format!("{} ({scope}) instead of ({held})", policy.name())),
        None => Some(format!("{} ({scope})", policy.name())),
    };
    let groups = one.groups.difference(&other.groups).map(group);
    groups.chain(one.policies.iter().filter_map(policy)).collect()
}

/// The one of two states that is less far from what is found: of `aws-auth` by its lines, else the second one.
pub(crate) fn nearer<'s>(
    found: &ResourceState,
    [before, after]: [&'s ResourceState; 2],
) -> &'s ResourceState {
    let distance = |of: &ResourceState| match (found, of) {
        (ResourceState::AwsAuth(Some(found)), ResourceState::AwsAuth(Some(of))) => {
            let keys: BTreeSet<&String> = found.keys().chain(of.keys()).collect();
            let text = |data: &ConfigData, key: &String| data.get(key).cloned().unwrap_or_default();
            let differing = keys.into_iter().map(|key| difference(&text(found, key), &text(of, key)));
            differing.map(|[added, removed]| added + removed).sum()
        }
        _ => i64::MAX,
    };
    if distance(before) < distance(after) { before } else { after }
}

/// Lines that only the first has, and that only the second has.
fn difference(found: &str, expected: &str) -> [i64; 2] {
    let mut lines: BTreeMap<&str, i64> = BTreeMap::new();
    found.lines().for_each(|line| *lines.entry(line).or_default() += 1);
    expected.lines().for_each(|line| *lines.entry(line).or_default() -= 1);
    [1, -1].map(|sign: i64| lines.values().map(|n| (n * sign).max(0)).sum())
}

/// `mapRoles (3 lines added, 1 removed)`.
fn values(found: &ConfigData, expected: &ConfigData) -> Vec<String> {
    let keys: BTreeSet<&String> = found.keys().chain(expected.keys()).collect();
    let differs = keys.into_iter().filter(|key| found.get(*key) != expected.get(*key));
    differs
        .map(|key| match (found.get(key), expected.get(key)) {
            (None, _) => format!("{key} (removed)"),
            (_, None) => format!("{key} (added)"),
            (Some(found), Some(expected)) => {
                let [added, removed] = difference(found, expected);
                let lines = if added == 1 { "line" } else { "lines" };
                format!("{key} ({added} {lines} added, {removed} removed)")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(sections: &[(&str, &str)]) -> ResourceState {
        let data = sections.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        ResourceState::AwsAuth(Some(data.collect()))
    }

    #[test]
    fn of_aws_auth_it_says_where_and_by_how_much() {
        let expected = data(&[("mapRoles", "- a\n- b\n- b\n"), ("mapUsers", "- c\n"), ("same", "x")]);
        let found = data(&[("mapRoles", "- a\n- b\n- d\n- e\n"), ("mapAccounts", "- f\n"), ("same", "x")]);
        assert_eq!(
            changed(&Resource::AwsAuth, &found, &expected),
            "aws-auth differs in mapAccounts (added), mapRoles (2 lines added, 1 removed), mapUsers (removed)"
        );
        let near = data(&[("mapRoles", "- a\n- b\n- d\n"), ("mapUsers", "- c\n"), ("same", "x")]);
        let one = "aws-auth differs in mapRoles (1 line added, 1 removed)";
        assert_eq!(changed(&Resource::AwsAuth, &near, &expected), one);
        assert_eq!(nearer(&near, [&expected, &found]), &expected);
        assert_eq!(nearer(&near, [&found, &expected]), &expected);
        let none = ResourceState::AwsAuth(None);
        assert_eq!(nearer(&none, [&expected, &found]), &found);
        assert_eq!(changed(&Resource::AwsAuth, &none, &expected), "aws-auth is missing");
        assert_eq!(changed(&Resource::AwsAuth, &found, &none), "aws-auth exists, and was to be deleted");
    }
}
