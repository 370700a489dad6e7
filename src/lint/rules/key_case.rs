use super::{Check, Rule, RuleId};

/// The three keys of `data` are looked up in their exact case (authenticator, `pkg/mapper/configmap/configmap.go`).
pub(crate) const RULE: Rule =
    Rule { id: RuleId::KeyCase, check: Check::FileAbout(|input| input.keys(RULE.id).collect()) };
