use super::document::Document;
use super::kubernetes::write_list;
use super::manifests::{Homeless, read};
use crate::rbac::{Rbac, native};

/// `kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o yaml`
pub(super) const RBAC: Document<Rbac> =
    Document { file: "rbac.yaml", read: |text, _| Ok(read(text, Homeless::Refused)?.0), write };

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
