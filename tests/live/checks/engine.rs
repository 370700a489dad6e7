//! The engine against the real authorizer: the same objects, the same requests, the same answers.
//!
//! `EKSODUS_RBAC_SEED=S` makes others of them.

use std::time::Duration;

use eksodus::kube::client::KubeClient;
use eksodus::kube::{KubeAccess as _, KubeApi as _};
use eksodus::model::GroupName;
use eksodus::rbac::{Attributes, InvalidWhy, Rbac, UserInfo, invalid};
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};

use super::generated::{self, GROUP, NAMESPACES, Random};
use super::{block_on, connect_as_admin};
use crate::servers::apiserver::{ADMIN, ApiServer};

const OBJECTS: usize = 260;
const REQUESTS: usize = 4000;
/// Reviews under way at the same time.
const AT_ONCE: usize = 64;

fn seed() -> u64 {
    std::env::var("EKSODUS_RBAC_SEED").ok().map_or(1, |text| text.parse().unwrap())
}

#[test]
fn every_review_of_the_authorizer_equals_the_engines_answer() {
    let test = "checks::every_review_of_the_authorizer_equals_the_engines_answer";
    let Some(server) = ApiServer::shared(test) else { return };
    let seed = seed();
    eprintln!("EKSODUS_RBAC_SEED={seed}");
    let mut random = Random(seed);
    for namespace in NAMESPACES {
        server.create("/api/v1/namespaces", &json!({"metadata": {"name": namespace}}));
    }
    let refused = create_all(server, &mut random, seed);
    assert!((10..OBJECTS / 2).contains(&refused), "{refused} of {OBJECTS} were refused, seed {seed}");
    let questions: Vec<(UserInfo, Attributes)> =
        (0..REQUESTS).map(|_| (generated::user(&mut random), generated::request(&mut random))).collect();
    let (rbac, answers) = block_on(async {
        let client = connect_as_admin(server).await;
        until_seen(server, &client).await;
        let rbac = as_stored(server, client.list_rbac().await.unwrap());
        let ask = questions.iter().map(|(who, what)| client.is_allowed(who, what));
        let answers: Vec<_> = stream::iter(ask).buffered(AT_ONCE).collect().await;
        (rbac, answers)
    });
    let index = rbac.index();
    let mut allowed = 0;
    for ((who, what), answer) in questions.iter().zip(answers) {
        let answer = answer.unwrap();
        assert_eq!(index.allows(who, what), answer, "{who}: {what}; seed {seed}");
        let is_by_rbac = answer && !who.groups.contains(GroupName::MASTERS);
        if let Some(grant) = index.allowed_by(who, what) {
            assert!(answer, "{grant}: {who}: {what}; seed {seed}");
        } else {
            assert!(!is_by_rbac, "{who}: {what}; seed {seed}");
        }
        allowed += usize::from(is_by_rbac);
    }
    // else the question is not one
    assert!((REQUESTS / 20..REQUESTS * 19 / 20).contains(&allowed), "{allowed} are allowed, seed {seed}");
}

/// Creates them as the administrator, and holds each refusal against ours, field by field; how many were refused.
fn create_all(server: &ApiServer, random: &mut Random, seed: u64) -> usize {
    let mut refused = 0;
    for number in 0..OBJECTS {
        let (path, object) = generated::object(random, number);
        let (status, answer) = server.request(ADMIN, "POST", &path, Some(&object));
        let mut ours: Vec<(String, String)> =
            invalid(&object).into_iter().map(|it| (name(it.why).to_owned(), it.field)).collect();
        match status {
            // of a role of a name that is there already
            409 => continue,
            201 => assert_eq!(ours, [], "the server takes {object}; seed {seed}"),
            422 => {
                let causes = answer["details"]["causes"].as_array().unwrap().iter();
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let mut theirs: Vec<(String, String)> =
                    causes.map(|cause| (text(&cause["reason"]), text(&cause["field"]))).collect();
                theirs.sort();
                ours.sort();
                assert_eq!(ours, theirs, "{object}: {answer}; seed {seed}");
                refused += 1;
            }
            _ => panic!("{status}: {answer}; seed {seed}"),
        }
    }
    refused
}

const fn name(why: InvalidWhy) -> &'static str {
    match why {
        InvalidWhy::Required => "FieldValueRequired",
        InvalidWhy::Invalid => "FieldValueInvalid",
        InvalidWhy::NotSupported => "FieldValueNotSupported",
        InvalidWhy::Forbidden => "FieldValueForbidden",
    }
}

/// No controller runs beside this server: what aggregated roles store is what the authorizer reads.
fn as_stored(server: &ApiServer, mut rbac: Rbac) -> Rbac {
    for role in rbac.roles.iter_mut().filter(|role| role.aggregation.is_some()) {
        let path = format!("/apis/{GROUP}/v1/clusterroles/{}", role.name);
        let (status, object) = server.request(ADMIN, "GET", &path, None);
        assert_eq!(status, 200, "{object}");
        if object["rules"].as_array().is_none_or(Vec::is_empty) {
            role.rules.clear();
        }
    }
    rbac
}

/// Until the authorizer has seen the last object of each kind, and with it all before.
async fn until_seen(server: &ApiServer, client: &KubeClient) {
    let rules = json!([{"apiGroups": ["engine"], "resources": ["last"], "verbs": ["get"]}]);
    let to = |kind: &str| json!({"apiGroup": GROUP, "kind": kind, "name": "engine:last"});
    let subjects = json!([{"kind": "User", "name": "engine-last", "apiGroup": GROUP}]);
    let metadata = json!({"name": "engine:last"});
    let namespace = NAMESPACES[0];
    let local = format!("namespaces/{namespace}/");
    for (place, role, binding) in
        [("", "ClusterRole", "clusterrolebindings"), (local.as_str(), "Role", "rolebindings")]
    {
        let path = |resource: &str| format!("/apis/{GROUP}/v1/{place}{resource}");
        let roles = format!("{}s", role.to_lowercase());
        server.create(&path(&roles), &json!({"metadata": metadata, "rules": rules}));
        let object = json!({"metadata": metadata, "roleRef": to(role), "subjects": subjects});
        server.create(&path(binding), &object);
        let last = UserInfo { username: "engine-last".to_owned(), groups: [].into() };
        let mut what = Attributes::resource("get", "engine", "last");
        if !place.is_empty() {
            // by the RoleBinding alone
            let path = format!("/apis/{GROUP}/v1/clusterrolebindings/engine:last");
            assert_eq!(server.request(ADMIN, "DELETE", &path, None).0, 200);
            while client.is_allowed(&last, &what).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            what = what.in_namespace(namespace);
        }
        while !client.is_allowed(&last, &what).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
