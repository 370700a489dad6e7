use super::{Check, Found, Never, Rule, RuleId, never};

/// `sso` is behind the feature gate SSORoleMatch, alpha and off (authenticator, `pkg/config/features.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::SsoMatcher, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter(|(_, never)| *never == Never::Sso);
    mappings
        .map(|(mapping, _)| Found {
            span: mapping.span,
            title: "an sso matcher matches nothing".to_owned(),
            label: "no rolearn".to_owned(),
            today: "sso matchers are behind a feature gate that EKS is not known to enable"
                .to_owned(),
            then: "no entry is created: an entry needs the ARN of one role".to_owned(),
            help: "map the AWSReservedSSO_… role by rolearn, without its path, or delete the mapping".to_owned(),
        })
        .collect()
}
