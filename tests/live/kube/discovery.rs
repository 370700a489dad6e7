use std::fs;
use std::sync::Arc;

use eksodus::kube::{Discovery as _, KubeErrorKind};
use eksodus::rbac::served::{ApiResource, GroupVersion};

use super::{Fixed, block_on, connect, run};
use crate::servers::apiserver::ApiServer;
use crate::servers::simulated::{Simulated, quickstart};

/// Bob has no rights but those of everybody.
#[test]
fn everybody_may_ask_what_the_server_serves() {
    let Some(server) = ApiServer::shared("everybody_may_ask_what_the_server_serves") else { return };
    run(server, "bob", async |kube| {
        // one of 1.20 tells no resources with them
        let versions: Vec<GroupVersion> =
            kube.api_versions().await.unwrap().into_iter().map(|it| it.of).collect();
        assert_eq!(versions[0], GroupVersion::core());
        let apps = GroupVersion::read("apps/v1").unwrap();
        assert!(versions.contains(&apps), "{versions:?}");

        let shown = |it: &ApiResource| {
            let ApiResource { group, version, resource, subresource, namespaced, verbs } = it;
            let verbs: Vec<&str> = verbs.iter().map(String::as_str).collect();
            let name = subresource.as_deref().map_or(resource.clone(), |sub| format!("{resource}/{sub}"));
            format!("{group}/{version} {name} {namespaced} {}", verbs.join(","))
        };
        let all_verbs = "create,delete,deletecollection,get,list,patch,update,watch";
        let core = kube.api_resources(&versions[0]).await.unwrap();
        assert!(core.is_sorted());
        let core: Vec<String> = core.iter().map(shown).collect();
        for expected in ["/v1 pods/exec true create,get", &format!("/v1 nodes false {all_verbs}")] {
            assert!(core.iter().any(|it| it == expected), "{expected} in {core:?}");
        }
        let of_apps: Vec<String> = kube.api_resources(&apps).await.unwrap().iter().map(shown).collect();
        // not of autoscaling, whose kind it takes
        assert!(
            of_apps.contains(&"apps/v1 deployments/scale true get,patch,update".to_owned()),
            "{of_apps:?}"
        );

        for version in &versions {
            assert!(!kube.api_resources(version).await.unwrap().is_empty(), "{version:?}");
        }
        let gone = kube.api_resources(&GroupVersion::read("gone.example.com/v1").unwrap()).await.unwrap_err();
        // an API server says so in a page for people, and not in a Status
        assert!(matches!(gone.kind, KubeErrorKind::NotFound | KubeErrorKind::Invalid), "{gone:?}");
    });
}

/// As Kubernetes does from 1.27 on.
#[test]
fn one_answer_may_tell_all() {
    let folder = quickstart();
    let apps = r#"{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "apps/v1", "resources": [
        {"name": "deployments/scale", "namespaced": true, "kind": "Scale", "verbs": ["get"]}]}"#;
    fs::write(folder.path().join("api-resources.json"), apps).unwrap();
    let server = Simulated::start(folder.path(), &[]);
    block_on(async {
        let endpoint = format!("{}/kubernetes", server.origin);
        let kube = connect(&endpoint, "", Arc::new(Fixed("secret".to_owned()))).await;
        let versions = kube.api_versions().await.unwrap();
        assert_eq!(versions[0].of, GroupVersion::core());
        let apps = GroupVersion::read("apps/v1").unwrap();
        assert!(versions.iter().any(|it| it.of == apps));
        for version in versions {
            assert_eq!(version.resources.unwrap(), kube.api_resources(&version.of).await.unwrap());
        }
    });
}
