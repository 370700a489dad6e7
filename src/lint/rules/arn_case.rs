use super::{Check, Found, Held, Rule, RuleId};

/// ARNs are compared in any case here, and must be IAM's own spelling in an entry (authenticator, `config/mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::ArnCase, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if held.principal.to_string() == held.mapping.arn {
        return Vec::new();
    }
    vec![Found {
        span: held.arn_span(),
        title: "IAM spells this ARN in another case".to_owned(),
        label: "matches all the same".to_owned(),
        today: "the server compares without regard to case and lets the principal in".to_owned(),
        then: format!("an access entry needs the exact spelling; the file alone suggests {}", held.principal),
        help: "plan with the principals of its account at hand, which gives the name's own case".to_owned(),
    }]
}
