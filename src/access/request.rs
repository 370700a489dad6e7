//! A request as people write it.

use serde::Serialize;

use super::resources::{is_cluster_wide, known};
use crate::rbac::Attributes;

/// What was written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Request<'a> {
    pub verb: &'a str,
    /// `RESOURCE[.GROUP][/SUBRESOURCE]`, or a path, which begins with a slash.
    pub resource: &'a str,
    pub subresource: Option<&'a str>,
    pub name: Option<&'a str>,
    pub namespace: Option<&'a str>,
}

/// What the authorizers are asked, and how that came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub what: Attributes,
    pub taken: Vec<Taken>,
}

/// How a request was taken where it could have been meant otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Taken {
    /// A name without a group, or not a plural one: as this built-in resource.
    BuiltIn { written: String, resource: String, group: String },
    /// A name without a group that no built-in resource has: of the core group.
    Core { written: String },
    /// `*` alone: of every group.
    EveryGroup,
    /// A version between resource and group, which RBAC does not know.
    Version { version: String },
    /// The resource is in no namespace, so that the one that was given is left out.
    NoNamespace { namespace: String },
    /// Objects are created, and collections deleted, without a name in the request.
    NoName { name: String },
    /// A namespace itself is asked for in its own namespace.
    OwnNamespace { namespace: String },
    /// The API server makes no request with such a verb.
    Verb { verb: String },
}

/// Why it is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("the verb is empty")]
    NoVerb,
    #[error("{0:?} names no resource")]
    NoResource(String),
    #[error("{0:?} has more than one subresource")]
    Subresources(String),
    #[error("{0:?} is a path, and a path has no {1}")]
    OfPath(String, &'static str),
}

/// Verbs of requests for resources, and those that are asked for by other code (kubernetes.io, "Authorization", Request
/// verbs).
const VERBS: [&str; 16] = [
    "*",
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "escalate",
    "bind",
    "impersonate",
    "approve",
    "sign",
    "attest",
    "use",
];
const HTTP_VERBS: [&str; 8] = ["*", "get", "head", "post", "put", "patch", "delete", "options"];

/// # Errors
/// It cannot be a request of anybody.
pub fn read_request(asked: Request<'_>) -> Result<Reading, RequestError> {
    let Request { verb, resource: written, subresource, name, namespace } = asked;
    if verb.is_empty() {
        return Err(RequestError::NoVerb);
    }
    let mut taken = Vec::new();
    let of_path = written.starts_with('/');
    let verbs = if of_path { HTTP_VERBS.as_slice() } else { VERBS.as_slice() };
    if !verbs.contains(&verb) {
        taken.push(Taken::Verb { verb: verb.to_owned() });
    }
    if of_path {
        let given = [(subresource.is_some(), "subresource"), (name.is_some(), "name")];
        if let Some((_, what)) = given.into_iter().find(|(is_given, _)| *is_given) {
            return Err(RequestError::OfPath(written.to_owned(), what));
        }
        taken.extend(namespace.map(|it| Taken::NoNamespace { namespace: it.to_owned() }));
        let what = Attributes::NonResource { path: written.to_owned(), verb: verb.to_owned() };
        return Ok(Reading { what, taken });
    }
    let (of, below) = match written.split_once('/') {
        Some((of, below)) => (of, Some(below)),
        None => (written, None),
    };
    if below.is_some() && subresource.is_some() || below.is_some_and(|it| it.contains('/')) {
        return Err(RequestError::Subresources(written.to_owned()));
    }
    let subresource = below.or(subresource);
    if of.is_empty() || of.starts_with('.') || subresource == Some("") {
        return Err(RequestError::NoResource(written.to_owned()));
    }
    let (group, resource) = resource_of(of, &mut taken);
    let mut what = Attributes::resource(verb, &group, &resource).of_subresource(subresource);
    let has_no_name = matches!(verb, "create" | "deletecollection") && subresource.is_none();
    match name.filter(|name| !name.is_empty()) {
        Some(name) if has_no_name => taken.push(Taken::NoName { name: name.to_owned() }),
        Some(name) => what = what.named(name),
        None => {}
    }
    let own = name.filter(|_| (group.as_str(), resource.as_str()) == ("", "namespaces") && !has_no_name);
    match (own, namespace.filter(|it| !it.is_empty())) {
        // apiserver: pkg/endpoints/request/requestinfo.go, NewRequestInfo
        (Some(own), _) => {
            taken.push(Taken::OwnNamespace { namespace: own.to_owned() });
            what = what.in_namespace(own);
        }
        (None, Some(namespace)) if is_cluster_wide(&group, &resource) => {
            taken.push(Taken::NoNamespace { namespace: namespace.to_owned() });
        }
        (None, Some(namespace)) => what = what.in_namespace(namespace),
        (None, None) => {}
    }
    Ok(Reading { what, taken })
}

/// Group and plural name of `RESOURCE[.GROUP]`, with `RESOURCE.VERSION.GROUP` as kubectl takes it.
fn resource_of(written: &str, taken: &mut Vec<Taken>) -> (String, String) {
    let Some((resource, rest)) = written.split_once('.') else {
        return match known(written, None) {
            _ if written == "*" => {
                taken.push(Taken::EveryGroup);
                ("*".to_owned(), written.to_owned())
            }
            Some(known) => {
                let (group, resource) = (known.group.to_owned(), known.plural.to_owned());
                if !group.is_empty() || resource != written {
                    let (group, resource) = (group.clone(), resource.clone());
                    taken.push(Taken::BuiltIn { written: written.to_owned(), resource, group });
                }
                (group, resource)
            }
            None => {
                taken.push(Taken::Core { written: written.to_owned() });
                (String::new(), written.to_owned())
            }
        };
    };
    let (first, of_version) = rest.split_once('.').unwrap_or((rest, ""));
    let group = if is_version(first) {
        taken.push(Taken::Version { version: first.to_owned() });
        of_version
    } else {
        rest
    };
    match known(resource, Some(group)) {
        Some(known) if known.plural != resource => {
            let (group, resource) = (known.group.to_owned(), known.plural.to_owned());
            let built_in = Taken::BuiltIn { written: written.to_owned(), resource, group };
            taken.push(built_in);
            (known.group.to_owned(), known.plural.to_owned())
        }
        _ => (group.to_owned(), resource.to_owned()),
    }
}

/// `v1`, `v1beta2`.
fn is_version(text: &str) -> bool {
    let digits = |text: &str| text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let Some(rest) = text.strip_prefix('v').filter(|rest| digits(rest) < rest.len()) else { return false };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let stage = rest.strip_prefix("alpha").or(rest.strip_prefix("beta"));
    rest.is_empty() || stage.is_some_and(|stage| !stage.is_empty() && digits(stage) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(verb: &str, resource: &str, name: Option<&str>, namespace: Option<&str>) -> (String, Vec<Taken>) {
        let asked = Request { verb, resource, name, namespace, subresource: None };
        let Reading { what, taken } = read_request(asked).unwrap();
        (what.to_string(), taken)
    }

    #[test]
    fn a_group_is_taken_as_it_is_written_and_guessed_only_where_there_is_none() {
        let built_in = |written: &str, resource: &str, group: &str| Taken::BuiltIn {
            written: written.to_owned(),
            resource: resource.to_owned(),
            group: group.to_owned(),
        };
        let said = "get deployments (apps) in namespace shop";
        assert_eq!(read("get", "deployments.apps", None, Some("shop")), (said.to_owned(), vec![]));
        let taken = vec![built_in("deployments", "deployments", "apps")];
        assert_eq!(read("get", "deployments", None, Some("shop")), (said.to_owned(), taken));
        assert_eq!(read("get", "deploy.apps", None, Some("shop")).0, said);
        assert_eq!(read("get", "deployments.v1.apps", None, Some("shop")).0, said);
        assert_eq!(
            read("get", "deployments.extensions", None, None).0,
            "get deployments (extensions) in the whole cluster"
        );
        assert_eq!(read("get", "pods", None, None), ("get pods in the whole cluster".to_owned(), vec![]));
        assert_eq!(read("get", "po", None, None).1, [built_in("po", "pods", "")]);
        let (said, taken) = read("get", "widgets", None, None);
        assert_eq!(
            (said.as_str(), taken),
            ("get widgets in the whole cluster", vec![Taken::Core { written: "widgets".to_owned() }])
        );
        assert_eq!(read("*", "*", None, None).0, "* * (*) in the whole cluster");
        assert_eq!(read("*", "*.apps", None, None).0, "* * (apps) in the whole cluster");
        assert_eq!(
            read("update", "deployments.apps/scale", Some("web"), None).0,
            "update deployments/scale (apps) web in the whole cluster"
        );
    }

    #[test]
    fn names_and_namespaces_are_those_that_the_request_would_have() {
        assert_eq!(read("create", "pods", Some("x"), Some("a")).0, "create pods in namespace a");
        assert_eq!(read("create", "pods/exec", Some("x"), Some("a")).0, "create pods/exec x in namespace a");
        assert_eq!(read("get", "nodes", None, Some("a")).0, "get nodes in the whole cluster");
        assert_eq!(read("get", "namespaces", Some("a"), None).0, "get namespaces a in namespace a");
        assert_eq!(read("get", "/healthz", None, Some("a")).0, "get /healthz");
        assert_eq!(read("GET", "/healthz", None, None).1, [Taken::Verb { verb: "GET".to_owned() }]);
        assert_eq!(read("list", "/healthz", None, None).1.len(), 1);
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let refused = |verb, resource, subresource, name| {
            read_request(Request { verb, resource, subresource, name, namespace: None }).unwrap_err()
        };
        assert_eq!(refused("", "pods", None, None), RequestError::NoVerb);
        for resource in ["", ".apps", "/", "pods/"] {
            if resource != "/" {
                assert_eq!(
                    refused("get", resource, None, None),
                    RequestError::NoResource(resource.to_owned())
                );
            }
        }
        assert!(matches!(refused("get", "pods/a/b", None, None), RequestError::Subresources(_)));
        assert!(matches!(refused("get", "pods/a", Some("b"), None), RequestError::Subresources(_)));
        assert!(matches!(refused("get", "/x", None, Some("n")), RequestError::OfPath(_, "name")));
        assert!(matches!(refused("get", "/x", Some("s"), None), RequestError::OfPath(_, "subresource")));
    }
}
