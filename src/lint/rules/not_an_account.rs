use super::{Check, Found, Rule, RuleId, never, spans};
use crate::reader::{NeverMatches, Status};

/// Account ids keep their source text and are compared with STS's twelve digits (authenticator, `configmap.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::NotAnAccount, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    input
        .accounts()
        .filter(|account| account.status == Status::NeverMatches(NeverMatches::NotAnAccount))
        .filter(|account| never::placeholder(&account.text).is_none())
        .map(|account| {
            let digits = account.text.chars().filter(char::is_ascii_digit).count();
            let label = if account.text.is_empty() {
                "empty".to_owned()
            } else if digits == account.text.chars().count() {
                format!("{digits} digits, not twelve")
            } else {
                format!("compared as {:?}", account.text)
            };
            Found {
                span: spans::account(input.text(), account),
                title: "this is no account id".to_owned(),
                label,
                today: "the server compares the text as it is, so the line lets nobody in".to_owned(),
                then: "it stands for no account, and holds nothing up".to_owned(),
                help: "write the twelve digits in quotes if the access is missed, or delete the line"
                    .to_owned(),
            }
        })
        .collect()
}
