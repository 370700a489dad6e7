use super::{Check, Rule, RuleId};

/// EKS asks for three keys of `data` and no others (authenticator, `pkg/mapper/configmap/configmap.go`).
pub(crate) const RULE: Rule =
    Rule { id: RuleId::UnreadKey, check: Check::FileAbout(|input| input.keys(RULE.id).collect()) };
