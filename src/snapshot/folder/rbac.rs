use std::collections::BTreeMap;

use super::document::Document;
use super::kubernetes::{Object, objects, write_list};
use crate::documents::Misread;
use crate::rbac::Rbac;
use crate::rbac::native::{self, GROUP};

/// `kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml`
pub(super) const RBAC: Document<Rbac> = Document { file: "rbac.yaml", read: |text, _| read(text), write };

fn read(text: &str) -> Result<Rbac, Misread> {
    let mut roles = BTreeMap::new();
    let mut bindings = BTreeMap::new();
    for object in objects(text)? {
        // other groups have kinds called Role, too
        let group = object.api_version.split('/').next().unwrap_or_default();
        if !group.is_empty() && group != GROUP {
            continue;
        }
        let namespaced = match object.kind.as_str() {
            "ClusterRole" | "ClusterRoleBinding" => false,
            "Role" | "RoleBinding" => true,
            _ => continue,
        };
        if namespaced && object.namespace.is_none() {
            let what = format!("{} {} lacks its namespace", object.kind, object.name);
            return Err(Misread::at(what, object.location));
        }
        let Object {
            location,
            kind,
            name,
            namespace,
            rules,
            subjects,
            role_ref,
            labels,
            aggregation_rule,
            api_version: _,
        } = object;
        let key = (namespace.filter(|_| namespaced), name);
        let twice = if kind.ends_with("Binding") {
            bindings.insert(key.clone(), native::binding(key.clone(), role_ref, subjects)).is_some()
        } else {
            roles.insert(key.clone(), native::role(key.clone(), labels, aggregation_rule, rules)).is_some()
        };
        if twice {
            return Err(Misread::at(format!("{kind} {} is there twice", key.1), location));
        }
    }
    let mut rbac = Rbac { roles: roles.into_values().collect(), bindings: bindings.into_values().collect() };
    rbac.fill_aggregated();
    Ok(rbac)
}

/// In the order of the kinds that `kubectl` was asked for, and by namespace and name within each.
fn write(rbac: &Rbac) -> String {
    let Rbac { roles, bindings } = rbac;
    let mut items = Vec::new();
    for role in roles {
        let key = (role.namespace.is_some(), false, &role.namespace, &role.name);
        items.push((key, native::role_object(role)));
    }
    for binding in bindings {
        let key = (binding.namespace.is_some(), true, &binding.namespace, &binding.name);
        items.push((key, native::binding_object(binding)));
    }
    items.sort_by_key(|(key, _)| *key);
    write_list(items.into_iter().map(|(_, value)| value).collect())
}
