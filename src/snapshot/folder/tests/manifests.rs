//! Roles and bindings of a file, wherever it comes from.

use std::path::Path;

use crate::rbac::ProblemKind;
use crate::snapshot::RbacFile;

fn read(text: &str) -> RbacFile {
    RbacFile::of(Path::new("rbac.yaml"), text.as_bytes().to_vec()).unwrap()
}

/// As the program prints it.
fn error(text: &str) -> String {
    let error = RbacFile::of(Path::new("f"), text.as_bytes().to_vec()).unwrap_err();
    format!("{error}: {}", error.kind)
}

fn problems(text: &str) -> Vec<String> {
    read(text).problems.iter().map(ToString::to_string).collect()
}

const HELM: &str = "\
# what helm prints
---
# Source: chart/templates/job.yaml
apiVersion: batch/v1
kind: Job
metadata: {generateName: setup-}
---
apiVersion: audit.k8s.io/v1
kind: Policy
rules: [{level: None, verbs: [get], resources: [{group: '', resources: [pods]}]}]
---
apiVersion: iam.services.k8s.aws/v1alpha1
kind: Role
metadata: {name: not-this}
rules: none
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {rules: none}}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: reader}
  rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
---
";

#[test]
fn other_kinds_are_skipped_whatever_they_hold() {
    let file = read(HELM);
    assert_eq!(file.rbac.roles.iter().map(|role| role.name.as_str()).collect::<Vec<_>>(), ["reader"]);
    assert_eq!(file.problems, []);
}

#[test]
fn json_is_read_as_kubectl_prints_it() {
    let text = r#"{
	"apiVersion": "v1",
	"items": [
		{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r\u00e9", "labels": null},
		 "rules": [{"nonResourceURLs": ["/healthz"], "verbs": ["get"]}], "aggregationRule": null}
	],
	"kind": "List"
}"#;
    let file = read(text);
    assert_eq!((file.rbac.roles[0].name.as_str(), &file.problems), ("ré", &vec![]));
}

#[test]
fn an_error_names_its_document_and_place() {
    assert_eq!(
        error(&format!("{HELM}kind: ClusterRole\nmetadata: {{name: reader}}\n")),
        "f:26:1: document 5: ClusterRole reader is listed twice"
    );
    assert_eq!(
        error(&format!("{HELM}kind: ClusterRole\nrules: []\n")),
        "f:26:1: document 5: the object lacks its name"
    );
    assert_eq!(error("kind: ClusterRole\n"), "f:1:1: the object lacks its name");
    let rules = "kind: Role\nmetadata: {name: a, namespace: b}\nrules: [{verbs: get}]\n";
    assert!(error(rules).starts_with("f:3:17: "), "{}", error(rules));
    assert!(error(&format!("{HELM}{rules}")).starts_with("f:28:17: document 5: "), "{}", error(rules));
    assert_eq!(error(""), "f: it is empty");
    assert!(error("a: [\n").starts_with("f:"), "{}", error("a: [\n"));
}

#[test]
fn keys_that_nobody_reads_are_told_with_the_one_that_is_meant() {
    let text = "\
kind: ClusterRole
metadata: {name: a}
rules:
- apigroups: ['']
  resources: [pods]
  verbs: [get]
- nonResourceUrls: [/healthz]
  verb: [get]
  comment: kept
---
kind: ClusterRoleBinding
metadata: {name: b}
roleref: {kind: ClusterRole, name: a}
Subjects: [{kind: Group, name: g}]
";
    let found = problems(text);
    assert_eq!(
        found[0],
        "5 unknown keys are ignored: keys are case-sensitive: \
         \"apigroups\" of ClusterRole a, from line 1, is spelled apiGroups, \
         \"nonResourceUrls\" of ClusterRole a, from line 1, is spelled nonResourceURLs, \
         \"verb\" of ClusterRole a, from line 1, is spelled verbs and 2 more"
    );
    let kinds: Vec<ProblemKind> = read(text).problems.iter().map(|problem| problem.what).collect();
    assert_eq!(kinds, [ProblemKind::UnreadKey, ProblemKind::UnknownRoleKind, ProblemKind::IdleRule]);
}

#[test]
fn what_has_no_namespace_counts_in_none() {
    let text = "\
kind: RoleBinding
metadata: {name: b}
roleRef: {kind: ClusterRole, name: a}
---
kind: Role
metadata: {name: r, namespace: ''}
";
    let file = read(text);
    assert_eq!((file.rbac.roles.len(), file.rbac.bindings.len()), (0, 0));
    assert_eq!(problems(text), ["2 objects have no namespace, and count in none: RoleBinding b, Role r"]);
}

/// No time or memory that grows faster than the text.
#[test]
fn a_hundred_thousand_bindings_are_read() {
    let binding = |n: usize| {
        format!(
            r#"{{"kind": "RoleBinding", "metadata": {{"name": "b{n}", "namespace": "n{}"}}, "roleRef": {{"kind": "Role", "name": "gone"}}, "subjects": [{{"kind": "Group", "name": "g{n}"}}]}}"#,
            n % 100
        )
    };
    let items: Vec<String> = (0..100_000).map(binding).collect();
    let text = format!(r#"{{"kind": "List", "items": [{}]}}"#, items.join(","));
    let file = read(&text);
    assert_eq!(file.rbac.bindings.len(), 100_000);
    let [missing] = file.problems.as_slice() else { panic!("{:?}", file.problems) };
    assert_eq!((missing.what, missing.count, missing.named.len()), (ProblemKind::MissingRole, 100_000, 3));
    // each a document of its own
    let text = items[..5_000].join("\n---\n");
    assert_eq!(read(&text).rbac.bindings.len(), 5_000);
}
