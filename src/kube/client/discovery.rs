use futures_util::future::join;

use super::KubeClient;
use super::exchange::Ask;
use super::url::Url;
use crate::kube::{Discovery, KubeError, KubeErrorKind};
use crate::rbac::served::{ACCEPTED, ApiResource, ApiVersion, GroupVersion, NativeList, NativeVersions};

impl Discovery for KubeClient {
    async fn api_versions(&self) -> Result<Vec<ApiVersion>, KubeError> {
        let ask = async |path| {
            let ask = Ask { accept: ACCEPTED, ..Ask::page("ListApiVersions", Url::new(path)) };
            Ok::<_, KubeError>(self.ask(ask).await?.read::<NativeVersions>()?.read())
        };
        let (core, named) = join(ask("/api"), ask("/apis")).await;
        Ok(core?.into_iter().chain(named?).collect())
    }

    async fn api_resources(&self, of: &GroupVersion) -> Result<Vec<ApiResource>, KubeError> {
        let operation = "ListApiResources";
        let GroupVersion { group, version } = of;
        let url = match group.as_str() {
            "" => Url::new("/api").segment(version),
            group => Url::new("/apis").segment(group).segment(version),
        };
        let list: NativeList = self.ask(Ask::get(operation, url)).await?.read()?;
        let fail = |message: String| KubeError { operation, kind: KubeErrorKind::Unanswered, message };
        if list.of().is_some_and(|answered| answered != *of) {
            return Err(fail("the answer is about another version".to_owned()));
        }
        let lacks = |name| fail(format!("the resource {name:?} lacks its version"));
        let mut resources = list.resources().map_err(lacks)?;
        resources.sort();
        Ok(resources)
    }
}
