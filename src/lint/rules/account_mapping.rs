use super::{Check, Found, Level, Rule, spans};
use crate::reader::Status;

/// Everybody of the account comes in by the name of their ARN; no entry does that (authenticator, `server.go`, doMapping).
pub(crate) const RULE: Rule = Rule { id: "account-mapping", level: Level::Blocks, check: Check::File(check) };

fn check(input: &super::Input<'_>) -> Vec<Found> {
    input
        .accounts()
        .filter(|account| account.status == Status::InForce)
        .map(|account| Found {
            span: spans::account(input.text(), account),
            title: format!("no access entry stands for account {}", account.text),
            label: "a whole account".to_owned(),
            today: "every principal of the account without a line of its own comes in with its ARN as username and no groups".to_owned(),
            then: "only principals that are named get entries, so aws-auth cannot be switched off before this is settled".to_owned(),
            help: format!(
                "in eksodus.yaml, `accounts: {{{:?}: {{principals: [<ARNs>], skip-others: <why>}}}}`",
                account.text
            ),
        })
        .collect()
}
