use super::{Check, Found, Held, Rule, RuleId};

/// ARNs are compared in any case here, and must be IAM's own spelling in an entry (authenticator, `config/mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::ArnCase, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if held.principal.to_string() == held.mapping.arn {
        return Vec::new();
    }
    vec![Found {
        span: held.arn_span(),
        title: "the case of this ARN is not IAM's".to_owned(),
        label: "matches all the same".to_owned(),
        today: "EKS ignores case here: the principal has access".to_owned(),
        then: format!("an access entry needs the exact spelling, which is probably {}", held.principal),
        help: "plan from a snapshot that has the IAM principals of its account".to_owned(),
    }]
}
