use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// The map's ARN is never trimmed (authenticator, `pkg/config/mapper.go`, Matches).
pub(crate) const RULE: Rule = Rule { id: RuleId::StraySpace, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let mappings = never::mappings(input).filter(|(_, never)| *never == Never::StraySpace);
    mappings
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "an ARN with spaces matches nothing".to_owned(),
            label: format!("read as {:?}", mapping.arn),
            today: "EKS does not trim: this mapping has never given anybody access".to_owned(),
            then: "no entry is created: it would grant new access".to_owned(),
            help: "remove the space if the access is wanted, or delete the mapping".to_owned(),
        })
        .collect()
}
