use super::{Check, Rule, RuleId, refused_username};

/// Entries know `{{SessionName}}` and `{{SessionNameRaw}}` alone (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: RuleId::UsernamePlaceholder, check: Check::MappingAbout(|held| refused_username(held, RULE.id)) };
