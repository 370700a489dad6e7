//! Which resources the API server serves.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _};

use super::ApiError;
use super::limit::Limit;
use super::observer::READS_AT_ONCE;
use super::retry::reading;
use crate::kube::{Discovery, KubeErrorKind};
use crate::rbac::served::{ApiResource, ApiVersion, has_pods};
use crate::snapshot::Listing;
use crate::world::Clock;

/// As far as it could be read.
pub(super) struct Served {
    /// Sorted; `None`: not even which versions there are.
    pub resources: Option<Listing<ApiResource>>,
    /// The first failure, in the order of the versions.
    pub why: Option<ApiError>,
}

/// The server of an aggregated API may be gone for long (Kubernetes documentation, "Kubernetes API Aggregation Layer"), so that
/// the list of a group that fails is not asked for again.
pub(super) async fn api_resources(clock: &impl Clock, kube: &impl Discovery, limit: &Limit) -> Served {
    let versions = async {
        let _permit = limit.permit().await;
        reading(clock, async || kube.api_versions().await).await
    };
    let versions = match versions.await {
        Ok(versions) => versions,
        Err(why) => return Served { resources: None, why: Some(why) },
    };
    let list = async |ApiVersion { of, resources }| {
        if let Some(resources) = resources {
            return Ok(resources);
        }
        let _permit = limit.permit().await;
        let listed = reading(clock, async || match kube.api_resources(&of).await {
            Err(error) if !of.group.is_empty() && error.kind != KubeErrorKind::Throttled => Ok(Err(error)),
            listed => listed.map(Ok),
        });
        listed.await?.map_err(ApiError::from)
    };
    let lists: Vec<_> = stream::iter(versions).map(list).buffered(READS_AT_ONCE).collect().await;
    let (mut items, mut why) = (BTreeSet::new(), None);
    for list in lists {
        match list {
            Ok(resources) => items.extend(resources),
            Err(error) => why = why.or(Some(error)),
        }
    }
    let complete = why.is_none() && has_pods(&items);
    Served { resources: Some(Listing { items: items.into_iter().collect(), complete }), why }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use pollster::block_on;

    use super::*;
    use crate::kube::KubeError;
    use crate::rbac::served::GroupVersion;

    /// No time passes.
    struct Still;

    impl Clock for Still {
        async fn sleep(&self, _: Duration) {}

        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }

        fn now(&self) -> jiff::Timestamp {
            jiff::Timestamp::UNIX_EPOCH
        }
    }

    /// Serves pods, Deployments and Leases, as far as it does not fail.
    #[derive(Default)]
    struct Server {
        /// It tells the core group's resources with the versions.
        aggregates: bool,
        fails: Option<(&'static str, KubeErrorKind)>,
        asked: Cell<usize>,
    }

    impl Server {
        fn of<T>(&self, what: &str, answer: T) -> Result<T, KubeError> {
            self.asked.set(self.asked.get() + 1);
            match self.fails {
                Some((failing, kind)) if failing == what => {
                    Err(KubeError { operation: "ListApiResources", kind, message: what.to_owned() })
                }
                _ => Ok(answer),
            }
        }
    }

    impl Discovery for Server {
        async fn api_versions(&self) -> Result<Vec<ApiVersion>, KubeError> {
            let version = |text| {
                let of = GroupVersion::read(text).unwrap();
                let told = self.aggregates && of.group.is_empty();
                ApiVersion { resources: told.then(|| Self::resources(&of)), of }
            };
            self.of("versions", ["v1", "apps/v1", "coordination.k8s.io/v1"].map(version).to_vec())
        }

        async fn api_resources(&self, of: &GroupVersion) -> Result<Vec<ApiResource>, KubeError> {
            self.of(&of.group, Self::resources(of))
        }
    }

    impl Server {
        fn resources(of: &GroupVersion) -> Vec<ApiResource> {
            let names: &[&str] = match of.group.as_str() {
                "" => &["pods", "pods/exec"],
                "apps" => &["deployments"],
                _ => &["leases"],
            };
            let resource = |name: &&str| ApiResource {
                group: of.group.clone(),
                version: of.version.clone(),
                resource: name.split('/').next().unwrap_or_default().to_owned(),
                subresource: name.split_once('/').map(|(_, it)| it.to_owned()),
                namespaced: true,
                verbs: BTreeSet::new(),
            };
            names.iter().map(resource).collect()
        }
    }

    /// How many resources, whether they are all, why not, and how often the server was asked.
    fn found(fails: Option<(&'static str, KubeErrorKind)>) -> (Option<usize>, bool, Option<String>, usize) {
        found_by(&Server { fails, ..Server::default() })
    }

    fn found_by(server: &Server) -> (Option<usize>, bool, Option<String>, usize) {
        let Served { resources, why } = block_on(api_resources(&Still, server, &Limit::of(2)));
        let complete = resources.as_ref().is_some_and(|it| it.complete);
        let why = why.map(|why| why.to_string());
        (resources.map(|it| it.items.len()), complete, why, server.asked.get())
    }

    #[test]
    fn what_is_missing_is_told_and_the_rest_is_there() {
        assert_eq!(found(None), (Some(4), true, None, 4));
        let why = |what: &str| Some(format!("ListApiResources: {what}"));
        // an aggregated API whose server is gone is asked once
        let gone = Some(("apps", KubeErrorKind::Server));
        assert_eq!(found(gone), (Some(3), false, why("apps"), 4));
        let forbidden = Some(("", KubeErrorKind::Forbidden));
        assert_eq!(found(forbidden), (Some(2), false, why(""), 4));
        // the API server itself is asked again
        assert_eq!(found(Some(("", KubeErrorKind::Server))), (Some(2), false, why(""), 4 + 7));
        // and so is one that has too much to do
        assert_eq!(found(Some(("apps", KubeErrorKind::Throttled))), (Some(3), false, why("apps"), 4 + 7));
        let nothing = Some(("versions", KubeErrorKind::Forbidden));
        assert_eq!(found(nothing), (None, false, why("versions"), 1));
    }

    #[test]
    fn what_is_told_with_the_versions_is_not_asked_for() {
        let aggregates = || Server { aggregates: true, ..Server::default() };
        assert_eq!(found_by(&aggregates()), (Some(4), true, None, 3));
        let fails = Some(("apps", KubeErrorKind::Server));
        let why = Some("ListApiResources: apps".to_owned());
        assert_eq!(found_by(&Server { fails, ..aggregates() }), (Some(3), false, why, 3));
    }
}
