//! Kubernetes RBAC objects, as far as a migration must understand them.

mod index;
pub(crate) mod native;
mod objects;
mod policies;
mod template;

pub use index::Index;
pub use objects::{Binding, BindingKind, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
pub use policies::{AccessPolicy, Assignable, access_policies, access_policy, nearest_policy};
pub(crate) use template::could_become;
