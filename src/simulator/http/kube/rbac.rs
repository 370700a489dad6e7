use super::status::{bad_request, deleted};
use super::{Exchange, objects};
use crate::rbac::{Binding, Role, RoleRef};
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;
use crate::simulator::state::State;

impl Exchange<'_> {
    pub(super) fn roles(&self) -> Response {
        if self.method() != "GET" {
            return self.not_allowed();
        }
        let kind = if self.place.resource == "roles" { "Role" } else { "ClusterRole" };
        self.call(
            Operation::ListRbac,
            Target::Named("rbac"),
            |state| Ok(state.kube.rbac().roles.clone()),
            |roles| {
                let roles: Vec<Role> =
                    roles.into_iter().filter(|role| self.is_here(&role.namespace)).collect();
                self.one_or_all(kind, roles.iter().map(|role| (role.name.as_str(), objects::role(role))))
            },
        )
    }

    pub(super) fn bindings(&self) -> Response {
        match (self.method(), &self.place.name) {
            ("GET", None) => self.list_bindings(),
            ("GET", Some(name)) => self.get_binding(name),
            ("POST", None) => self.create_binding(),
            ("DELETE", Some(name)) => self.delete_binding(name),
            _ => self.not_allowed(),
        }
    }

    fn list_bindings(&self) -> Response {
        let kind = if self.place.resource == "rolebindings" { "RoleBinding" } else { "ClusterRoleBinding" };
        let target = Target::Named("rbac");
        self.call(
            Operation::ListRbac,
            target,
            |state| Ok(state.kube.rbac().bindings.clone()),
            |bindings| {
                let bindings = bindings.iter().filter(|binding| self.is_here(&binding.namespace));
                self.list(kind, bindings.map(objects::binding).collect())
            },
        )
    }

    fn get_binding(&self, name: &str) -> Response {
        let namespace = self.place.namespace.as_deref();
        let work = |state: &mut State| Ok(state.kube.binding(namespace, name));
        self.call(Operation::GetBinding, Target::Named(name), work, |found| match found {
            Some(binding) => Response::json(200, &objects::binding(&binding)),
            None => self.about(None).not_found(),
        })
    }

    fn create_binding(&self) -> Response {
        let namespace = self.place.namespace.as_deref();
        let Some(binding) = objects::read_binding(&self.request.body, namespace) else {
            return bad_request("the body is no binding");
        };
        self.call(
            Operation::CreateBinding,
            Target::Binding(&binding),
            |state| {
                if self.is_dry() {
                    return state.kube.clone().create_binding(&binding);
                }
                state.kube.create_binding(&binding)
            },
            |()| Response::json(201, &objects::binding(&binding)),
        )
    }

    /// What it is bound to is not looked at, as in the API server.
    fn delete_binding(&self, name: &str) -> Response {
        let namespace = self.place.namespace.as_deref();
        let found = self.simulator.inner.borrow().state.kube.binding(namespace, name);
        let binding = found.unwrap_or_else(|| Binding {
            namespace: self.place.namespace.clone(),
            name: name.to_owned(),
            role_ref: RoleRef { kind: String::new(), name: String::new() },
            subjects: Vec::new(),
        });
        self.call(
            Operation::DeleteBinding,
            Target::Binding(&binding),
            |state| {
                if self.is_dry() {
                    return state.kube.clone().delete_binding(&binding);
                }
                state.kube.delete_binding(&binding)
            },
            |()| {
                let kind = if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" };
                deleted(self.place, name, &objects::uid(kind, namespace, name))
            },
        )
    }

    /// In the namespace that is asked for; without one, namespaced objects of all namespaces.
    fn is_here(&self, namespace: &Option<String>) -> bool {
        let is_namespaced = matches!(self.place.resource.as_str(), "roles" | "rolebindings");
        namespace.is_some() == is_namespaced
            && (self.place.namespace.is_none() || self.place.namespace == *namespace)
    }
}
