use super::{Check, Found, Never, Rule, RuleId, never, spans};

/// The map's ARN is never trimmed (authenticator, `pkg/config/mapper.go`, Matches).
pub(crate) const RULE: Rule = Rule { id: RuleId::StraySpace, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let lines = never::lines(input).filter(|(_, never)| *never == Never::StraySpace);
    lines
        .map(|(mapping, _)| Found {
            span: spans::arn(mapping),
            title: "an ARN with space in it matches nobody".to_owned(),
            label: format!("read as {:?}", mapping.arn),
            today: "the server trims nothing, so this line has never let anybody in".to_owned(),
            then: "it becomes no access entry: that would grant access nobody has".to_owned(),
            help: "take the space out if the access is missed, or delete the line".to_owned(),
        })
        .collect()
}
