//! Kubernetes RBAC objects, as far as a migration must understand them.

mod index;
pub(crate) mod native;
mod objects;
mod template;

pub use index::Index;
pub use objects::{Binding, BindingKind, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
pub(crate) use template::could_become;
