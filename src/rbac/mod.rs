//! Kubernetes RBAC objects, as far as a migration must understand them.

mod objects;

pub use objects::{Binding, BindingKind, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
