use std::collections::BTreeSet;

use super::Access;
use super::report::Power;
use crate::rbac::Attributes;

impl Access<'_> {
    /// What of that which matters most it allows, anywhere.
    pub fn powers(&self) -> BTreeSet<Power> {
        let asked = |power: Power, requests: &[(&str, &str, &str)]| {
            let allows = |(verb, group, resource): &(&str, &str, &str)| {
                let (resource, subresource) = match resource.split_once('/') {
                    Some((resource, subresource)) => (resource, Some(subresource.to_owned())),
                    None => (*resource, None),
                };
                let mut what = Attributes::resource(verb, group, resource);
                if let Attributes::Resource { subresource: of, .. } = &mut what {
                    *of = subresource;
                }
                self.all_granted().any(|granted| granted.allows(&what))
            };
            requests.iter().any(allows).then_some(power)
        };
        const RBAC: &str = "rbac.authorization.k8s.io";
        let everything = Attributes::resource("*", "*", "*");
        let admin = self.cluster.iter().any(|granted| granted.allows(&everything));
        let escalate = [
            ("escalate", RBAC, "clusterroles"),
            ("bind", RBAC, "clusterroles"),
            ("create", RBAC, "rolebindings"),
            ("impersonate", "", "users"),
            ("impersonate", "", "groups"),
            ("create", "", "serviceaccounts/token"),
        ];
        let read = [("get", "", "secrets"), ("list", "", "secrets"), ("watch", "", "secrets")];
        [
            admin.then_some(Power::ClusterAdmin),
            asked(Power::Escalate, &escalate),
            asked(Power::ReadSecrets, &read),
            asked(Power::Exec, &[("create", "", "pods/exec"), ("get", "", "pods/exec")]),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
