use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// `*` and `?` are compared literally (authenticator, `pkg/config/mapper.go`, Matches).
pub(crate) const RULE: Rule = Rule { id: RuleId::WildcardArn, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter(|(_, never)| *never == Never::Wildcard);
    lines
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "a wildcard in an ARN matches nobody".to_owned(),
            label: "compared literally".to_owned(),
            today: "the server knows no wildcards, so this line has never let anybody in".to_owned(),
            then: "it becomes no access entry: EKS knows none either".to_owned(),
            help: "name each principal in a line of its own, or delete this one".to_owned(),
        })
        .collect()
}
