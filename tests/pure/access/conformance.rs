//! Every line of the conformance suite, as a file of RBAC objects and a file of assertions: the decisions are those of
//! Kubernetes' own authorizer.

use std::io::Read;
use std::path::Path;

use eksodus::access::assertions::{Answer, Assertions, Ground, Report};
use eksodus::snapshot::RbacFile;
use serde_json::{Value, json};

fn cases() -> Vec<Value> {
    let packed = include_bytes!("../../../fixtures/vectors/rbac.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

const KINDS: [&str; 4] = ["clusterRoles", "roles", "clusterRoleBindings", "roleBindings"];

fn objects(case: &Value) -> Vec<Value> {
    KINDS.iter().flat_map(|kind| list(&case["objects"][kind])).collect()
}

/// A List in one document; or a document for each object, as a folder of manifests is written.
fn files(objects: &[Value]) -> [String; 2] {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    let documents: Vec<String> =
        objects.iter().map(|object| serde_json::to_string_pretty(object).unwrap()).collect();
    [list.to_string(), documents.join("\n---\n")]
}

/// `plural[.group][/subresource]`; `None` where that would be read as something else: no request over HTTP has such names.
fn resource(request: &Value) -> Option<String> {
    let text = |key: &str| request[key].as_str().unwrap();
    let (resource, group, subresource) = (text("resource"), text("apiGroup"), text("subresource"));
    let is_odd = resource.contains('/') || group.contains('/') || resource.contains('.');
    if is_odd {
        return None;
    }
    let group = if group.is_empty() { String::new() } else { format!(".{group}") };
    let subresource = if subresource.is_empty() { String::new() } else { format!("/{subresource}") };
    Some(format!("{resource}{group}{subresource}"))
}

fn asked(request: &Value) -> Option<Value> {
    if let Some(path) = request.get("path") {
        return Some(json!({"verb": request["verb"], "path": path}));
    }
    let mut asked = json!({"verb": request["verb"], "resource": resource(request)?});
    for key in ["name", "namespace"] {
        if request[key] != "" {
            asked[key] = request[key].clone();
        }
    }
    Some(asked)
}

/// What is right: with `system:masters`, and with the rules of aggregated roles that have none. `None` where some of them
/// have rules and some have not, which the suite does not answer.
fn expected(case: &Value) -> Option<Vec<bool>> {
    let of = |key: &str| list(&case["expected"][key]).iter().map(|it| it.as_bool().unwrap()).collect();
    let aggregated: Vec<Value> = list(&case["objects"]["clusterRoles"])
        .into_iter()
        .filter(|role| !role["aggregationRule"].is_null())
        .collect();
    let stored = aggregated.iter().filter(|role| !list(&role["rules"]).is_empty()).count();
    let mut allowed: Vec<bool> = match (aggregated.len(), stored) {
        (all, stored) if all == stored => of("allowed"),
        (_, 0) => of("aggregated_allowed"),
        _ => return None,
    };
    if list(&case["user"]["groups"]).contains(&json!("system:masters")) {
        allowed.iter_mut().for_each(|it| *it = true);
    }
    Some(allowed)
}

fn parsed(assertions: &Value) -> Assertions {
    Assertions::parse("access.yaml", &assertions.to_string()).unwrap()
}

fn check(rbac: &str, assertions: &Assertions) -> Report {
    let RbacFile { rbac, .. } = RbacFile::of(Path::new("rbac.yaml"), rbac.as_bytes().to_vec()).unwrap();
    Ground::from(&rbac).check(assertions).unwrap()
}

#[test]
fn every_decision_of_the_suite_is_asserted() {
    let (mut compared, mut unsaid, mut mixed) = (0, 0, 0);
    for case in cases() {
        let Some(expected) = expected(&case) else {
            mixed += 1;
            continue;
        };
        let user = &case["user"];
        let mut asserted = Vec::new();
        let mut answers = Vec::new();
        for (request, allowed) in list(&case["requests"]).iter().zip(expected) {
            let Some(what) = asked(request) else {
                unsaid += 1;
                continue;
            };
            // the one that holds, and the one that does not
            for key in ["can", "cannot"] {
                asserted.push(json!({"user": user["name"], "groups": user["groups"], key: what.clone()}));
                answers.push((allowed, (key == "can") == allowed));
            }
        }
        if asserted.is_empty() {
            continue;
        }
        let file = parsed(&json!({"version": 1, "assertions": asserted}));
        let objects = objects(&case);
        for rbac in files(&objects).iter().take(if objects.is_empty() { 1 } else { 2 }) {
            let report = check(rbac, &file);
            assert_eq!(report.assertions.len(), answers.len());
            for (checked, (allowed, pass)) in report.assertions.iter().zip(&answers) {
                let answer = if *allowed { Answer::Allowed } else { Answer::Denied };
                assert_eq!((checked.actual, checked.pass), (answer, *pass), "{}: {checked:?}", case["name"]);
                assert!(!checked.why.is_empty(), "{checked:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 20_000, "{compared}");
    assert!(unsaid < 50 && mixed < 40, "{unsaid} {mixed}");
}

/// Which of several bindings is named is the order in which they are stored; of one it is this one.
#[test]
fn the_only_binding_is_named_as_the_api_server_names_it() {
    let mut compared = 0;
    for case in cases() {
        let bindings = ["clusterRoleBindings", "roleBindings"].map(|kind| list(&case["objects"][kind]).len());
        let is_master = list(&case["user"]["groups"]).contains(&json!("system:masters"));
        if bindings.iter().sum::<usize>() != 1 || case["expected"].get("aggregated").is_some() || is_master {
            continue;
        }
        for (request, reason) in list(&case["requests"]).iter().zip(list(&case["expected"]["reasons"])) {
            let Some(what) = asked(request).filter(|_| reason.as_str().unwrap().contains("allowed by"))
            else {
                continue;
            };
            let user = &case["user"];
            let asserted = json!({"user": user["name"], "groups": user["groups"], "can": what});
            let file = parsed(&json!({"version": 1, "assertions": [asserted]}));
            let report = check(&files(&objects(&case))[0], &file);
            assert_eq!(json!(report.assertions[0].why), reason, "{}", case["name"]);
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared}");
}
