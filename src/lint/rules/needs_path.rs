use super::{Check, Found, Held, Rule, RuleId};

/// An entry needs the role's path, which aws-auth cannot have; Identity Center roles always have one (EKS user guide).
pub(crate) const RULE: Rule = Rule { id: RuleId::NeedsPath, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    let role = &held.principal;
    if !role.is_role() || role.has_path() || !role.name().starts_with("AWSReservedSSO_") {
        return Vec::new();
    }
    vec![Found {
        span: held.arn_span(),
        title: "the access entry needs this role's path".to_owned(),
        label: "lives under /aws-reserved/sso.amazonaws.com/".to_owned(),
        today: "the server matches the role without its path, as it should".to_owned(),
        then: "EKS refuses the ARN without the path, and the path cannot be told from the name".to_owned(),
        help: format!(
            "plan with the roles of account {} at hand: `aws iam list-roles`; or give the role's `arn` in eksodus.yaml",
            role.account()
        ),
    }]
}
