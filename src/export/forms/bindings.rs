//! Role bindings as resources of Terraform's Kubernetes provider.

use super::terraform::import;
use crate::export::error::Unsayable;
use crate::export::handover::CarriedBinding;
use crate::export::hcl::Body;
use crate::export::names::binding_key;
use crate::export::normal::is_normal;
use crate::export::value::Value;
use crate::rbac::native::GROUP;
use crate::rbac::{Binding, SubjectKind};

/// `kubernetes_role_binding_v1` and `kubernetes_cluster_role_binding_v1`, with the imports of those that are there. What
/// Terraform cannot say goes to `cannot`.
pub(super) fn role_bindings(bindings: &[CarriedBinding], cannot: &mut Vec<Unsayable>) -> Body {
    let mut body = Body::default();
    for CarriedBinding { binding, exists } in bindings {
        let Binding { namespace, name, role_ref, subjects } = binding;
        let full_name = Binding::full_name(namespace.as_deref(), name);
        let texts = subjects.iter().map(|subject| subject.name.as_str());
        for text in texts.chain([name.as_str(), role_ref.name.as_str()]).filter(|text| !is_normal(text)) {
            let what = format!("{full_name}: {text:?}, which Terraform would write in Unicode's form NFC");
            cannot.push(Unsayable { principal: None, what });
        }
        let kind = match namespace {
            None => "kubernetes_cluster_role_binding_v1",
            Some(_) => "kubernetes_role_binding_v1",
        };
        let key = binding_key(namespace.as_deref(), name);
        body = body.gap();
        if *exists {
            let id = match namespace {
                None => name.clone(),
                Some(namespace) => format!("{namespace}/{name}"),
            };
            body = body.then(import(&format!("{kind}.{key}"), id)).gap();
        }
        let metadata = Body::default()
            .attribute("name", Value::text(name))
            .optional("namespace", namespace.as_ref().map(Value::text));
        let role = Body::default()
            .attribute("api_group", Value::text(GROUP))
            .attribute("kind", Value::text(&role_ref.kind))
            .attribute("name", Value::text(&role_ref.name));
        let resource = Body::default().block("metadata", &[], metadata).gap().block("role_ref", &[], role);
        let resource = subjects.iter().fold(resource, |resource, subject| {
            let is_account = subject.kind == SubjectKind::ServiceAccount;
            let group = if is_account { "" } else { GROUP };
            let body = Body::default()
                .attribute("api_group", Value::text(group))
                .attribute("kind", Value::text(String::from(subject.kind.clone())))
                .attribute("name", Value::text(&subject.name))
                .optional("namespace", subject.namespace.as_ref().map(Value::text));
            resource.gap().block("subject", &[], body)
        });
        body = body.block("resource", &[kind, &key], resource);
    }
    body
}
