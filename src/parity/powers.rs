use std::collections::BTreeSet;

use super::Access;
use super::compare::Others;
use super::coverage::Atom;
use super::report::Power;

const RBAC: &str = "rbac.authorization.k8s.io";

/// Verb, API group and resource.
type Request = (&'static str, &'static str, &'static str);

/// One of its requests is enough.
const POWERS: [(Power, &[Request]); 3] = [
    (
        Power::Escalate,
        &[
            ("escalate", RBAC, "clusterroles"),
            ("bind", RBAC, "clusterroles"),
            ("create", RBAC, "rolebindings"),
            ("impersonate", "", "users"),
            ("impersonate", "", "groups"),
            ("create", "", "serviceaccounts/token"),
        ],
    ),
    (Power::ReadSecrets, &[("get", "", "secrets"), ("list", "", "secrets"), ("watch", "", "secrets")]),
    (Power::Exec, &[("create", "", "pods/exec"), ("get", "", "pods/exec")]),
];

impl Access<'_> {
    /// What of that which matters most it allows, anywhere.
    pub fn powers(&self) -> BTreeSet<Power> {
        let others = Others::of(self);
        let atom = |(verb, group, resource)| Atom::Resource { group, resource, verb, name: None };
        let has =
            |requests: &&[Request]| requests.iter().any(|request| others.covers_somewhere(&atom(*request)));
        let admin = others.covers(&atom(("*", "*", "*"))).then_some(Power::ClusterAdmin);
        let rest = POWERS.iter().filter(|(_, requests)| has(requests)).map(|(power, _)| *power);
        admin.into_iter().chain(rest).collect()
    }
}
