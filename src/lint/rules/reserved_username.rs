use super::{Check, Rule, RuleId, refused_username};

/// Entries may not have usernames that begin with system:, eks:, aws:, amazon: or iam: (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: RuleId::ReservedUsername, check: Check::MappingAbout(|held| refused_username(held, RULE.id)) };
