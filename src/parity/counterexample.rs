//! One concrete request for a permission, such as somebody would make.

use super::Reach;
use super::coverage::{Atom, Coverage};
use crate::rbac::Attributes;

/// What is worth asking first where a permission has a `*`, by group, resource and verb: the gravest that are well known.
const WELL_KNOWN: [(&str, &str, &[&str]); 12] = [
    ("", "secrets", &["get", "list"]),
    ("rbac.authorization.k8s.io", "clusterrolebindings", &["create"]),
    ("", "pods/exec", &["create"]),
    ("", "pods", &["get", "create", "delete"]),
    ("apps", "deployments", &["get", "create", "update", "delete"]),
    ("", "configmaps", &["get", "update"]),
    ("", "services", &["get", "create"]),
    ("batch", "jobs", &["get", "create"]),
    ("networking.k8s.io", "ingresses", &["get", "create"]),
    ("coordination.k8s.io", "leases", &["get", "update"]),
    ("apps", "deployments/scale", &["get", "update"]),
    ("", "nodes", &["get"]),
];

pub(super) fn is_well_known(atom: &Atom<'_>) -> bool {
    rank(atom) < WELL_KNOWN.len()
}

/// What is asked first, of atoms without a `*`.
pub(super) fn rank(atom: &Atom<'_>) -> usize {
    let is_it = |(of, known, verbs): &(&str, &str, &[&str])| {
        matches!(atom, Atom::Resource { group, resource, verb, .. }
            if group == of && resource == known && verbs.contains(verb))
    };
    WELL_KNOWN.iter().position(is_it).unwrap_or(WELL_KNOWN.len())
}

/// The verbs of ordinary requests.
const VERBS: [&str; 7] = ["get", "list", "create", "update", "delete", "watch", "patch"];

/// A request that the atom allows and the other side does not. What has a `*` is asked for something that is well known; where
/// the other side has all of that, for the `*` itself, which only a `*` allows.
pub(super) fn request(atom: &Atom<'_>, reach: &Reach, others: &Coverage<'_>) -> Attributes {
    match atom {
        Atom::Url { url, verb } => {
            let any = format!("{}any", url.trim_end_matches('*'));
            let known = ["/metrics", "/logs", any.as_str()].into_iter().filter(|path| {
                path.starts_with('/')
                    && url.strip_suffix('*').is_some_and(|it| path.starts_with(it.trim_end_matches('*')))
            });
            let paths: Vec<&str> = known.chain([*url]).collect();
            let verbs = ["get", "post"].into_iter().filter(|_| *verb == "*").chain([*verb]);
            let mut asked = verbs.flat_map(|verb| paths.iter().map(move |path| (*path, verb)));
            let found = asked.find(|(path, verb)| !others.covers(&Atom::Url { url: path, verb }));
            let (path, verb) = found.unwrap_or((url, verb));
            Attributes::NonResource { path: path.to_owned(), verb: verb.to_owned() }
        }
        Atom::Resource { group, resource, verb, name } => {
            let (group, resource, verb) = concrete(atom, others).unwrap_or(((*group), (*resource), (*verb)));
            let (resource, subresource) = match resource.split_once('/') {
                Some((of, subresource)) => (of, Some(subresource.to_owned())),
                None => (resource, None),
            };
            let namespace = reach.namespaces.first().map(|name| within(name, reach));
            Attributes::Resource {
                namespace,
                verb: verb.to_owned(),
                group: group.to_owned(),
                resource: resource.to_owned(),
                subresource,
                name: name.map(str::to_owned).filter(|name| !name.is_empty()),
            }
        }
    }
}

/// A namespace of this name, or, of a prefix with a `*`, one that begins so and is in reach.
fn within(name: &str, reach: &Reach) -> String {
    let Some(prefix) = name.strip_suffix('*') else { return name.to_owned() };
    let candidates = ["any", "*", "", "other"].map(|rest| format!("{prefix}{rest}"));
    let found = candidates.iter().find(|name| !name.is_empty() && reach.includes(Some(name)));
    found.cloned().unwrap_or_else(|| name.to_owned())
}

/// The first of what is well known that the atom allows and the other side lacks; of a `*/scale`, of something that has it.
fn concrete<'a>(atom: &Atom<'a>, others: &Coverage<'_>) -> Option<(&'a str, &'a str, &'a str)> {
    let Atom::Resource { group, resource, verb, name } = *atom else { return None };
    let is_missing = |group: &'a str, resource: &'a str, verb: &'a str| {
        !others.covers(&Atom::Resource { group, resource, verb, name })
    };
    if group != "*" && resource != "*" && !resource.starts_with("*/") && verb != "*" {
        return Some((group, resource, verb));
    }
    let is_resource = |known: &str| {
        resource == "*"
            || resource == known
            || resource
                .strip_prefix("*/")
                .is_some_and(|of| known.split_once('/').is_some_and(|it| it.1 == of))
    };
    let known =
        WELL_KNOWN.iter().filter(|(of, known, _)| (group == "*" || group == *of) && is_resource(known));
    let known = known.flat_map(|(of, known, verbs)| {
        let verbs = verbs.iter().copied().filter(|it| verb == "*" || verb == *it);
        let asked = (verb != "*").then_some(verb);
        verbs.chain(asked).map(move |verb| (*of, *known, verb))
    });
    let mut spelled = VERBS.iter().map(|verb| (group, resource, *verb));
    let is_spelled = group != "*" && resource != "*" && !resource.starts_with("*/");
    known
        .into_iter()
        .find(|(group, resource, verb)| is_missing(group, resource, verb))
        .or_else(|| spelled.find(|(group, resource, verb)| is_spelled && is_missing(group, resource, verb)))
}
