use super::KubeClient;
use super::exchange::Ask;
use super::url::Url;
use crate::kube::{Discovery, KubeError, KubeErrorKind};
use crate::rbac::served::{ApiResource, GroupVersion, NativeGroups, NativeList};

impl Discovery for KubeClient {
    async fn api_versions(&self) -> Result<Vec<GroupVersion>, KubeError> {
        let groups: NativeGroups = self.ask(Ask::get("ListApiGroups", Url::new("/apis"))).await?.read()?;
        let core = [GroupVersion::core()];
        Ok(core.into_iter().chain(groups.versions()).collect())
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
