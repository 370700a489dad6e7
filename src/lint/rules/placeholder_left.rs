use super::{Check, Found, Never, Rule, RuleId, never, spans};
use crate::reader::{NeverMatches, Status};

/// Placeholders are replaced in usernames and groups alone, never in ARNs (authenticator, `server.go`, renderTemplates).
pub(crate) const RULE: Rule = Rule { id: RuleId::PlaceholderLeft, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    let arns = never::lines(input).filter_map(|(mapping, never)| match never {
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
            label: "compared as it is".to_owned(),
            today: "no identity has this text, so the line lets nobody in".to_owned(),
            then: "it becomes no access entry: that would grant access nobody has".to_owned(),
            help: format!("write the real value for {text} if the access is missed, or delete the line"),
        })
        .collect()
}
