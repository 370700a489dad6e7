use std::collections::BTreeSet;

use crate::rbac::served::{ACCEPTED, ApiResource, ApiVersion, NativeList, NativeVersions};
use crate::simulator::http::tests::*;
use crate::snapshot::{Listing, Snapshot};

fn discover(world: &Simulator, path: &str) -> (String, Vec<ApiVersion>) {
    let mut request = request("GET", path, "");
    request.headers.push(("accept".to_owned(), ACCEPTED.to_owned()));
    let response = world.respond(&request, &scene());
    assert_eq!(response.status, 200);
    let versions: NativeVersions = serde_json::from_slice(&response.body).unwrap();
    (header(&response, "content-type").unwrap().to_owned(), versions.read())
}

fn world(version: &str) -> Simulator {
    let mut snapshot: Snapshot = snapshot(AuthenticationMode::Api);
    snapshot.cluster.as_mut().unwrap().version = version.to_owned();
    let pods = |subresource: Option<&str>, verb: &str| ApiResource {
        group: String::new(),
        version: "v1".to_owned(),
        resource: "pods".to_owned(),
        subresource: subresource.map(str::to_owned),
        namespaced: true,
        verbs: BTreeSet::from([verb.to_owned()]),
    };
    snapshot.api_resources =
        Some(Listing { items: vec![pods(None, "list"), pods(Some("exec"), "create")], complete: true });
    Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap()
}

#[test]
fn resources_come_with_their_versions_from_1_27_on() {
    for (version, form) in
        [("1.26", None), ("1.27", Some("v2beta1")), ("1.29", Some("v2beta1")), ("1.30", Some("v2"))]
    {
        let world = world(version);
        for path in ["/kubernetes/api", "/kubernetes/apis"] {
            let (content, versions) = discover(&world, path);
            let together =
                |form| format!("application/json;g=apidiscovery.k8s.io;v={form};as=APIGroupDiscoveryList");
            assert_eq!(content, form.map_or("application/json".to_owned(), together), "{version} {path}");
            assert!(!versions.is_empty());
            for ApiVersion { of, resources } in versions {
                assert_eq!(resources.is_some(), form.is_some(), "{version} {of:?}");
                let place = if of.group.is_empty() { String::new() } else { format!("/{}", of.group) };
                let (_, list) = ask(&world, "GET", &format!("{path}{place}/{}", of.version), "");
                let mut listed = serde_json::from_value::<NativeList>(list).unwrap().resources().unwrap();
                listed.sort();
                assert!(!listed.is_empty());
                assert!(resources.is_none_or(|told| told == listed), "{version} {of:?}");
            }
        }
        // who does not accept it gets the older form
        assert_eq!(ask(&world, "GET", "/kubernetes/apis", "").1["kind"], "APIGroupList");
    }
}
