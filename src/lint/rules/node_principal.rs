use super::{Check, Rule, RuleId, unclassified};

/// Entries for nodes are for roles of the cluster's account (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule = Rule {
    id: RuleId::NodePrincipal,
    check: Check::MappingAbout(|held| unclassified(held, RULE.id, held.arn_span())),
};
