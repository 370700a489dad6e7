use super::{Check, Found, Rule, RuleId, spans};

/// `userid` is parsed and never used (authenticator, `pkg/mapper/configmap/mapper.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::UseridUnused, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = input.effective().filter(|mapping| !mapping.user_id.is_empty());
    mappings
        .map(|mapping| Found {
            span: spans::field(input.text(), mapping, "userid"),
            title: "userid does nothing".to_owned(),
            label: "read, and never used".to_owned(),
            today: "the server matches the ARN's text alone, also when the principal was made anew"
                .to_owned(),
            then:
                "EKS keeps the principal's unique id itself: an entry ends with the principal it was made for"
                    .to_owned(),
            help: "delete it".to_owned(),
        })
        .collect()
}
