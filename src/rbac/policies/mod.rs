//! The access policies that EKS has: what they allow, who may associate them, in which scope, and which one a misspelt name
//! means.

mod nearest;
mod propose;
mod rule_change;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;
use strsim::osa_distance;

use super::PolicyRule;
use crate::model::AccessScope;

pub use nearest::{Nearest, nearest_cluster_roles};
pub use propose::{Candidate, Proposal, propose};
pub use rule_change::RuleChange;

/// An access policy of the published catalogue. ListAccessPolicies of a Region names fewer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccessPolicy {
    /// Such as `AmazonEKSViewPolicy`; the ARN adds the partition.
    pub name: String,
    pub assignable: Assignable,
    scope: BTreeSet<Scope>,
}

/// What AWS has published of an access policy. Read when it is asked for: most plans need the names alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Published {
    /// The rules are all that it has. What a policy gives beyond incomplete ones is unknown.
    pub complete: bool,
    pub rules: Vec<PolicyRule>,
    /// Where.
    pub source: String,
    /// The date of the newest text that was read, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub seen: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Scope {
    Cluster,
    Namespace,
}

/// Who may associate a policy with a principal of one's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Assignable {
    ByCustomers,
    /// Documented for service-linked roles, which only services associate it with.
    ByServices,
    /// AWS does not say whether customers may; taken for a service's.
    NotEstablished,
}

impl AccessPolicy {
    /// What AWS has published of it.
    pub fn published(&self) -> Option<&'static Published> {
        static PUBLISHED: OnceLock<BTreeMap<String, Published>> = OnceLock::new();
        let published = include_str!("published.json");
        PUBLISHED.get_or_init(|| serde_json::from_str(published).unwrap_or_default()).get(&self.name)
    }

    /// What it allows in its scope, as far as AWS has published it.
    pub fn rules(&self) -> &'static [PolicyRule] {
        self.published().map_or(&[], |published| published.rules.as_slice())
    }

    /// Whether the policy is documented for scopes of this type.
    pub fn takes(&self, scope: &AccessScope) -> bool {
        self.scope.contains(&match scope {
            AccessScope::Cluster => Scope::Cluster,
            AccessScope::Namespaces(_) => Scope::Namespace,
        })
    }

    /// The types of scope that the policy is documented for, `cluster` before `namespace`.
    pub fn scopes(&self) -> impl Iterator<Item = &'static str> {
        self.scope.iter().map(|scope| match scope {
            Scope::Cluster => "cluster",
            Scope::Namespace => "namespace",
        })
    }

    /// Whether all that it allows is published, so that it may be compared.
    pub fn is_complete(&self) -> bool {
        self.published().is_some_and(|published| published.complete)
    }

    /// The one type of scope that the policy takes, `cluster` or `namespace`; `None` when it takes both.
    pub fn only_scope(&self) -> Option<&'static str> {
        match (self.scope.contains(&Scope::Cluster), self.scope.contains(&Scope::Namespace)) {
            (true, false) => Some("cluster"),
            (false, true) => Some("namespace"),
            _ => None,
        }
    }
}

/// Every policy that is known.
pub fn access_policies() -> &'static [AccessPolicy] {
    &catalogue().policies
}

/// The policy of this exact name.
pub fn access_policy(name: &str) -> Option<&'static AccessPolicy> {
    access_policies().iter().find(|policy| policy.name == name)
}

/// The policy that a name which is none probably means, among those that customers may associate.
///
/// Names that occur in public code and never existed are known; others are compared letter by letter.
pub fn nearest_policy(name: &str) -> Option<&'static str> {
    let Catalogue { policies, invented } = catalogue();
    let meant = invented.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, meant)) = meant {
        return Some(meant.as_str());
    }
    let whole = name.to_ascii_lowercase();
    let core = core(name);
    let assignable = policies.iter().filter(|policy| policy.assignable == Assignable::ByCustomers);
    let distances = assignable.filter_map(|policy| {
        let own = self::core(&policy.name);
        let distance = osa_distance(&whole, &policy.name.to_ascii_lowercase()).min(osa_distance(&core, &own));
        // a third of the letters that tell policies apart may be wrong
        (distance <= (own.len() / 3).max(1)).then_some((distance, policy.name.as_str()))
    });
    distances.min().map(|(_, name)| name)
}

/// The letters that tell policies apart: `clusteradmin` of AmazonEKSClusterAdminPolicy and of cluster-admin.
fn core(name: &str) -> String {
    let letters: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let rest = letters.strip_prefix("amazon").or(letters.strip_prefix("aws")).unwrap_or(&letters);
    let rest = rest.strip_prefix("eks").unwrap_or(rest);
    rest.strip_suffix("policy").unwrap_or(rest).to_owned()
}

#[derive(Default, Deserialize)]
struct Catalogue {
    policies: Vec<AccessPolicy>,
    /// Names that do not exist, and the policies that they probably mean.
    invented: BTreeMap<String, String>,
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    // it is part of the program, as the rules are: a test reads them whole
    CATALOGUE.get_or_init(|| serde_json::from_str(include_str!("catalogue.json")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PolicyArn;
    use crate::rbac::uncovered;

    fn scopes(name: &str) -> (bool, bool) {
        let policy = access_policy(name).unwrap();
        let namespaces = AccessScope::namespaces(["a".to_owned()]).unwrap();
        (policy.takes(&AccessScope::Cluster), policy.takes(&namespaces))
    }

    #[test]
    fn the_embedded_catalogue_is_read_whole() {
        assert_eq!(access_policies().len(), 42);
        let assignable = |name: &str| access_policy(name).unwrap().assignable;
        assert_eq!(assignable(PolicyArn::CLUSTER_ADMIN), Assignable::ByCustomers);
        assert_eq!(assignable("AmazonEKSHybridPolicy"), Assignable::ByServices);
        assert_eq!(assignable("AmazonEKSNetworkingPolicy"), Assignable::NotEstablished);
        assert_eq!(assignable("AmazonSagemakerHyperpodUserClusterPolicy"), Assignable::ByCustomers);
        assert_eq!(access_policy("amazoneksviewpolicy"), None);
        assert_eq!(scopes("AmazonEKSViewPolicy"), (true, true));
        assert_eq!(scopes("AmazonSagemakerHyperpodUserClusterPolicy"), (true, false));
        assert_eq!(scopes("AmazonSagemakerHyperpodSpaceTemplatePolicy"), (false, true));
        assert_eq!(access_policy("AWSBatchNamespacePolicy").unwrap().only_scope(), Some("namespace"));
    }

    #[test]
    fn what_is_complete_has_rules_that_allow_something() {
        let complete: Vec<&AccessPolicy> =
            access_policies().iter().filter(|policy| policy.published().unwrap().complete).collect();
        assert_eq!(complete.len(), 12);
        for policy in complete {
            assert!(!policy.rules().is_empty(), "{}", policy.name);
            assert!(policy.rules().iter().all(|rule| !uncovered(&[], std::slice::from_ref(rule)).is_empty()));
        }
        let rules = |name: &str| access_policy(name).unwrap().rules();
        let (admin, edit, view) =
            (rules("AmazonEKSAdminPolicy"), rules("AmazonEKSEditPolicy"), rules("AmazonEKSViewPolicy"));
        assert_eq!(uncovered(rules(PolicyArn::CLUSTER_ADMIN), admin), []);
        assert_eq!((uncovered(admin, edit), uncovered(edit, view)), (vec![], vec![]));
        assert_ne!(uncovered(view, edit), []);
    }

    #[test]
    fn a_misspelt_or_invented_name_has_its_nearest_one() {
        for (name, meant) in [
            ("AmazonEKSClusterAdminPolcy", "AmazonEKSClusterAdminPolicy"),
            ("amazoneksclusteradminpolicy", "AmazonEKSClusterAdminPolicy"),
            ("AmazonEKSClusterAdmin", "AmazonEKSClusterAdminPolicy"),
            ("cluster-admin", "AmazonEKSClusterAdminPolicy"),
            ("AWSEKSClusterAdminPolicy", "AmazonEKSClusterAdminPolicy"),
            ("AmazonEKSAdimnPolicy", "AmazonEKSAdminPolicy"),
            ("view", "AmazonEKSViewPolicy"),
            ("AmazonEKSVeiwPolicy", "AmazonEKSViewPolicy"),
            ("AmazonEKSNodePolicy", "AmazonEKSAutoNodePolicy"),
            ("AWSAdministratorAccess", "AmazonEKSClusterAdminPolicy"),
        ] {
            assert_eq!(nearest_policy(name), Some(meant), "{name}");
        }
        for name in ["", "x", "ReadOnlyAccess", "AmazonEKSFooPolicy", "AmazonEKSSomethingElsePolicy"] {
            assert_eq!(nearest_policy(name), None, "{name}");
        }
    }

    #[test]
    fn every_suggestion_exists_and_may_be_associated() {
        for (invented, meant) in &catalogue().invented {
            assert_eq!(access_policy(invented), None);
            assert_eq!(access_policy(meant).unwrap().assignable, Assignable::ByCustomers, "{meant}");
        }
    }

    #[test]
    fn one_wrong_letter_never_leads_to_another_policy() {
        for policy in access_policies().iter().filter(|it| it.assignable == Assignable::ByCustomers) {
            for at in 0..policy.name.len() {
                let mut shorter = policy.name.clone();
                shorter.remove(at);
                if access_policy(&shorter).is_none() {
                    assert_eq!(nearest_policy(&shorter), Some(policy.name.as_str()), "{shorter}");
                }
            }
        }
    }
}
