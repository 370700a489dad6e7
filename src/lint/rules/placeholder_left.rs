use super::{Check, Found, Never, Rule, RuleId, never, spans};
use crate::reader::{NeverMatches, Status};

/// Placeholders are replaced in usernames and groups alone, never in ARNs (authenticator, `server.go`, renderTemplates).
pub(crate) const RULE: Rule = Rule { id: RuleId::PlaceholderLeft, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let arns = never::mappings(input).filter_map(|(mapping, never)| match never {
        Never::Placeholder(text) => Some((spans::arn(mapping), text)),
        _ => None,
    });
    let accounts = input
        .accounts()
        .filter(|account| account.status == Status::NeverMatches(NeverMatches::NotAnAccount))
        .filter_map(|account| {
            Some((spans::account(input.text(), account), never::placeholder(&account.text)?))
        });
    arns.chain(accounts)
        .map(|(span, text)| Found {
            span,
            title: format!("{text} was never filled in"),
            label: "compared literally".to_owned(),
            today: "it matches no identity: it gives nobody access".to_owned(),
            then: "no entry is created: it would grant new access".to_owned(),
            help: format!("replace {text} by its value if the access is wanted, or delete the mapping"),
        })
        .collect()
}
