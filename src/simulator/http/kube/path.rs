/// A path of the Kubernetes API, such as `/api/v1/namespaces/kube-system/configmaps/aws-auth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Empty for the core group.
    pub group: String,
    pub version: String,
    pub namespace: Option<String>,
    pub resource: String,
    pub name: Option<String>,
}

impl Place {
    /// `None` for what is no resource.
    pub fn read(segments: &[&str]) -> Option<Self> {
        let (group, version, rest) = match segments {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let (namespace, resource, name) = match rest {
            [resource] => (None, *resource, None),
            ["namespaces", name] => (None, "namespaces", Some(*name)),
            ["namespaces", namespace, resource] => (Some(*namespace), *resource, None),
            ["namespaces", namespace, resource, name] => (Some(*namespace), *resource, Some(*name)),
            [resource, name] => (None, *resource, Some(*name)),
            _ => return None,
        };
        Some(Self {
            group: group.to_owned(),
            version: version.to_owned(),
            namespace: namespace.map(str::to_owned),
            resource: resource.to_owned(),
            name: name.map(str::to_owned),
        })
    }

    /// As error texts name the resource: `configmaps`, `leases.coordination.k8s.io`.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.resource.clone()
        } else {
            format!("{}.{}", self.resource, self.group)
        }
    }

    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_a_resource_and_a_place() {
        let read = |path: &str| Place::read(&path.split('/').collect::<Vec<_>>()).unwrap();
        let one = read("api/v1/namespaces/kube-system");
        assert_eq!((one.resource.as_str(), one.name.as_deref()), ("namespaces", Some("kube-system")));
        let map = read("api/v1/namespaces/kube-system/configmaps/aws-auth");
        assert_eq!((map.namespace.as_deref(), map.qualified().as_str()), (Some("kube-system"), "configmaps"));
        let all = read("apis/rbac.authorization.k8s.io/v1/rolebindings");
        assert_eq!(all.qualified(), "rolebindings.rbac.authorization.k8s.io");
        assert_eq!((all.namespace, all.name), (None, None));
        assert_eq!(Place::read(&["healthz"]), None);
    }
}
