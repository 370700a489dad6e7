use std::time::Duration;

use eksodus::kube::{KubeErrorKind, Lease, LeaseApi as _};

use super::run;
use crate::servers::apiserver::{ADMIN, ApiServer};

#[test]
fn a_lease_is_taken_renewed_and_given_back_by_one_at_a_time() {
    let Some(server) = ApiServer::shared("a_lease_is_taken_renewed_and_given_back_by_one_at_a_time") else {
        return;
    };
    run(server, ADMIN, async |kube| {
        let name = "test-lease";
        assert_eq!(kube.get_lease(name).await.unwrap(), None);
        let wanted = Lease {
            holder: Some("alice@laptop 1".to_owned()),
            duration: Duration::from_secs(60),
            renewed: "2026-11-21T20:00:00.5Z".to_owned(),
            transitions: 0,
            resource_version: String::new(),
        };
        let first = kube.create_lease(name, &wanted).await.unwrap();
        assert_eq!(first.renewed, "2026-11-21T20:00:00.500000Z");
        let same = Lease {
            renewed: first.renewed.clone(),
            resource_version: first.resource_version.clone(),
            ..wanted.clone()
        };
        assert_eq!(first, same);
        assert_eq!(kube.get_lease(name).await.unwrap().unwrap(), first);
        let taken = kube.create_lease(name, &wanted).await.unwrap_err();
        assert_eq!(taken.kind, KubeErrorKind::AlreadyExists, "{taken}");

        let renewed = Lease { renewed: "2026-11-21T20:00:20Z".to_owned(), ..first.clone() };
        let second = kube.replace_lease(name, &renewed).await.unwrap();
        assert_ne!(second.resource_version, first.resource_version);
        let late = Lease { holder: Some("bob".to_owned()), transitions: 1, ..first };
        let conflict = kube.replace_lease(name, &late).await.unwrap_err();
        assert_eq!(conflict.kind, KubeErrorKind::Conflict, "{conflict}");
        assert_eq!(kube.get_lease(name).await.unwrap().unwrap(), second);

        let back = kube.replace_lease(name, &Lease { holder: None, ..second }).await.unwrap();
        assert_eq!(back.holder, None);
    });
}
