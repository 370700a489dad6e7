//! Kubernetes RBAC, decided here and nowhere else: objects, who is bound, whether a request is allowed, what covers what.
//!
//! The behaviour is that of Kubernetes 1.31 to 1.36, held by the answers of its own code (`fixtures/vectors`). Beside it the
//! access policies of EKS, as data: what they allow, and who may associate them.

mod aggregate;
mod authorizer;
mod collapse;
mod covers;
mod defaults;
mod index;
pub(crate) mod native;
mod objects;
mod policies;
mod problems;
mod request;
mod resolve;
pub mod served;
mod spell_out;
mod template;
mod validate;

pub use aggregate::{Requirement, Selector, aggregate};
pub use collapse::collapse;
pub use covers::uncovered;
pub use defaults::{DEFAULTS_OF, default_rbac};
pub use index::{Index, NoRole};
pub use objects::{Binding, BindingKind, BindingRef, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
pub use policies::{
    AccessPolicy, Assignable, Candidate, Nearest, Proposal, Published, RuleChange, access_policies,
    access_policy, nearest_cluster_roles, nearest_policy, propose,
};
pub use problems::{Problem, ProblemKind, problems};
pub use request::{Attributes, UserInfo};
pub use resolve::Grant;
pub use spell_out::spell_out;
pub(crate) use template::could_become;
pub use validate::{Invalid, InvalidWhy, invalid};
