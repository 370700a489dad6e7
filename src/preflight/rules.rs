use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Need, Needed};
use crate::rbac::Attributes;

/// Where a role stands: `None` is a ClusterRole.
type Namespace<'n> = Option<&'n str>;
/// API group, resource and name.
type Object<'n> = (&'n str, String, Option<&'n str>);

/// A ClusterRole, and a Role for each namespace, that give these needs and nothing else, as YAML documents of one name;
/// `None` when none of them is Kubernetes'.
pub fn roles<'n>(name: &str, needs: impl IntoIterator<Item = &'n Need>) -> Option<String> {
    let mut verbs: BTreeMap<(Namespace<'_>, Object<'_>), BTreeSet<&str>> = BTreeMap::new();
    for need in needs {
        let Needed::Kube { what, or: _ } = &need.what else { continue };
        let Attributes::Resource { namespace, verb, group, resource, subresource, name } = what else {
            continue;
        };
        let resource = match subresource {
            Some(subresource) => format!("{resource}/{subresource}"),
            None => resource.clone(),
        };
        let object = (group.as_str(), resource, name.as_deref());
        verbs.entry((namespace.as_deref(), object)).or_default().insert(verb);
    }
    type Rule<'n> = (&'n str, BTreeSet<&'n str>, Option<&'n str>);
    let mut roles: BTreeMap<Namespace<'_>, BTreeMap<Rule<'_>, BTreeSet<String>>> = BTreeMap::new();
    for ((namespace, (group, resource, name)), verbs) in verbs {
        roles.entry(namespace).or_default().entry((group, verbs, name)).or_default().insert(resource);
    }
    let mut text = String::new();
    for (namespace, rules) in roles {
        if !text.is_empty() {
            text.push_str("---\n");
        }
        let kind = if namespace.is_some() { "Role" } else { "ClusterRole" };
        let _ = writeln!(
            text,
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: {}",
            quoted(name)
        );
        if let Some(namespace) = namespace {
            let _ = writeln!(text, "  namespace: {}", quoted(namespace));
        }
        text.push_str("rules:\n");
        for ((group, verbs, name), resources) in rules {
            let _ = writeln!(text, "- apiGroups: [{}]", quoted(group));
            let _ = writeln!(text, "  resources: [{}]", list(resources.iter().map(String::as_str)));
            if let Some(name) = name {
                let _ = writeln!(text, "  resourceNames: [{}]", quoted(name));
            }
            let _ = writeln!(text, "  verbs: [{}]", list(verbs));
        }
    }
    (!text.is_empty()).then_some(text)
}

fn list<'t>(items: impl IntoIterator<Item = &'t str>) -> String {
    items.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// A JSON string is a YAML one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
