use super::{Check, Found, Rule, RuleId, spans};

/// `userid` is parsed and never used (authenticator, `pkg/mapper/configmap/mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::UseridUnused, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = input.effective().filter(|mapping| !mapping.user_id.is_empty());
    mappings
        .map(|mapping| Found {
            span: spans::field(input.text(), mapping, "userid"),
            title: "userid has no effect".to_owned(),
            label: "read, never used".to_owned(),
            today: "EKS matches the ARN alone, also after the principal was recreated"
                .to_owned(),
            then:
                "an access entry does store the principal's unique id: it stops working when the principal is recreated"
                    .to_owned(),
            help: "optional: delete it".to_owned(),
        })
        .collect()
}
