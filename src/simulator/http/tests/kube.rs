use serde_json::json as value;

use crate::simulator::http::tests::*;

const MAPS: &str = "/kubernetes/api/v1/namespaces/kube-system/configmaps";
const AWS_AUTH: &str = "/kubernetes/api/v1/namespaces/kube-system/configmaps/aws-auth";
const RBAC: &str = "/kubernetes/apis/rbac.authorization.k8s.io/v1";
const LEASES: &str = "/kubernetes/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";

fn patch(world: &Simulator, kind: &str, body: &Value) -> (u16, Value) {
    let mut request = request("PATCH", AWS_AUTH, &body.to_string());
    request.headers.push(("content-type".to_owned(), kind.to_owned()));
    let response = world.respond(&request, &scene());
    (response.status, json(&response))
}

#[test]
fn a_stale_replacement_is_a_conflict_and_labels_are_the_clients() {
    let world = dual();
    let (_, mut map) = ask(&world, "GET", AWS_AUTH, "");
    map["metadata"]["labels"] = value!({"team": "a"});
    map["metadata"]["uid"] = value!("not the client's to say");
    map["data"] = value!({"mapRoles": "- a"});
    let (status, changed) = ask(&world, "PUT", AWS_AUTH, &map.to_string());
    assert_eq!(status, 200);
    assert_eq!(changed["metadata"]["labels"], value!({"team": "a"}));
    assert_ne!(changed["metadata"]["uid"], map["metadata"]["uid"]);
    let (status, conflict) = ask(&world, "PUT", AWS_AUTH, &map.to_string());
    assert_eq!((status, &conflict["reason"]), (409, &value!("Conflict")));
    assert_eq!(conflict["details"], value!({"kind": "configmaps", "name": "aws-auth"}));
    assert_eq!(ask(&world, "GET", AWS_AUTH, "").1, changed);
}

#[test]
fn patches_apply_whole_or_not_at_all() {
    let world = dual();
    let version = ask(&world, "GET", AWS_AUTH, "").1["metadata"]["resourceVersion"].clone();
    let tested = |version: &Value| {
        value!([
            {"op": "test", "path": "/metadata/resourceVersion", "value": version},
            {"op": "replace", "path": "/data", "value": {"mapUsers": "[]"}},
        ])
    };
    let (status, refused) = patch(&world, "application/json-patch+json", &tested(&value!("0")));
    assert_eq!((status, &refused["reason"]), (422, &value!("Invalid")));
    let (status, changed) = patch(&world, "application/json-patch+json", &tested(&version));
    assert_eq!((status, &changed["data"]), (200, &value!({"mapUsers": "[]"})));
    let merge = value!({"data": {"mapUsers": null, "mapRoles": "[]"}});
    let (_, merged) = patch(&world, "application/merge-patch+json; charset=utf-8", &merge);
    assert_eq!(merged["data"], value!({"mapRoles": "[]"}));
    let stale = value!({"metadata": {"resourceVersion": version}, "data": {"x": "y"}});
    assert_eq!(patch(&world, "application/merge-patch+json", &stale).0, 409);
    assert_eq!(patch(&world, "application/apply-patch+yaml", &stale).0, 415);
}

#[test]
fn a_dry_run_is_judged_and_not_done() {
    let world = dual();
    let before = ask(&world, "GET", AWS_AUTH, "").1;
    assert_eq!(ask(&world, "DELETE", &format!("{AWS_AUTH}?dryRun=All"), "").0, 200);
    assert_eq!(ask(&world, "GET", AWS_AUTH, "").1, before);
    let map = value!({"metadata": {"name": "aws-auth"}, "data": {}}).to_string();
    let (status, exists) = ask(&world, "POST", &format!("{MAPS}?dryRun=All"), &map);
    assert_eq!((status, &exists["reason"]), (409, &value!("AlreadyExists")));
}

#[test]
fn deletion_holds_to_its_preconditions() {
    let world = dual();
    let version = ask(&world, "GET", AWS_AUTH, "").1["metadata"]["resourceVersion"].clone();
    for preconditions in [value!({"resourceVersion": "0"}), value!({"uid": "0"})] {
        let body = value!({"preconditions": preconditions}).to_string();
        assert_eq!(ask(&world, "DELETE", AWS_AUTH, &body).0, 409, "{body}");
    }
    let body = value!({"preconditions": {"resourceVersion": version}}).to_string();
    let (status, deleted) = ask(&world, "DELETE", AWS_AUTH, &body);
    assert_eq!((status, &deleted["status"]), (200, &value!("Success")));
    let (status, gone) = ask(&world, "GET", AWS_AUTH, "");
    assert_eq!((status, &gone["message"]), (404, &value!("configmaps \"aws-auth\" not found")));
    let map = value!({"metadata": {"name": "aws-auth", "labels": {"a": "b"}}, "data": {"mapRoles": "[]"}});
    let (status, made) = ask(&world, "POST", MAPS, &map.to_string());
    assert_eq!((status, &made["metadata"]["labels"]), (201, &value!({"a": "b"})));
}

#[test]
fn bindings_are_made_listed_in_pages_and_deleted() {
    let world = dual();
    for name in ["a", "b"] {
        let body = value!({
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "Group", "name": "devs"}],
        });
        let all = format!("{RBAC}/clusterrolebindings");
        assert_eq!(ask(&world, "POST", &all, &body.to_string()).0, 201);
        assert_eq!(ask(&world, "POST", &all, &body.to_string()).0, 409);
    }
    let (_, first) = ask(&world, "GET", &format!("{RBAC}/clusterrolebindings?limit=1"), "");
    assert_eq!(first["items"][0]["metadata"]["name"], "a");
    let next = first["metadata"]["continue"].as_str().unwrap();
    let rest = format!("{RBAC}/clusterrolebindings?limit=1&continue={next}");
    let (_, second) = ask(&world, "GET", &rest, "");
    assert_eq!(second["items"][0]["metadata"]["name"], "b");
    assert!(second["metadata"].get("continue").is_none());
    assert_eq!(ask(&world, "GET", &format!("{RBAC}/clusterrolebindings?continue=x"), "").0, 400);
    assert_eq!(ask(&world, "GET", &format!("{RBAC}/rolebindings"), "").1["items"], value!([]));
    let one = format!("{RBAC}/clusterrolebindings/a");
    assert_eq!(ask(&world, "GET", &one, "").1["roleRef"]["name"], "view");
    assert_eq!(ask(&world, "DELETE", &one, "").0, 200);
    assert_eq!(ask(&world, "GET", &one, "").0, 404);
}

#[test]
fn a_lease_is_replaced_only_at_its_version() {
    let world = dual();
    let one = format!("{LEASES}/eksodus");
    assert_eq!(ask(&world, "GET", &one, "").0, 404);
    let body = value!({
        "metadata": {"name": "eksodus"},
        "spec": {"holderIdentity": "me", "leaseDurationSeconds": 30, "renewTime": "2026-01-01T00:00:00.000000Z"},
    });
    let (status, made) = ask(&world, "POST", LEASES, &body.to_string());
    assert_eq!((status, &made["spec"]["renewTime"]), (201, &value!("2026-01-01T00:00:00.000000Z")));
    assert_eq!(ask(&world, "PUT", &one, &made.to_string()).0, 200);
    assert_eq!(ask(&world, "PUT", &one, &made.to_string()).0, 409);
}

#[test]
fn reviews_answer_what_they_were_asked() {
    let world = dual();
    let reviews = "/kubernetes/apis/authorization.k8s.io/v1";
    let resource = value!({"verb": "get", "resource": "configmaps", "name": "aws-auth"});
    let spec = value!({"spec": {"user": "x", "groups": ["system:masters"], "resourceAttributes": resource}});
    let (status, review) = ask(&world, "POST", &format!("{reviews}/subjectaccessreviews"), &spec.to_string());
    assert_eq!((status, &review["status"]["allowed"]), (201, &value!(true)));
    assert_eq!(review["spec"], spec["spec"]);
    world.set_faults(read_faults(&["deny:kube:GetAwsAuth"]));
    let own = value!({"spec": {"resourceAttributes": resource}}).to_string();
    let (_, review) = ask(&world, "POST", &format!("{reviews}/selfsubjectaccessreviews"), &own);
    assert_eq!(review["status"]["allowed"], false);
    let nothing = value!({"spec": {}}).to_string();
    assert_eq!(ask(&world, "POST", &format!("{reviews}/selfsubjectaccessreviews"), &nothing).0, 422);
    // nothing lets the caller in
    let own = "/kubernetes/apis/authentication.k8s.io/v1/selfsubjectreviews";
    assert_eq!(ask(&world, "POST", own, "{}").0, 401);
}

#[test]
fn nodes_say_whether_they_are_ready() {
    let world = dual();
    let (_, nodes) = ask(&world, "GET", "/kubernetes/api/v1/nodes", "");
    let node = &nodes["items"][0];
    assert_eq!(node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"], "workers");
    assert_eq!(node["status"]["conditions"][0]["status"], "True");
}

#[test]
fn every_part_of_a_config_map_is_kept_and_an_immutable_one_is_not_changed() {
    let world = dual();
    assert_eq!(ask(&world, "DELETE", AWS_AUTH, "").0, 200);
    let mut map = value!({
        "apiVersion": "v1", "kind": "ConfigMap", "data": {"mapRoles": "- a"}, "binaryData": {"logo": "eA=="},
        "metadata": {"name": "aws-auth", "namespace": "kube-system", "labels": {"team": "a"}}, "immutable": true,
    });
    let (status, made) = ask(&world, "POST", MAPS, &map.to_string());
    assert_eq!(status, 201);
    for part in ["data", "binaryData", "immutable"] {
        assert_eq!(made[part], map[part], "{part}");
    }
    assert_eq!(made["metadata"]["labels"], map["metadata"]["labels"]);
    for (part, changed) in [("data", value!({})), ("binaryData", Value::Null), ("immutable", value!(false))] {
        let before = std::mem::replace(&mut map[part], changed);
        let (status, refused) = ask(&world, "PUT", AWS_AUTH, &map.to_string());
        assert_eq!((status, &refused["reason"]), (422, &value!("Invalid")), "{part}");
        map[part] = before;
    }
    // labels are metadata, which may be changed
    map["metadata"]["labels"] = value!({"team": "b"});
    let (status, relabelled) = ask(&world, "PUT", AWS_AUTH, &map.to_string());
    assert_eq!((status, &relabelled["metadata"]["labels"]), (200, &value!({"team": "b"})));
    assert_eq!(relabelled["binaryData"], map["binaryData"]);
}
