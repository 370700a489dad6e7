use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Hostile, answer};
use crate::servers::relay::{Act, Asked};

/// Each page leads to another one, with a token that was never given before.
fn endless(is_it: fn(&Asked<'_>) -> bool, page: fn(usize) -> String, headers: &'static str) -> Hostile {
    let number = AtomicUsize::new(0);
    Hostile::new(move |asked| match is_it(asked) {
        true => answer("200 OK", headers, &page(number.fetch_add(1, Ordering::SeqCst))),
        false => Act::Pass,
    })
}

fn ends(world: &Hostile, says: &str) {
    let ran = world.run(&["plan"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains(says) && ran.stderr.contains("the list does not end"), "{ran:?}");
    assert!(world.relay.requests() < 1_500, "{}", world.relay.requests());
    assert!(ran.took.as_secs() < 60, "{ran:?}");
}

#[test]
fn a_list_of_eks_without_an_end_is_an_error() {
    let is_it = |asked: &Asked<'_>| asked.target.starts_with("/clusters/prod-eu/node-groups?");
    ends(
        &endless(is_it, |at| format!(r#"{{"nodegroups":[],"nextToken":"{at}"}}"#), ""),
        "eks:ListNodegroups",
    );
    ends(
        &endless(is_it, |at| format!(r#"{{"nodegroups":["n-{at}"],"nextToken":"{at}"}}"#), ""),
        "eks:ListNodegroups",
    );
    let full = |at: usize| {
        let names: Vec<String> = (0..100).map(|name| format!("n-{at}-{name}")).collect();
        serde_json::json!({"nodegroups": names, "nextToken": at.to_string()}).to_string()
    };
    ends(&endless(is_it, full, ""), "eks:ListNodegroups");
}

#[test]
fn a_list_that_leads_back_to_its_own_pages_is_an_error() {
    let is_it = |asked: &Asked<'_>| asked.target.starts_with("/clusters/prod-eu/node-groups?");
    let page = |at| format!(r#"{{"nodegroups":[],"nextToken":"{}"}}"#, ["a", "b"][at % 2]);
    let world = endless(is_it, page, "");
    let ran = world.run(&["plan"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let says = "eks:ListNodegroups: the list returned the same page twice";
    assert!(ran.stderr.contains(says), "{ran:?}");
}

#[test]
fn a_list_of_iam_without_an_end_is_an_error() {
    let page = |at| {
        format!(
            "<ListUsersResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ListUsersResult><Users/>\
             <IsTruncated>true</IsTruncated><Marker>{at}</Marker></ListUsersResult></ListUsersResponse>"
        )
    };
    let is_it = |asked: &Asked<'_>| asked.body.starts_with(b"Action=ListUsers&");
    ends(&endless(is_it, page, "content-type: text/xml\r\n"), "iam:ListUsers");
}

#[test]
fn a_list_of_kubernetes_without_an_end_is_an_error() {
    let is_it = |asked: &Asked<'_>| asked.target.starts_with("/kubernetes/api/v1/namespaces?");
    let page = |at| format!(r#"{{"metadata":{{"continue":"{at}"}},"items":[]}}"#);
    ends(&endless(is_it, page, ""), "ListNamespaces");
    let page =
        |at| format!(r#"{{"metadata":{{"continue":"{at}"}},"items":[{{"metadata":{{"name":"n{at}"}}}}]}}"#);
    ends(&endless(is_it, page, ""), "ListNamespaces");
}
