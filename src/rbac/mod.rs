//! Kubernetes RBAC objects, as far as a migration must understand them.

mod authorizer;
mod index;
pub(crate) mod native;
mod objects;
mod policies;
mod request;
mod spell_out;
mod template;

pub use index::Index;
pub use objects::{Binding, BindingKind, BindingRef, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
pub use policies::{AccessPolicy, Assignable, access_policies, access_policy, nearest_policy};
pub use request::{Attributes, UserInfo};
pub use spell_out::spell_out;
pub(crate) use template::could_become;
