//! An access scope as every format has it: a type, and namespaces for one of the two.

use std::collections::BTreeSet;

use crate::model::AccessScope;

/// The type as the API of EKS names it, and the namespaces; none of the whole cluster.
pub(super) fn parts(scope: &AccessScope) -> (&'static str, Option<&BTreeSet<String>>) {
    match scope {
        AccessScope::Cluster => ("cluster", None),
        AccessScope::Namespaces(names) => ("namespace", Some(names)),
    }
}
