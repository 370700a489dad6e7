use super::{Check, Found, Held, Rule, RuleId};

/// An entry needs the role's path, which aws-auth cannot have; Identity Center roles always have one (EKS user guide).
pub(crate) const RULE: Rule = Rule { id: RuleId::NeedsPath, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let role = &held.principal;
    if !role.is_role() || role.has_path() || !role.name().starts_with("AWSReservedSSO_") {
        return Vec::new();
    }
    vec![Found {
        span: held.arn_span(),
        title: "the access entry needs the role's full ARN".to_owned(),
        label: "its path is /aws-reserved/sso.amazonaws.com/…".to_owned(),
        today: "EKS matches the role without its path".to_owned(),
        then: "EKS rejects an entry without the path, and the path cannot be derived from the name".to_owned(),
        help: format!(
            "plan from a snapshot with the roles of account {} (`aws iam list-roles`), or give the role's `arn` in eksodus.yaml",
            role.account()
        ),
    }]
}
