//! Requests as they go over the wire, and lists that go on.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::eks::{EksApi as _, IamApi as _, NewEntry, UpdateStatus};
use eksodus::model::{AuthenticationMode, EntryType, GroupName, PrincipalArn, Username};

use super::recorded::{Answer, Recorded};
use super::{aws, run};

const ROLE: &str = "arn:aws:iam::111122223333:role/a/b+c";
const ENCODED: &str = "arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa%2Fb%2Bc";

#[test]
fn every_list_of_eks_goes_on_by_its_token() {
    let policy = "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
    let server = Recorded::start(vec![
        Answer::json(r#"{"accessEntries":["one"],"nextToken":"a/b+c="}"#),
        Answer::json(r#"{"accessEntries":["two"],"nextToken":null}"#),
        Answer::json(&format!(
            r#"{{"associatedAccessPolicies":[{{"policyArn":"{policy}","accessScope":{{"type":"cluster","namespaces":[]}}}}],"nextToken":"n"}}"#
        )),
        Answer::json(r#"{"associatedAccessPolicies":[]}"#),
        Answer::json(&format!(r#"{{"accessPolicies":[{{"name":"x","arn":"{policy}"}}],"nextToken":""}}"#)),
        Answer::json(r#"{"nodegroups":["a"],"nextToken":"n"}"#),
        Answer::json(r#"{"fargateProfileNames":["f"]}"#),
    ]);
    run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        let first = aws.list_access_entries(None).await.unwrap();
        assert_eq!((first.items, first.next.as_deref()), (vec!["one".to_owned()], Some("a/b+c=")));
        let last = aws.list_access_entries(Some("a/b+c=")).await.unwrap();
        assert_eq!((last.items, last.next), (vec!["two".to_owned()], None));
        let first = aws.list_associated_access_policies(ROLE, None).await.unwrap();
        assert_eq!((first.items[0].0.to_string().as_str(), first.next.as_deref()), (policy, Some("n")));
        assert!(aws.list_associated_access_policies(ROLE, Some("n")).await.unwrap().items.is_empty());
        let policies = aws.list_access_policies(None).await.unwrap();
        assert_eq!((policies.items[0].to_string().as_str(), policies.next), (policy, None));
        assert_eq!(aws.list_nodegroups(Some("x")).await.unwrap().next.as_deref(), Some("n"));
        assert_eq!(aws.list_fargate_profiles(None).await.unwrap().items, ["f"]);
    });
    let lines: Vec<String> = server.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(
        lines,
        [
            "GET /clusters/c/access-entries?maxResults=100".to_owned(),
            "GET /clusters/c/access-entries?maxResults=100&nextToken=a%2Fb%2Bc%3D".to_owned(),
            format!("GET /clusters/c/access-entries/{ENCODED}/access-policies?maxResults=100"),
            format!("GET /clusters/c/access-entries/{ENCODED}/access-policies?maxResults=100&nextToken=n"),
            "GET /access-policies?maxResults=100".to_owned(),
            "GET /clusters/c/node-groups?maxResults=100&nextToken=x".to_owned(),
            "GET /clusters/c/fargate-profiles?maxResults=100".to_owned(),
        ]
    );
}

#[test]
fn lists_of_iam_go_on_by_their_marker_and_say_when_they_are_not_whole() {
    // a list is whole when its last page says so, and only what can be read counts
    let page = |arn: &str, end: &str| {
        Answer::xml(&format!(
            "<ListRolesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListRolesResult>{end}\
             <Roles><member><Path>/</Path><RoleName>x</RoleName><RoleId>AROAX</RoleId><Arn>{arn}</Arn>\
             <CreateDate>2024-05-06T12:53:20Z</CreateDate></member></Roles></ListRolesResult></ListRolesResponse>"
        ))
    };
    let server = Recorded::start(vec![
        page(ROLE, "<IsTruncated>true</IsTruncated><Marker>m:1/=</Marker>"),
        page("arn:aws:iam::111122223333:role/odd:name", "<IsTruncated>false</IsTruncated>"),
        page(ROLE, "<IsTruncated>true</IsTruncated>"),
    ]);
    run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        let first = aws.list_roles(None).await.unwrap();
        assert!(first.complete);
        assert_eq!(first.page.items[0].created, "2024-05-06T12:53:20+00:00");
        let next = first.page.next.unwrap();
        let odd = aws.list_roles(Some(&next)).await.unwrap();
        assert!(!odd.complete && odd.page.items.is_empty() && odd.page.next.is_none(), "{odd:?}");
        assert!(!aws.list_roles(None).await.unwrap().complete);
    });
    let requests = server.requests();
    assert!(requests[0].body.contains("MaxItems=1000") && !requests[0].body.contains("Marker"));
    assert!(requests[1].body.contains("Marker=m%3A1%2F%3D"), "{}", requests[1].body);
}

#[test]
fn writes_send_what_is_decided_and_nothing_else() {
    let entry = format!(
        r#"{{"accessEntry":{{"principalArn":"{ROLE}","type":"STANDARD","createdAt":1715000000.5}}}}"#
    );
    let server = Recorded::start(vec![Answer::json(&entry)]);
    let principal: PrincipalArn = ROLE.parse().unwrap();
    run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        let mut new = NewEntry {
            principal: principal.clone(),
            entry_type: EntryType::Standard,
            username: None,
            groups: BTreeSet::new(),
            tags: BTreeMap::new(),
            client_token: "t-1".to_owned(),
        };
        let made = aws.create_access_entry(&new).await.unwrap();
        assert_eq!(made.created, "2024-05-06T12:53:20.500000+00:00");
        new.username = Some(Username::new("me").unwrap());
        new.groups = BTreeSet::from([GroupName::new("g").unwrap()]);
        new.tags = BTreeMap::from([("k".to_owned(), String::new())]);
        aws.create_access_entry(&new).await.unwrap();
        aws.update_access_entry(&principal, &Username::new("me").unwrap(), &BTreeSet::new()).await.unwrap();
    });
    let requests = server.requests();
    let sent = |at: usize| -> serde_json::Value { serde_json::from_str(&requests[at].body).unwrap() };
    assert_eq!(requests[0].line, "POST /clusters/c/access-entries");
    assert_eq!(
        sent(0),
        serde_json::json!({"principalArn": ROLE, "type": "STANDARD", "clientRequestToken": "t-1"})
    );
    assert_eq!(
        sent(1),
        serde_json::json!({"principalArn": ROLE, "type": "STANDARD", "clientRequestToken": "t-1",
            "username": "me", "kubernetesGroups": ["g"], "tags": {"k": ""}})
    );
    assert_eq!(requests[2].line, format!("POST /clusters/c/access-entries/{ENCODED}"));
    assert_eq!((&sent(2)["username"], &sent(2)["kubernetesGroups"]), (&"me".into(), &serde_json::json!([])));
    assert!(requests[0].header("authorization").contains("Credential=AKIDEXAMPLE/"));
}

#[test]
fn the_mode_is_changed_by_an_update_that_is_read_again() {
    let update = |status: &str, errors: &str| {
        Answer::json(&format!(
            r#"{{"update":{{"id":"u-1","status":"{status}","type":"AccessConfigUpdate","errors":{errors}}}}}"#
        ))
    };
    let errors = r#"[{"errorCode":"ClusterUnreachable","errorMessage":"gone","resourceIds":["c"]}]"#;
    let listed = Answer::json(r#"{"updateIds":["u-1","u-0"],"nextToken":"more"}"#);
    let server = Recorded::start(vec![update("InProgress", "[]"), update("Failed", errors), listed]);
    run(async {
        let aws = aws(&server.url, "AKIDEXAMPLE", "c").await;
        let started = aws.update_authentication_mode(AuthenticationMode::Api, "t-2").await.unwrap();
        assert_eq!((started.id.as_str(), started.status), ("u-1", UpdateStatus::InProgress));
        let ended = aws.describe_update("u-1").await.unwrap();
        assert_eq!(
            (ended.status, ended.errors),
            (UpdateStatus::Failed, vec!["ClusterUnreachable: gone (c)".to_owned()])
        );
        let listed = aws.list_updates(Some("first")).await.unwrap();
        assert_eq!(
            (listed.items, listed.next.as_deref()),
            (vec!["u-1".to_owned(), "u-0".to_owned()], Some("more"))
        );
    });
    let requests = server.requests();
    assert_eq!(requests[0].line, "POST /clusters/c/update-config");
    let sent: serde_json::Value = serde_json::from_str(&requests[0].body).unwrap();
    assert_eq!(
        sent,
        serde_json::json!({"accessConfig": {"authenticationMode": "API"}, "clientRequestToken": "t-2"})
    );
    assert_eq!(requests[1].line, "GET /clusters/c/updates/u-1");
    assert_eq!(requests[2].line, "GET /clusters/c/updates?nextToken=first&maxResults=100");
}

#[test]
fn fargate_profiles_name_their_roles() {
    let role = "arn:aws-us-gov:iam::111122223333:role/pods";
    let server = Recorded::start(vec![Answer::json(&format!(
        r#"{{"fargateProfile":{{"fargateProfileName":"f","podExecutionRoleArn":"{role}"}}}}"#
    ))]);
    run(async {
        let profile = aws(&server.url, "AKIDEXAMPLE", "c").await.describe_fargate_profile("f").await.unwrap();
        assert_eq!((profile.name.as_str(), profile.pod_execution_role.as_str()), ("f", role));
    });
    assert_eq!(server.requests()[0].line, "GET /clusters/c/fargate-profiles/f");
}
