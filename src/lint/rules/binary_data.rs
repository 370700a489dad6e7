use super::{Check, Found, Rule, RuleId, spans};
use crate::reader::Span;

/// Only `data` is read, never `binaryData` (authenticator, `pkg/mapper/configmap/configmap.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::BinaryData, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let span = spans::key(input.text(), "binaryData");
    let in_a_value = input
        .aws_auth
        .roles
        .span
        .into_iter()
        .chain(input.aws_auth.users.span)
        .chain(input.aws_auth.accounts.span)
        .any(|value| value.start <= span.start && span.start < value.end);
    if span == Span::default() || in_a_value {
        return Vec::new();
    }
    vec![Found {
        span,
        title: "EKS does not read binaryData".to_owned(),
        label: "not data".to_owned(),
        today: "EKS ignores it silently: it gives nobody access".to_owned(),
        then: "no entry is created".to_owned(),
        help: "if its mappings are wanted, decode it into data; else delete it".to_owned(),
    }]
}
