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
                title: "not an account id".to_owned(),
                label,
                today: "EKS compares the text literally: it gives nobody access".to_owned(),
                then: "it matches no account, and does not block the migration".to_owned(),
                help: "write the twelve digits in quotes if the access is wanted, or delete the element"
                    .to_owned(),
            }
        })
        .collect()
}
