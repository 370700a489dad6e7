use serde_json::json;

use crate::kube::owners::*;

fn of(metadata: Value, map_roles: &str) -> Vec<Owner> {
    let Value::Object(metadata) = metadata else { panic!("metadata is an object") };
    let data = [("mapRoles".to_owned(), map_roles.to_owned())].into();
    owners(&ConfigMap { data, metadata, ..ConfigMap::default() })
}

fn found(metadata: Value) -> Vec<(String, Vec<String>)> {
    of(metadata, "").into_iter().map(|Owner { tool, evidence }| (tool.to_string(), evidence)).collect()
}

fn tools(metadata: Value) -> Vec<String> {
    found(metadata).into_iter().map(|(tool, _)| tool).collect()
}

fn entry(manager: &str, operation: &str, fields: Value) -> Value {
    json!({
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
        "manager": manager,
        "operation": operation,
        "time": "2026-04-26T10:21:52Z",
    })
}

/// Of a cluster with a managed node group, edited in the console.
#[test]
fn managers_are_named_with_what_they_own() {
    let metadata = json!({
        "creationTimestamp": "2026-04-26T10:21:52Z",
        "managedFields": [
            entry("vpcLambda", "Update", json!({"f:data": {".": {}, "f:mapRoles": {}}})),
            entry("Mozilla", "Update", json!({"f:data": {"f:mapUsers": {}}})),
            entry("unknown", "Update", json!({"f:data": {"f:mapAccounts": {}}})),
        ],
        "name": "aws-auth",
        "namespace": "kube-system",
        "uid": "a2862e92-4697-4654-bb19-dc28b17dc21b",
    });
    let expected = [
        ("EKS".to_owned(), vec!["managedFields: manager vpcLambda (Update) of data.mapRoles".to_owned()]),
        ("Mozilla".to_owned(), vec!["managedFields: manager Mozilla (Update) of data.mapUsers".to_owned()]),
        (
            "an unnamed client".to_owned(),
            vec!["managedFields: manager unknown (Update) of data.mapAccounts".to_owned()],
        ),
    ];
    assert_eq!(found(metadata), expected);
}

#[test]
fn this_program_and_managers_without_fields_are_left_out() {
    let fields = json!({"f:data": {"f:mapRoles": {}}});
    let metadata = json!({
        "managedFields": [
            entry("eksodus", "Update", fields),
            entry("Terraform", "Apply", json!({})),
            {"manager": "helm", "operation": "Update"},
            null,
        ],
        "labels": null,
        "annotations": {"example.com/team": "platform"},
    });
    assert_eq!(found(metadata), []);
    assert_eq!(found(json!({})), []);
}

#[test]
fn every_tool_is_known_by_its_managers() {
    let fields = json!({"f:data": {"f:mapRoles": {}}});
    for (manager, operation, tool, returns) in [
        ("Terraform", "Apply", "Terraform", Returns::NextRun),
        ("HashiCorp", "Update", "Terraform", Returns::NextRun),
        ("terraform-provider-kubernetes_v2.30.0_x5", "Update", "Terraform", Returns::NextRun),
        ("helm", "Update", "Helm", Returns::NextRun),
        ("argocd-controller", "Apply", "Argo CD", Returns::AtOnce),
        ("argocd-application-controller", "Update", "Argo CD", Returns::AtOnce),
        ("kustomize-controller", "Apply", "Flux", Returns::AtOnce),
        ("helm-controller", "Update", "Flux", Returns::AtOnce),
        ("pulumi-kubernetes-31df3088", "Apply", "Pulumi", Returns::NextRun),
        ("eksctl", "Update", "eksctl", Returns::NewLines),
        ("kubectl-client-side-apply", "Update", "kubectl apply", Returns::NextRun),
        ("kubectl", "Apply", "kubectl apply", Returns::NextRun),
        ("kubectl-edit", "Update", "kubectl-edit", Returns::Unknown),
        ("vpcLambda", "Update", "EKS", Returns::NewLines),
    ] {
        let metadata = json!({"managedFields": [entry(manager, operation, fields.clone())]});
        let [Owner { tool: found, .. }] = &of(metadata, "")[..] else { panic!("{manager}: not one owner") };
        assert_eq!((found.to_string().as_str(), found.returns()), (tool, returns), "{manager}");
    }
}

#[test]
fn cluster_api_is_known_by_the_role_that_it_always_maps() {
    let its = "- rolearn: arn:aws:iam::111122223333:role/nodes.cluster-api-provider-aws.sigs.k8s.io\n";
    let another = "- rolearn: arn:aws:iam::111122223333:role/nodes\n";
    let by = |manager: &str| json!({"managedFields": [entry(manager, "Update", json!({"f:data": {}}))]});
    for (metadata, map_roles, tool) in [
        (by("manager"), its, Some("Cluster API")),
        // `kubectl get` does not show who manages it
        (json!({}), its, Some("Cluster API")),
        (by("manager"), another, Some("manager")),
        (json!({}), another, None),
        // somebody else has mapped its role
        (by("eksctl"), its, Some("eksctl")),
    ] {
        let found = of(metadata, map_roles);
        let tools: Vec<String> = found.iter().map(|owner| owner.tool.to_string()).collect();
        assert_eq!(tools, Vec::from_iter(tool), "{map_roles}");
    }
    let [Owner { evidence, .. }] = &of(by("manager"), its)[..] else { panic!("not one owner") };
    assert!(
        evidence[0].contains("manager manager") && evidence[1].contains("a mapping of the role"),
        "{evidence:?}"
    );
}

#[test]
fn labels_and_annotations_speak_where_managed_fields_are_left_out() {
    for (metadata, tool) in [
        (
            json!({"annotations": {"argocd.argoproj.io/tracking-id": "eks:/ConfigMap:kube-system/aws-auth"}}),
            "Argo CD",
        ),
        (json!({"labels": {"argocd.argoproj.io/instance": "eks"}}), "Argo CD"),
        (json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "infra"}}), "Flux"),
        (json!({"labels": {"helm.toolkit.fluxcd.io/name": "aws-auth"}}), "Flux"),
        (json!({"annotations": {"meta.helm.sh/release-name": "aws-auth"}}), "Helm"),
        (json!({"labels": {"app.kubernetes.io/managed-by": "Helm"}}), "Helm"),
        (json!({"labels": {"app.kubernetes.io/managed-by": "Terraform"}}), "Terraform"),
        (json!({"labels": {"app.kubernetes.io/managed-by": "our-operator"}}), "our-operator"),
        (json!({"labels": {"aws.cdk.eks/prune-c82ececabf77e03e3590f2ebe02adba8641d1b3e76": ""}}), "AWS CDK"),
        (json!({"annotations": {"pulumi.com/patchForce": "true"}}), "Pulumi"),
        (json!({"annotations": {LAST: "{\"data\":{\"mapRoles\":\"…\"}}"}}), "kubectl apply"),
    ] {
        assert_eq!(tools(metadata), [tool]);
    }
}

const LAST: &str = tool::LAST_APPLIED;

#[test]
fn evidence_of_one_tool_is_gathered_and_the_last_applied_object_is_not_shown() {
    let metadata = json!({
        "annotations": {LAST: "{\"data\":{}}", "meta.helm.sh/release-name": "auth"},
        "labels": {"app.kubernetes.io/managed-by": "Helm", "aws.cdk.eks/prune-c82e": ""},
        "managedFields": [
            entry("helm", "Update", json!({"f:data": {"f:mapRoles": {}}, "f:metadata": {"f:labels": {}}})),
        ],
    });
    let expected = [
        ("AWS CDK", vec!["label aws.cdk.eks/prune-c82e"]),
        (
            "Helm",
            vec![
                "managedFields: manager helm (Update) of data.mapRoles, metadata.labels",
                "label app.kubernetes.io/managed-by=Helm",
                "annotation meta.helm.sh/release-name=auth",
            ],
        ),
        ("kubectl apply", vec!["annotation kubectl.kubernetes.io/last-applied-configuration"]),
    ];
    let expected =
        expected.map(|(tool, evidence)| (tool.to_owned(), evidence.into_iter().map(str::to_owned).collect()));
    assert_eq!(found(metadata), expected);
}

#[test]
fn whoever_restores_mappings_has_steps_and_whoever_adds_new_ones_none_that_are_needed() {
    use Tool::*;
    for tool in [ArgoCd, Flux, Terraform, Pulumi, Cdk, Helm, KubectlApply, Eksctl, ClusterApi] {
        let steps = tool.hand_over().unwrap();
        assert!(steps.contains("prune"), "{tool}: {steps}");
        let page = include_str!("../../../docs/hand-over.md");
        assert!(page.contains(&format!("\n### aws-auth and {tool}\n")), "docs/hand-over.md lacks {tool}");
    }
    assert_eq!((Eks.hand_over(), Other("x".to_owned()).hand_over()), (None, None));
}
