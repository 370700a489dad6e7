use crate::simulator::http::tests::*;

const ENTRIES: &str = "/clusters/prod/access-entries";
const DEV_PATH: &str = "/clusters/prod/access-entries/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fteam%2FDev";

fn create(world: &Simulator, principal: &str) -> (u16, Value) {
    ask(world, "POST", ENTRIES, &format!(r#"{{"principalArn": "{principal}"}}"#))
}

#[test]
fn a_refusal_has_the_name_and_status_of_the_api_model() {
    let world = simulator(AuthenticationMode::ConfigMap);
    let response = send(&world, "GET", ENTRIES, "");
    assert_eq!(response.status, 400);
    assert_eq!(header(&response, "x-amzn-errortype"), Some("InvalidRequestException"));
    let body = json(&response);
    assert_eq!(body["__type"], "InvalidRequestException");
    assert_eq!(
        body["message"],
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
    );
    let world = dual();
    for (target, status, name) in [
        (DEV_PATH, 404, "ResourceNotFoundException"),
        ("/clusters/other", 404, "ResourceNotFoundException"),
        ("/clusters/prod/access-entries?maxResults=0", 400, "InvalidParameterException"),
        ("/clusters/prod/access-entries?nextToken=x", 400, "InvalidParameterException"),
        ("/clusters/prod/addons", 404, "UnknownOperationException"),
    ] {
        let response = send(&world, "GET", target, "");
        assert_eq!(
            (response.status, header(&response, "x-amzn-errortype")),
            (status, Some(name)),
            "{target}"
        );
    }
    create(&world, DEV);
    assert_eq!(create(&world, DEV).0, 409);
}

#[test]
fn an_entry_is_made_shown_changed_and_deleted() {
    let world = dual();
    let (status, made) = create(&world, DEV);
    assert_eq!(status, 200);
    let entry = &made["accessEntry"];
    assert_eq!(entry["principalArn"], DEV);
    assert_eq!(entry["type"], "STANDARD");
    assert!(entry["createdAt"].is_f64(), "{entry}");
    assert_eq!(ask(&world, "GET", DEV_PATH, "").1, made);
    let (_, changed) = ask(&world, "POST", DEV_PATH, r#"{"kubernetesGroups": ["b", "a"]}"#);
    assert_eq!(changed["accessEntry"]["kubernetesGroups"], serde_json::json!(["a", "b"]));
    assert_eq!(changed["accessEntry"]["username"], entry["username"]);
    assert_eq!(ask(&world, "DELETE", DEV_PATH, "").0, 200);
    assert_eq!(ask(&world, "GET", DEV_PATH, "").0, 404);
}

#[test]
fn associating_again_keeps_the_first_time_and_replaces_the_scope() {
    let world = dual();
    create(&world, DEV);
    let policies = format!("{DEV_PATH}/access-policies");
    let body = |scope: &str| {
        format!(
            r#"{{"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", "accessScope": {scope}}}"#
        )
    };
    let (status, first) = ask(&world, "POST", &policies, &body(r#"{"type": "cluster"}"#));
    assert_eq!(status, 200);
    let (_, second) = ask(&world, "POST", &policies, &body(r#"{"type": "namespace", "namespaces": ["a"]}"#));
    let (first, second) = (&first["associatedAccessPolicy"], &second["associatedAccessPolicy"]);
    assert_eq!(first["associatedAt"], second["associatedAt"]);
    assert!(second["modifiedAt"].as_f64() > first["modifiedAt"].as_f64(), "{second}");
    let (_, list) = ask(&world, "GET", &policies, "");
    assert_eq!(list["associatedAccessPolicies"], serde_json::json!([second]));
    let by_policy =
        format!("{ENTRIES}?associatedPolicyArn=arn:aws:eks::aws:cluster-access-policy%2FAmazonEKSViewPolicy");
    assert_eq!(ask(&world, "GET", &by_policy, "").1["accessEntries"], serde_json::json!([DEV]));
    let other = format!("{ENTRIES}?associatedPolicyArn=arn:aws:eks::aws:cluster-access-policy%2FOther");
    assert_eq!(ask(&world, "GET", &other, "").1["accessEntries"], serde_json::json!([]));
    let one = format!("{policies}/arn%3Aaws%3Aeks%3A%3Aaws%3Acluster-access-policy%2FAmazonEKSViewPolicy");
    assert_eq!(ask(&world, "DELETE", &one, "").0, 200);
    assert_eq!(ask(&world, "DELETE", &one, "").0, 404);
}

#[test]
fn pages_are_as_long_as_they_are_asked_for() {
    let world = dual();
    create(&world, DEV);
    create(&world, "arn:aws:iam::111122223333:user/alice");
    let (_, first) = ask(&world, "GET", "/clusters/prod/access-entries?maxResults=1", "");
    assert_eq!(first["accessEntries"].as_array().unwrap().len(), 1);
    let next = first["nextToken"].as_str().unwrap();
    let rest = format!("/clusters/prod/access-entries?maxResults=1&nextToken={next}");
    let (_, second) = ask(&world, "GET", &rest, "");
    assert_ne!(first["accessEntries"], second["accessEntries"]);
    assert!(second.get("nextToken").is_none());
}

#[test]
fn the_mode_is_changed_by_an_update_that_ends_in_its_time() {
    let world = simulator(AuthenticationMode::ConfigMap);
    let body = r#"{"accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}, "clientRequestToken": "t"}"#;
    let (status, started) = ask(&world, "POST", "/clusters/prod/update-config", body);
    assert_eq!((status, &started["update"]["type"]), (200, &Value::from("AccessConfigUpdate")));
    let path = format!("/clusters/prod/updates/{}", started["update"]["id"].as_str().unwrap());
    let running = &ask(&world, "GET", &path, "").1["update"];
    assert_eq!(running["status"], "InProgress");
    assert_eq!(
        running["params"],
        serde_json::json!([{"type": "AuthenticationMode", "value": "API_AND_CONFIG_MAP"}])
    );
    let listed = ask(&world, "GET", "/clusters/prod/updates?maxResults=100", "").1;
    assert_eq!(listed["updateIds"], serde_json::json!([running["id"]]));
    assert_eq!(ask(&world, "GET", "/clusters/prod", "").1["cluster"]["status"], "UPDATING");
    world.advance_to(std::time::Duration::from_secs(200));
    assert_eq!(ask(&world, "GET", &path, "").1["update"]["status"], "Successful");
    let cluster = &ask(&world, "GET", "/clusters/prod", "").1["cluster"];
    assert_eq!(cluster["accessConfig"]["authenticationMode"], "API_AND_CONFIG_MAP");
    assert_eq!(cluster["endpoint"], "http://127.0.0.1:7/kubernetes");
    let bad = r#"{"accessConfig": {"authenticationMode": "NONE"}}"#;
    assert_eq!(ask(&world, "POST", "/clusters/prod/update-config", bad).0, 400);
}

#[test]
fn tags_of_an_entry_are_written_and_taken_away_by_its_arn() {
    let world = dual();
    let (_, made) = create(&world, DEV);
    let arn = made["accessEntry"]["accessEntryArn"].as_str().unwrap();
    let tags = format!("/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    let body = r#"{"tags": {"team": "a", "eksodus:run": "x-1", "cost center": "7"}}"#;
    assert_eq!(ask(&world, "POST", &tags, body), (200, serde_json::json!({})));
    let untag = format!("{tags}?tagKeys=eksodus%3Arun&tagKeys=cost%20center&tagKeys=none");
    assert_eq!(ask(&world, "DELETE", &untag, "").0, 200);
    let left = serde_json::json!({"team": "a"});
    assert_eq!(ask(&world, "GET", &tags, "").1["tags"], left);
    assert_eq!(ask(&world, "GET", DEV_PATH, "").1["accessEntry"]["tags"], left);
    // what is AWS's own, what is no entry, and whose entry is not there any more
    let reserved = r#"{"tags": {"AWS:cloudformation:stack-name": "a"}}"#;
    assert_eq!(ask(&world, "POST", &tags, reserved).0, 400);
    assert_eq!(ask(&world, "GET", "/tags/arn%3Aaws%3Aeks", "").0, 404);
    assert_eq!(ask(&world, "GET", &tags.replace("%2Fprod%2F", "%2Fother%2F"), "").0, 404);
    assert_eq!(ask(&world, "DELETE", DEV_PATH, "").0, 200);
    assert_eq!(ask(&world, "POST", &tags, body).0, 404);
}
