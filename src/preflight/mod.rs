//! Before anything is changed: which rights are missing, all of them at once.
//!
//! [`RIGHTS`] is the table, [`needs_of_plan`] picks what a plan needs of it, [`preflight`] asks IAM and Kubernetes.

mod ask;
mod need;
mod policy;
mod report;
mod right;
mod rules;
mod table;

pub use ask::preflight;
pub use need::{Extra, Need, Needed, needs_of_plan, needs_of_tasks};
pub use policy::policy;
pub use report::{Missing, Preflight, Unchecked};
pub use right::{KubeScope, Narrowed, On, Right, Task, What, When};
pub use rules::roles;
pub use table::RIGHTS;
