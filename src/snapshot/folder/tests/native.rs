use crate::model::{AccessScope, AuthenticationMode, EntryType};
use crate::rbac::SubjectKind;
use crate::snapshot::folder::rbac::RBAC;
use crate::snapshot::folder::tests::*;
use crate::snapshot::{Caller, ObservedEntry};

fn cluster(fields: &str) -> crate::snapshot::Cluster {
    let text = format!(
        r#"{{"cluster": {{"name": "c", "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/c", "version": "1.30",
            "createdAt": 1715000000.123, "status": "ACTIVE", "platformVersion": "eks.5", "tags": {{}} {fields}}}}}"#
    );
    load(&[("cluster.json", &text)]).cluster.unwrap()
}

#[test]
fn the_cluster_and_its_mode() {
    let old = cluster("");
    assert_eq!(
        (old.mode, old.endpoint, old.auto_mode_node_role),
        (AuthenticationMode::ConfigMap, None, None)
    );
    assert_eq!(cluster(r#", "accessConfig": {}"#).mode, AuthenticationMode::ConfigMap);
    assert_eq!(cluster(r#", "accessConfig": null"#).mode, AuthenticationMode::ConfigMap);
    let auto = cluster(
        r#", "accessConfig": {"bootstrapClusterCreatorAdminPermissions": true, "authenticationMode": "API"},
           "endpoint": "https://x", "computeConfig": {"enabled": true, "nodePools": ["system"],
           "nodeRoleArn": "arn:aws:iam::111122223333:role/Auto"}"#,
    );
    assert_eq!(auto.mode, AuthenticationMode::Api);
    assert_eq!(auto.auto_mode_node_role.unwrap().name(), "Auto");
    assert_eq!(cluster(r#", "computeConfig": {"enabled": false}"#).auto_mode_node_role, None);
}

#[test]
fn access_entries_with_their_policies() {
    let text = r#"[
        {"accessEntry": {"clusterName": "c", "principalArn": "arn:aws:iam::111122223333:role/b",
            "kubernetesGroups": [], "accessEntryArn": "arn:x", "createdAt": "2024-05-06T12:53:20.5+00:00",
            "modifiedAt": 1715000001.5, "tags": {"a": "b"}, "username": "u", "type": "STANDARD"},
         "associatedAccessPolicies": [{"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            "accessScope": {"type": "namespace", "namespaces": ["y", "x"]}, "associatedAt": 1, "modifiedAt": 1}]},
        {"accessEntry": {"principalArn": "arn:aws:iam::111122223333:role/a", "kubernetesGroups": ["system:nodes"],
            "createdAt": 1715000000, "type": "EC2_LINUX"}}
    ]"#;
    let entries = load(&[("access-entries.json", text)]).access_entries.unwrap();
    let [node, standard] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((&node.entry_type, node.created.as_str()), (&EntryType::Ec2Linux, "1715000000"));
    assert_eq!(standard.modified, "1715000001.5");
    let seconds = |entry: &ObservedEntry| entry.created_at().unwrap().as_second();
    assert_eq!(seconds(node), seconds(standard));
    let scopes: Vec<_> = standard.policies.values().collect();
    assert_eq!(scopes, [&AccessScope::namespaces(["x".to_owned(), "y".to_owned()]).unwrap()]);
    let twice = text.replace("role/a", "role/b");
    assert_eq!(error("access-entries.json", &twice), "arn:aws:iam::111122223333:role/b has two entries");
}

#[test]
fn node_groups_one_or_many() {
    let group = |name: &str| {
        format!(
            r#"{{"nodegroup": {{"nodegroupName": "{name}", "version": "1.30", "amiType": "AL2_x86_64",
               "nodeRole": "arn:aws:iam::111122223333:role/{name}", "scalingConfig": {{"minSize": 1}}}}}}"#
        )
    };
    let (a, b) = (group("a"), group("b"));
    for text in [format!("[{b},{a}]"), format!("{b}\n{a}\n")] {
        let groups = load(&[("nodegroups.json", &text)]).nodegroups.unwrap();
        assert_eq!(groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }
    assert_eq!(load(&[("nodegroups.json", &a)]).nodegroups.unwrap().len(), 1);
    assert_eq!(load(&[("nodegroups.json", "[]")]).nodegroups.unwrap().len(), 0);
    let profile = r#"{"fargateProfile": {"fargateProfileName": "f", "selectors": [],
        "podExecutionRoleArn": "arn:aws:iam::111122223333:role/p"}}"#;
    assert_eq!(load(&[("fargate-profiles.json", profile)]).fargate_profiles.unwrap()[0].name, "f");
}

#[test]
fn a_list_of_roles_is_complete_unless_it_gives_itself_away() {
    let role = |more: &str| {
        format!(
            r#"{{"Path": "/a/", "RoleName": "R", "RoleId": "AROAX", "Arn": "arn:aws:iam::111122223333:role/a/R",
               "CreateDate": "2024-05-06T12:53:20+00:00", "AssumeRolePolicyDocument": {{}}, "MaxSessionDuration": 3600
               {more}}}"#
        )
    };
    let used = role(r#", "RoleLastUsed": {}"#);
    for (text, complete) in [
        (format!(r#"{{"Roles": [{}]}}"#, role("")), true),
        (format!(r#"{{"Roles": [{}], "IsTruncated": false}}"#, role("")), true),
        (r#"{"Roles": []}"#.to_owned(), true),
        (format!(r#"{{"Roles": [{}], "IsTruncated": true}}"#, role("")), false),
        (format!(r#"{{"Roles": [{}], "NextToken": "x"}}"#, role("")), false),
        (format!(r#"{{"Roles": [{used}]}}"#), false),
        (format!(r#"{{"Roles": [{{"Role": {}}}]}}"#, role("")), false),
        (format!(r#"[{{"Role": {}}}]"#, role("")), false),
        (format!(r#"{{"Role": {used}}}"#), false),
        (format!(r#"[{}]"#, role("")), false),
        (format!(r#"{{"Roles": [{}]}} {{"Roles": []}}"#, role("")), false),
    ] {
        let roles = load(&[("iam-roles.json", &text)]).iam_roles.unwrap();
        assert_eq!(roles.complete, complete, "{text}");
        for item in &roles.items {
            assert_eq!((item.arn.path(), item.id.as_str()), ("/a/", "AROAX"));
            assert_eq!(item.created_at().unwrap().as_second(), 1_715_000_000);
        }
    }
    let users = r#"{"Users": [{"UserName": "u", "UserId": "AIDAX", "Arn": "arn:aws:iam::111122223333:user/u",
        "CreateDate": "2024-05-06T12:53:20+00:00", "PasswordLastUsed": "2024-05-06T12:53:20+00:00"}]}"#;
    assert!(load(&[("iam-users.json", users)]).iam_users.unwrap().complete);
    assert_eq!(error("iam-roles.json", users), "arn:aws:iam::111122223333:user/u is not a role");
    assert_eq!(error("iam-roles.json", "{\"Roles\": [{}]}"), "1:14 missing field `Arn`");
}

#[test]
fn rbac_in_lists_and_documents() {
    let text = "\
apiVersion: v1
kind: List
metadata:
  resourceVersion: \"\"
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: r, namespace: b, labels: {a: b}}
  rules:
  - apiGroups: [\"\"]
    resources: [pods]
    verbs: [get, list]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: r}
  rules: null
  aggregationRule: {clusterRoleSelectors: []}
- apiVersion: iam.services.k8s.aws/v1alpha1
  kind: Role
  metadata: {name: not-this, namespace: x}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBindingList
items:
- metadata: {name: n}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
- metadata: {name: m}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
  subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: Group, name: 'yes'}
  - {kind: group, name: x}
---
kind: RoleBinding
metadata: {name: m, namespace: b}
roleRef: {kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: s, namespace: b}]
";
    let rbac = load(&[("rbac.yaml", text)]).rbac.unwrap();
    let roles: Vec<_> = rbac.roles.iter().map(|role| (role.namespace.as_deref(), role.rules.len())).collect();
    assert_eq!(roles, [(None, 0), (Some("b"), 1)]);
    let bindings: Vec<_> = rbac.bindings.iter().map(|b| (b.namespace.as_deref(), b.name.as_str())).collect();
    assert_eq!(bindings, [(None, "m"), (None, "n"), (Some("b"), "m")]);
    let subjects = &rbac.bindings[0].subjects;
    assert_eq!((&subjects[0].kind, subjects[0].name.as_str()), (&SubjectKind::Group, "yes"));
    assert_eq!(subjects[1].kind, SubjectKind::Other("group".into()));
    let twice = format!("{text}---\nkind: ClusterRole\nmetadata: {{name: r}}\n");
    assert!(error("rbac.yaml", &twice).ends_with(" ClusterRole r is listed twice"));
    assert!(error("rbac.yaml", "kind: Role\nmetadata: {name: r}\n").ends_with(" Role r has no namespace"));
}

#[test]
fn aggregated_roles_of_manifests_are_filled_and_written_with_their_selectors() {
    let text = "\
kind: ClusterRole
metadata: {name: monitoring}
rules: []
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-monitoring: 'true'}}, {matchExpressions: null}]}
---
kind: ClusterRole
metadata: {name: part, labels: {to-monitoring: 'true'}}
rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]
---
kind: ClusterRole
metadata: {name: stored}
rules: [{apiGroups: [''], resources: [nodes], verbs: [get]}]
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to-monitoring: 'true'}}]}
---
kind: Role
metadata: {name: part, namespace: b, labels: {to-monitoring: 'true'}}
rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
";
    let rbac = load(&[("rbac.yaml", text)]).rbac.unwrap();
    let resources = |at: usize| -> Vec<&str> {
        rbac.roles[at].rules.iter().flat_map(|rule| &rule.resources).map(String::as_str).collect()
    };
    assert_eq!((resources(0), resources(2)), (vec!["pods", "nodes"], vec!["nodes"]));
    let written = (RBAC.write)(&rbac);
    assert!(written.contains("matchLabels") && written.contains("labels"), "{written}");
    assert_eq!(load(&[("rbac.yaml", &written)]).rbac.unwrap(), rbac);
}

#[test]
fn namespaces_policies_and_the_caller() {
    let text = "apiVersion: v1\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: b}}\n\
                - {kind: Namespace, metadata: {name: a}, status: {phase: Active}}\nkind: List\n";
    assert_eq!(load(&[("namespaces.yaml", text)]).namespaces.unwrap(), ["a", "b"]);
    assert_eq!(error("namespaces.yaml", "kind: Pod\nmetadata: {name: a}\n"), "1:1 kind Pod, not Namespace");
    let policies = r#"{"accessPolicies": [{"name": "AmazonEKSViewPolicy",
        "arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"}]}"#;
    assert_eq!(
        load(&[("access-policies.json", policies)]).access_policies.unwrap()[0].name(),
        "AmazonEKSViewPolicy"
    );
    let caller = "\u{feff}{\"UserId\": \"AIDAX\", \"Account\": \"111122223333\", \"Arn\": \"arn:aws:iam::111122223333:user/u\"}";
    let expected = Caller {
        arn: "arn:aws:iam::111122223333:user/u".into(),
        account: "111122223333".into(),
        user_id: "AIDAX".into(),
    };
    assert_eq!(load(&[("caller.json", caller)]).caller, Some(expected));
}

#[test]
fn updates_and_identity_providers() {
    let updates = r#"[{"update": {"id": "a", "status": "Failed", "type": "AccessConfigUpdate",
        "params": [{"type": "AuthenticationMode", "value": "API_AND_CONFIG_MAP"}], "createdAt": 1715000000.5,
        "errors": [{"errorCode": "AccessDenied", "errorMessage": "no", "resourceIds": ["r-1"]}]}},
        {"update": {"id": "b", "status": "InProgress", "type": "VersionUpdate",
        "params": null, "createdAt": "2024-05-07T00:00:00Z", "errors": null}}]"#;
    let updates = load(&[("updates.json", updates)]).updates.unwrap();
    let seen: Vec<_> = updates.iter().map(|it| (it.id.as_str(), it.is_running(), it.mode())).collect();
    assert_eq!(seen, [("b", true, None), ("a", false, Some(AuthenticationMode::ApiAndConfigMap))]);
    assert_eq!(updates[1].errors, ["AccessDenied: no (r-1)"]);
    assert!(updates[1].created_at() < updates[0].created_at());
    // one alone, as the command prints it
    let one = r#"{"update": {"id": "a", "status": "Successful", "type": "ConfigUpdate"}}"#;
    assert_eq!(load(&[("updates.json", one)]).updates.unwrap()[0].created_at(), None);
    assert!(
        error("updates.json", &one.replace("Successful", "PAUSED"))
            .ends_with("unknown update status \"PAUSED\"")
    );
    assert!(error("updates.json", &format!("{one}{one}")).ends_with("the update a is listed twice"));
    let providers =
        r#"{"identityProviderConfigs": [{"type": "oidc", "name": "b"}, {"type": "oidc", "name": "a"}]}"#;
    let providers = load(&[("identity-providers.json", providers)]).identity_providers.unwrap();
    assert_eq!(providers.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

/// Kubernetes documentation, "Discovery API".
#[test]
fn what_the_api_server_serves() {
    let groups = r#"{"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": "apps",
        "versions": [{"groupVersion": "apps/v1", "version": "v1"}],
        "preferredVersion": {"groupVersion": "apps/v1", "version": "v1"}}]}"#;
    let core = r#"{"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        {"name": "pods", "singularName": "pod", "namespaced": true, "kind": "Pod", "verbs": ["list", "get"],
         "shortNames": ["po"], "categories": ["all"], "storageVersionHash": "xPOwRZ+Yhw8="},
        {"name": "pods/exec", "singularName": "", "namespaced": true, "kind": "PodExecOptions", "verbs": ["create", "get"]},
        {"name": "nodes", "singularName": "node", "namespaced": false, "kind": "Node", "verbs": ["get"]}]}"#;
    // the group of a subresource is that of the kind it takes
    let apps = r#"{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "apps/v1", "resources": [
        {"name": "deployments/scale", "singularName": "", "namespaced": true, "group": "autoscaling", "version": "v1",
         "kind": "Scale", "verbs": ["get"]}]}"#;
    let found = |text: &str| {
        let found = load(&[("api-resources.json", text)]).api_resources.unwrap();
        let shown = found.items.iter().map(|it| {
            let subresource = it.subresource.as_deref().unwrap_or("-");
            format!("{}|{}|{}|{subresource}|{}", it.group, it.version, it.resource, it.namespaced)
        });
        (shown.collect::<Vec<_>>(), found.complete)
    };
    let all =
        ["|v1|nodes|-|false", "|v1|pods|-|true", "|v1|pods|exec|true", "apps|v1|deployments|scale|true"];
    let all = all.map(str::to_owned).to_vec();
    let list = format!(r#"{{"kind": "List", "apiVersion": "v1", "items": [{groups}, {core}, {apps}]}}"#);
    for whole in [format!("[{groups}, {core}, {apps}]"), format!("{apps}\n{core}\n{groups}"), list] {
        assert_eq!(found(&whole), (all.clone(), true), "{whole}");
    }
    // one list is missing, or nothing says that none is
    for part in [format!("[{groups}, {core}]"), format!("[{core}, {apps}]"), core.to_owned()] {
        assert!(!found(&part).1, "{part}");
    }
    // no API server is without pods
    assert!(!found(&format!("[{groups}, {}, {apps}]", core.replace("pods", "pets"))).1);

    let kubectl = r#"{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "", "resources": [
        {"name": "pods", "singularName": "pod", "namespaced": true, "version": "v1", "kind": "Pod", "verbs": ["get"]},
        {"name": "deployments", "singularName": "deployment", "namespaced": true, "group": "apps", "version": "v1",
         "kind": "Deployment", "verbs": ["get"]}]}"#;
    let by_kubectl = ["|v1|pods|-|true", "apps|v1|deployments|-|true"].map(str::to_owned).to_vec();
    assert_eq!(found(kubectl), (by_kubectl, false));

    let wrong = |text: &str| error("api-resources.json", text);
    assert_eq!(wrong(r#"{"kind": "PodList", "items": []}"#), "kind PodList, not APIResourceList");
    assert_eq!(wrong("[{}]"), "a document lacks its kind");
    assert_eq!(
        wrong(&kubectl.replace(r#""version": "v1", "kind": "Pod""#, r#""kind": "Pod""#)),
        "the resource pods lacks its version"
    );
    assert_eq!(
        wrong(r#"{"kind": "APIResourceList", "resources": [{}]}"#),
        "APIResourceList: missing field `name`"
    );
}

#[test]
fn a_local_cluster_on_an_outpost_is_told_by_its_config_or_its_platform() {
    let cluster = |platform: &str, config: &str| {
        let text = format!(
            r#"{{"cluster": {{"arn": "arn:aws:eks:eu-west-1:111122223333:cluster/c", "version": "1.31",
            "status": "ACTIVE", "platformVersion": "{platform}"{config}}}}}"#
        );
        load(&[("cluster.json", &text)]).cluster.unwrap().outpost
    };
    assert!(cluster("eks-local-outposts.3", ""));
    assert!(cluster("eks.20", r#", "outpostConfig": {"outpostArns": ["a"]}"#));
    assert!(!cluster("eks.20", ""));
    assert!(!cluster("eks.20", r#", "outpostConfig": null"#));
}
