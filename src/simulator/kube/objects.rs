use std::collections::BTreeMap;

use crate::kube::KubeErrorKind;
use crate::model::{ConfigMap, ConfigMapParts, GroupName};
use crate::rbac::{Binding, BindingKind, Rbac};
use crate::reader::{Manifest, read};
use crate::snapshot::Snapshot;

use crate::simulator::refusal::{KubeRefusal, Refusal};

/// The API server of the cluster: strongly consistent, unlike EKS.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kube {
    pub aws_auth: Option<ConfigMap>,
    pub rbac: Option<Rbac>,
    namespaces: Option<Vec<String>>,
    version: u64,
}

/// The API server's limit on all data of a ConfigMap.
const MAX_DATA: usize = 1024 * 1024;

impl Kube {
    pub fn new(snapshot: &Snapshot) -> Self {
        let mut aws_auth = snapshot.aws_auth.as_ref().map(|manifest| manifest.config_map.clone());
        let version =
            aws_auth.as_ref().and_then(|map| map.resource_version.parse().ok()).unwrap_or(1_000_u64);
        if let Some(map) = &mut aws_auth
            && map.resource_version.is_empty()
        {
            map.resource_version = version.to_string();
        }
        Self { aws_auth, rbac: snapshot.rbac.clone(), namespaces: snapshot.namespaces.clone(), version }
    }

    pub fn create_aws_auth(
        &mut self,
        data: &BTreeMap<String, String>,
        parts: &ConfigMapParts,
    ) -> Result<ConfigMap, KubeRefusal> {
        if self.aws_auth.is_some() {
            return Err(Refusal::new(KubeErrorKind::AlreadyExists, "configmaps \"aws-auth\" already exists"));
        }
        let ConfigMapParts { binary_data, immutable, metadata } = parts.clone();
        let mut map = ConfigMap {
            data: data.clone(),
            binary_data,
            immutable,
            metadata,
            resource_version: String::new(),
        };
        check_size(&map)?;
        for (key, value) in [("name", "aws-auth"), ("namespace", "kube-system")] {
            map.metadata.insert(key.to_owned(), value.into());
        }
        map.resource_version = self.next_version();
        self.aws_auth = Some(map.clone());
        Ok(map)
    }

    pub fn replace_aws_auth(
        &mut self,
        data: &BTreeMap<String, String>,
        resource_version: &str,
    ) -> Result<ConfigMap, KubeRefusal> {
        let found = self.aws_auth.as_ref().ok_or_else(no_aws_auth)?.clone();
        self.put_aws_auth(ConfigMap {
            data: data.clone(),
            resource_version: resource_version.to_owned(),
            ..found
        })
    }

    /// What the server owns of `metadata` must be in the new value already.
    pub fn put_aws_auth(&mut self, new: ConfigMap) -> Result<ConfigMap, KubeRefusal> {
        let map = self.aws_auth.as_mut().ok_or_else(no_aws_auth)?;
        // an empty version means "whatever it is" to the API server
        if !new.resource_version.is_empty() && map.resource_version != new.resource_version {
            return Err(Refusal::new(
                KubeErrorKind::Conflict,
                "Operation cannot be fulfilled on configmaps \"aws-auth\": the object has been modified; please apply your changes to the latest version and try again",
            ));
        }
        check_size(&new)?;
        check_immutable(map, &new)?;
        // an update that changes nothing is not written
        if (ConfigMap { resource_version: map.resource_version.clone(), ..new.clone() }) != *map {
            self.version += 1;
            *map = ConfigMap { resource_version: self.version.to_string(), ..new };
        }
        Ok(map.clone())
    }

    pub fn delete_aws_auth(&mut self, resource_version: &str) -> Result<(), KubeRefusal> {
        let map = self.aws_auth.as_ref().ok_or_else(no_aws_auth)?;
        let current = &map.resource_version;
        if !resource_version.is_empty() && current != resource_version {
            return Err(Refusal::new(
                KubeErrorKind::Conflict,
                format!(
                    "Operation cannot be fulfilled on configmaps \"aws-auth\": the ResourceVersion in the precondition ({resource_version}) does not match the ResourceVersion in record ({current}). The object might have been modified"
                ),
            ));
        }
        self.aws_auth = None;
        Ok(())
    }

    /// Where RBAC is not known there is taken to be none.
    pub fn rbac(&self) -> &Rbac {
        const NONE: &Rbac = &Rbac { roles: Vec::new(), bindings: Vec::new() };
        self.rbac.as_ref().unwrap_or(NONE)
    }

    pub fn binding(&self, namespace: Option<&str>, name: &str) -> Option<Binding> {
        let mut bindings = self.rbac.iter().flat_map(|rbac| &rbac.bindings);
        bindings.find(|it| it.namespace.as_deref() == namespace && it.name == name).cloned()
    }

    pub fn create_binding(&mut self, binding: &Binding) -> Result<(), KubeRefusal> {
        if let (Some(namespace), Some(known)) = (&binding.namespace, &self.namespaces)
            && !known.contains(namespace)
        {
            let message = format!("namespaces \"{namespace}\" not found");
            return Err(Refusal::new(KubeErrorKind::NotFound, message));
        }
        let bindings = &mut self.rbac.get_or_insert_default().bindings;
        if bindings.iter().any(|other| is_same_object(other, binding)) {
            let message = format!("{} already exists", describe(binding));
            return Err(Refusal::new(KubeErrorKind::AlreadyExists, message));
        }
        let key = |binding: &Binding| (binding.namespace.clone(), binding.name.clone());
        let at = bindings.iter().position(|other| key(other) > key(binding)).unwrap_or(bindings.len());
        bindings.insert(at, binding.clone());
        Ok(())
    }

    pub fn delete_binding(&mut self, binding: &Binding) -> Result<(), KubeRefusal> {
        let found = self.rbac.as_mut().and_then(|rbac| {
            let at = rbac.bindings.iter().position(|other| is_same_object(other, binding))?;
            Some(rbac.bindings.remove(at))
        });
        match found {
            Some(_) => Ok(()),
            None => Err(Refusal::new(KubeErrorKind::NotFound, format!("{} not found", describe(binding)))),
        }
    }

    /// Those every cluster has, where they are not known.
    pub fn namespaces(&self) -> Vec<String> {
        let always = ["default", "kube-node-lease", "kube-public", "kube-system"];
        self.namespaces.clone().unwrap_or_else(|| always.map(str::to_owned).to_vec())
    }

    /// The text names the ARN. EKS writes its own lines in one plain form, so no YAML is needed to find them.
    pub fn aws_auth_names(&self, arn: &str) -> bool {
        let map_roles = self.aws_auth.as_ref().and_then(|map| map.data.get("mapRoles"));
        let lines = map_roles.into_iter().flat_map(|text| text.lines());
        let is_end =
            |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c));
        lines
            .filter(|line| !line.trim_start().starts_with('#'))
            .any(|line| line.match_indices(arn).any(|(at, _)| is_end(&line[at + arn.len()..])))
    }

    /// The mapping of the role has the group that Windows nodes need.
    pub fn aws_auth_is_windows(&self, arn: &str) -> bool {
        let Some(map) = &self.aws_auth else { return false };
        let aws_auth = read(&Manifest::from_config_map(map.clone()));
        let mut mappings = aws_auth.roles.entries.iter().filter(|it| it.arn.eq_ignore_ascii_case(arn));
        mappings.any(|it| it.groups.iter().flatten().any(|group| group == GroupName::WINDOWS))
    }

    /// Somebody else writes the data, whatever the version.
    pub fn overwrite_aws_auth(&mut self, data: Option<BTreeMap<String, String>>) {
        let Some(data) = data else {
            self.aws_auth = None;
            return;
        };
        let written = match &self.aws_auth {
            Some(_) => self.replace_aws_auth(&data, ""),
            None => self.create_aws_auth(&data, &ConfigMapParts::default()),
        };
        // too much data is refused to somebody else, too
        drop(written);
    }

    /// Of the API server as a whole.
    pub fn version(&self) -> u64 {
        self.version
    }

    fn next_version(&mut self) -> String {
        self.version += 1;
        self.version.to_string()
    }
}

pub(crate) fn no_aws_auth() -> KubeRefusal {
    Refusal::new(KubeErrorKind::NotFound, "configmaps \"aws-auth\" not found")
}

/// Of both kinds of data, the binary ones decoded (Kubernetes, ValidateConfigMap).
fn check_size(map: &ConfigMap) -> Result<(), KubeRefusal> {
    let decoded = |text: &String| text.trim_end_matches('=').len() * 3 / 4;
    let size: usize = map.data.values().map(String::len).chain(map.binary_data.values().map(decoded)).sum();
    if size > MAX_DATA {
        let message =
            format!("ConfigMap \"aws-auth\" is invalid: []: Too long: may not be more than {MAX_DATA} bytes");
        return Err(Refusal::new(KubeErrorKind::Invalid, message));
    }
    Ok(())
}

/// Kubernetes, ValidateConfigMapUpdate.
fn check_immutable(old: &ConfigMap, new: &ConfigMap) -> Result<(), KubeRefusal> {
    if old.immutable != Some(true) {
        return Ok(());
    }
    let changed = [
        ("immutable", new.immutable != Some(true)),
        ("data", new.data != old.data),
        ("binaryData", new.binary_data != old.binary_data),
    ];
    let forbidden = |field| format!("{field}: Forbidden: field is immutable when `immutable` is set");
    let forbidden: Vec<String> =
        changed.into_iter().filter(|(_, changed)| *changed).map(|(field, _)| forbidden(field)).collect();
    let why = match forbidden.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Err(Refusal::new(KubeErrorKind::Invalid, format!("ConfigMap \"aws-auth\" is invalid: {why}")))
}

fn is_same_object(one: &Binding, other: &Binding) -> bool {
    (&one.namespace, &one.name) == (&other.namespace, &other.name)
}

fn describe(binding: &Binding) -> String {
    let resource = match binding.kind() {
        BindingKind::ClusterRoleBinding => "clusterrolebindings",
        BindingKind::RoleBinding => "rolebindings",
    };
    format!("{resource}.rbac.authorization.k8s.io \"{}\"", binding.name)
}
