use super::{Check, Rule, RuleId, unclassified};

/// A node needs its username and `system:nodes`; the node authorizer ignores whoever lacks one (Kubernetes, "Node authorization").
pub(crate) const RULE: Rule = Rule {
    id: RuleId::HalfANode,
    check: Check::MappingAbout(|held| unclassified(held, RULE.id, held.username_span())),
};
