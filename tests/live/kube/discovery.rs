use eksodus::kube::{Discovery as _, KubeErrorKind};
use eksodus::rbac::served::{ApiResource, GroupVersion};

use super::run;
use crate::servers::apiserver::ApiServer;

/// Bob has no rights but those of everybody.
#[test]
fn everybody_may_ask_what_the_server_serves() {
    let Some(server) = ApiServer::shared("everybody_may_ask_what_the_server_serves") else { return };
    run(server, "bob", async |kube| {
        let versions = kube.api_versions().await.unwrap();
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
        assert_eq!(gone.kind, KubeErrorKind::NotFound);
    });
}
