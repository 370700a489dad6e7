use super::{Check, Found, Never, Rule, RuleId, never};

/// `sso` is behind the feature gate SSORoleMatch, alpha and off (authenticator, `pkg/config/features.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::SsoMatcher, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter(|(_, never)| *never == Never::Sso);
    lines
        .map(|(mapping, _)| Found {
            span: mapping.span,
            title: "an sso matcher matches nobody".to_owned(),
            label: "no rolearn".to_owned(),
            today: "the server accepts the line, but nothing shows that EKS opens the feature gate behind it"
                .to_owned(),
            then: "it becomes no access entry: an entry needs the ARN of one role".to_owned(),
            help: "name the AWSReservedSSO_ role by rolearn, without its path, or delete the line".to_owned(),
        })
        .collect()
}
