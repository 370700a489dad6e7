//! RBAC against the answers of Kubernetes' own authorizer, resolver and comparator, for every case of the conformance suite.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use eksodus::rbac::{
    Attributes, Binding, InvalidWhy, PolicyRule, Rbac, Role, RoleRef, Selector, Subject, SubjectKind,
    UserInfo, aggregate, invalid, uncovered,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) objects: Objects,
    pub(crate) user: User,
    pub(crate) requests: Vec<Request>,
    covers: Vec<Pair>,
    pub(crate) expected: Expected,
}

#[derive(Deserialize)]
pub(crate) struct Expected {
    pub(crate) allowed: Vec<bool>,
    reasons: Vec<String>,
    rules: BTreeMap<String, Vec<PolicyRule>>,
    resolve_errors: Vec<ResolveError>,
    covers: Vec<Covered>,
    pub(crate) allowed_union: Option<Vec<bool>>,
    invalid: Vec<InvalidObject>,
    aggregated: Option<BTreeMap<String, Vec<PolicyRule>>>,
    aggregated_allowed: Option<Vec<bool>>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct InvalidObject {
    kind: String,
    namespace: String,
    name: String,
    errors: Vec<InvalidField>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct InvalidField {
    r#type: String,
    field: String,
}

#[derive(Deserialize, Debug, PartialEq)]
struct ResolveError {
    namespace: String,
    error: String,
}

#[derive(Deserialize)]
struct Pair {
    #[serde(default)]
    owner: Vec<PolicyRule>,
    #[serde(default)]
    servant: Vec<PolicyRule>,
}

#[derive(Deserialize)]
struct Covered {
    covered: bool,
    #[serde(default)]
    uncovered: Vec<PolicyRule>,
}

#[derive(Deserialize)]
pub(crate) struct User {
    name: String,
    groups: Vec<String>,
}

impl User {
    pub(crate) fn info(&self) -> UserInfo {
        UserInfo { username: self.name.clone(), groups: self.groups.iter().cloned().collect() }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Objects {
    cluster_roles: Vec<Value>,
    roles: Vec<Value>,
    cluster_role_bindings: Vec<Value>,
    role_bindings: Vec<Value>,
}

impl Objects {
    /// Namespaced objects without a namespace have the empty one, which no request asks in.
    pub(crate) fn rbac(&self) -> Rbac {
        let namespace = |object: &Value| Some(text(&object["metadata"]["namespace"]));
        let roles = self.cluster_roles.iter().map(|it| role(it, None));
        let bindings = self.cluster_role_bindings.iter().map(|it| binding(it, None));
        Rbac {
            roles: roles.chain(self.roles.iter().map(|it| role(it, namespace(it)))).collect(),
            bindings: bindings
                .chain(self.role_bindings.iter().map(|it| binding(it, namespace(it))))
                .collect(),
        }
    }
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn role(object: &Value, namespace: Option<String>) -> Role {
    let rules = list(&object["rules"]).iter().map(|rule| serde_json::from_value(rule.clone()).unwrap());
    let labels = serde_json::from_value(object["metadata"]["labels"].clone()).unwrap_or_default();
    let aggregation = match &object["aggregationRule"] {
        Value::Null => None,
        rule => Some(list(&rule["clusterRoleSelectors"]).iter().map(selector).collect()),
    };
    Role { namespace, name: text(&object["metadata"]["name"]), labels, aggregation, rules: rules.collect() }
}

pub(super) fn binding(object: &Value, namespace: Option<String>) -> Binding {
    let subjects = list(&object["subjects"]).iter().map(|subject| Subject {
        kind: SubjectKind::from(text(&subject["kind"])),
        name: text(&subject["name"]),
        namespace: subject["namespace"].as_str().map(str::to_owned),
    });
    let to = &object["roleRef"];
    Binding {
        namespace,
        name: text(&object["metadata"]["name"]),
        role_ref: RoleRef { kind: text(&to["kind"]), name: text(&to["name"]) },
        subjects: subjects.collect(),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Request {
    #[serde(rename_all = "camelCase")]
    Resource {
        verb: String,
        api_group: String,
        resource: String,
        subresource: String,
        name: String,
        namespace: String,
    },
    NonResource {
        verb: String,
        path: String,
    },
}

impl Request {
    pub(crate) fn attributes(&self) -> Attributes {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        match self {
            Self::NonResource { verb, path } => {
                Attributes::NonResource { path: path.clone(), verb: verb.clone() }
            }
            Self::Resource { verb, api_group, resource, subresource, name, namespace } => {
                Attributes::Resource {
                    namespace: given(namespace),
                    verb: verb.clone(),
                    group: api_group.clone(),
                    resource: resource.clone(),
                    subresource: given(subresource),
                    name: given(name),
                }
            }
        }
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let packed = include_bytes!("../../../fixtures/vectors/rbac.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn of_namespace(name: &str) -> Option<&str> {
    (!name.is_empty()).then_some(name)
}

/// One distinct text as it is, several in brackets.
fn joined(errors: &[String]) -> String {
    let mut seen = BTreeSet::new();
    let distinct: Vec<&str> =
        errors.iter().map(String::as_str).filter(|error| seen.insert(error.to_owned())).collect();
    match distinct.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        many => format!("[{}]", many.join(", ")),
    }
}

#[test]
fn every_decision_agrees_with_its_reason() {
    let mut compared = 0;
    for Case { name, objects, user, requests, expected, .. } in &cases() {
        let rbac = objects.rbac();
        let (index, user) = (rbac.index(), user.info());
        for (at, request) in requests.iter().enumerate() {
            let what = request.attributes();
            let by = index.allowed_by(&user, &what);
            assert_eq!(by.is_some(), expected.allowed[at], "{name}: {what}");
            let reason = match by {
                Some(grant) => format!("RBAC: allowed by {grant}"),
                None => {
                    let grants = index.grants(&user, what.namespace());
                    let errors: Vec<String> =
                        grants.iter().filter_map(|it| Some(it.rules.err()?.to_string())).collect();
                    Some(joined(&errors))
                        .filter(|it| !it.is_empty())
                        .map(|it| format!("RBAC: {it}"))
                        .unwrap_or_default()
                }
            };
            assert_eq!(reason, expected.reasons[at], "{name}: {what}");
            let union = expected.allowed_union.as_ref().unwrap_or(&expected.allowed);
            assert_eq!(index.allows(&user, &what), union[at], "{name}: {what}");
            compared += 1;
        }
    }
    assert!(compared > 5000, "{compared}");
}

#[test]
fn every_resolution_agrees() {
    let cases = cases();
    assert_eq!(cases.len(), 824);
    for Case { name, objects, user, expected, .. } in &cases {
        let rbac = objects.rbac();
        let (index, user) = (rbac.index(), user.info());
        let mut errors = Vec::new();
        for (namespace, rules) in &expected.rules {
            let grants = index.grants(&user, of_namespace(namespace));
            let found: Vec<PolicyRule> = grants.iter().flat_map(|grant| grant.rules().to_vec()).collect();
            assert_eq!(found, *rules, "{name}: {namespace:?}");
            let missing = grants.iter().filter_map(|grant| grant.rules.err());
            errors.extend(
                missing.map(|error| ResolveError { namespace: namespace.clone(), error: error.to_string() }),
            );
        }
        assert_eq!(errors, expected.resolve_errors, "{name}");
    }
}

#[test]
fn every_comparison_of_rules_agrees_atom_by_atom() {
    let mut compared = 0;
    for Case { name, covers, expected, .. } in &cases() {
        for (Pair { owner, servant }, Covered { covered, uncovered: left }) in
            covers.iter().zip(&expected.covers)
        {
            let found = uncovered(owner, servant);
            assert_eq!(found, *left, "{name}: {owner:?} {servant:?}");
            assert_eq!(found.is_empty(), *covered, "{name}");
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn what_the_api_server_refuses_is_named_field_by_field() {
    let mut compared = 0;
    for Case { name, objects, expected, .. } in &cases() {
        let Objects { cluster_roles, roles, cluster_role_bindings, role_bindings } = objects;
        let all = [cluster_roles, roles, cluster_role_bindings, role_bindings];
        let mut found: Vec<InvalidObject> = all
            .into_iter()
            .flatten()
            .map(|object| InvalidObject {
                kind: text(&object["kind"]),
                namespace: text(&object["metadata"]["namespace"]),
                name: text(&object["metadata"]["name"]),
                errors: invalid(object).into_iter().map(|it| field(it.field, it.why)).collect(),
            })
            .filter(|object| !object.errors.is_empty())
            .collect();
        let mut wanted: Vec<&InvalidObject> = expected.invalid.iter().collect();
        let key = |it: &InvalidObject| (it.kind.clone(), it.namespace.clone(), it.name.clone());
        found.sort_by_key(key);
        wanted.sort_by_key(|it| key(it));
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{name}");
        compared += wanted.len();
    }
    assert!(compared > 300, "{compared}");
}

fn field(field: String, why: InvalidWhy) -> InvalidField {
    let r#type = match why {
        InvalidWhy::Required => "FieldValueRequired",
        InvalidWhy::Invalid => "FieldValueInvalid",
        InvalidWhy::NotSupported => "FieldValueNotSupported",
        InvalidWhy::Forbidden => "FieldValueForbidden",
    };
    InvalidField { r#type: r#type.to_owned(), field }
}

#[test]
fn aggregated_roles_get_the_rules_that_their_controller_writes() {
    let mut compared = 0;
    for Case { name, objects, user, requests, expected, .. } in &cases() {
        let Some(aggregated) = &expected.aggregated else { continue };
        let mut rbac = objects.rbac();
        let filled = aggregate(&rbac.roles);
        for (role, rules) in aggregated {
            assert_eq!(filled.get(role), Some(rules), "{name}: {role}");
        }
        for role in rbac.roles.iter_mut().filter(|role| role.namespace.is_none()) {
            if let Some(rules) = filled.get(&role.name) {
                role.rules = rules.clone();
            }
        }
        let (index, user) = (rbac.index(), user.info());
        for (request, allowed) in requests.iter().zip(expected.aggregated_allowed.iter().flatten()) {
            let what = request.attributes();
            assert_eq!(index.allowed_by(&user, &what).is_some(), *allowed, "{name}: {what}");
        }
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}

fn selector(value: &Value) -> Selector {
    serde_json::from_value(value.clone()).unwrap()
}

/// The objects that every API server makes, with the aggregated roles as their controller fills them.
pub(crate) fn bootstrap() -> Objects {
    let text = include_str!("../../../fixtures/data/bootstrap-clusterroles.json");
    let mut file: Value = serde_json::from_str(text).unwrap();
    let filled = file["aggregatedRules"].take();
    let mut all = |names: [&str; 2]| -> Vec<Value> {
        names.iter().flat_map(|name| list(&file[*name].take()).to_vec()).collect()
    };
    let mut cluster_roles = all(["clusterRoles", "controllerClusterRoles"]);
    for role in &mut cluster_roles {
        if let Some(rules) = filled.get(text_of_name(role)) {
            role["rules"] = rules.clone();
        }
    }
    Objects {
        cluster_roles,
        roles: all(["roles", ""]),
        cluster_role_bindings: all(["clusterRoleBindings", "controllerClusterRoleBindings"]),
        role_bindings: all(["roleBindings", ""]),
    }
}

fn text_of_name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

#[derive(Deserialize)]
pub(crate) struct Bootstrap {
    pub(crate) requests: Vec<Request>,
    pub(crate) cases: Vec<BootstrapCase>,
    covers: Vec<BootstrapCovers>,
}

#[derive(Deserialize)]
pub(crate) struct BootstrapCase {
    pub(crate) name: String,
    pub(crate) user: User,
    #[serde(default)]
    pub(crate) extra: Objects,
    pub(crate) allowed: Vec<bool>,
    pub(crate) allowed_union: Option<Vec<bool>>,
}

#[derive(Deserialize)]
struct BootstrapCovers {
    owner: String,
    servant: String,
    covered: bool,
    uncovered: usize,
}

#[test]
fn the_default_roles_give_what_they_give_in_kubernetes() {
    let text = include_str!("../../../fixtures/vectors/rbac-bootstrap.json");
    let Bootstrap { requests, cases, covers } = serde_json::from_str(text).unwrap();
    let base = bootstrap().rbac();
    assert_eq!((requests.len(), cases.len()), (81, 27));
    for BootstrapCase { name, user, extra, allowed, allowed_union } in &cases {
        let extra = extra.rbac();
        let rbac = Rbac {
            roles: base.roles.iter().chain(&extra.roles).cloned().collect(),
            bindings: base.bindings.iter().chain(&extra.bindings).cloned().collect(),
        };
        let (index, user) = (rbac.index(), user.info());
        for (at, request) in requests.iter().enumerate() {
            let what = request.attributes();
            assert_eq!(index.allowed_by(&user, &what).is_some(), allowed[at], "{name}: {what}");
            assert_eq!(
                index.allows(&user, &what),
                allowed_union.as_ref().unwrap_or(allowed)[at],
                "{name}: {what}"
            );
        }
    }
    let rules = |name: &str| &base.roles.iter().find(|role| role.name == name).unwrap().rules;
    for BootstrapCovers { owner, servant, covered, uncovered: left } in &covers {
        let found = uncovered(rules(owner), rules(servant));
        assert_eq!((found.is_empty(), found.len()), (*covered, *left), "{owner} covers {servant}");
    }
}
