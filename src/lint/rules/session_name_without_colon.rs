use super::{Check, Rule, RuleId, refused_username};

/// In an entry's username a colon must stand before `{{SessionName}}` (EKS user guide, "Create access entries").
pub(crate) const RULE: Rule =
    Rule { id: RuleId::SessionNameWithoutColon, check: Check::MappingAbout(|held| refused_username(held, RULE.id)) };
