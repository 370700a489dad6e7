use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// `*` and `?` are compared literally (authenticator, `pkg/config/mapper.go`, Matches).
pub(crate) const RULE: Rule = Rule { id: RuleId::WildcardArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter(|(_, never)| *never == Never::Wildcard);
    mappings
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "wildcards in ARNs match nothing".to_owned(),
            label: "compared literally".to_owned(),
            today: "EKS does not expand wildcards: this mapping has never given anybody access".to_owned(),
            then: "no entry is created: access entries have no wildcards either".to_owned(),
            help: "map each principal by itself, or delete this mapping".to_owned(),
        })
        .collect()
}
