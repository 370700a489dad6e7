use super::{About, Check, Rule, RuleId};
use crate::findings::{Blocker, Reason};
use crate::reader::Status;

/// Everybody of the account comes in by the name of their ARN; no entry does that (authenticator, `server.go`, doMapping).
pub(crate) const RULE: Rule = Rule { id: RuleId::AccountMapping, check: Check::FileAbout(check) };

fn check(input: &super::Input<'_>) -> Vec<About> {
    let accounts = input.accounts().filter(|account| account.status == Status::InForce);
    accounts
        .map(|account| {
            let by = Blocker::Account { account: account.text.clone(), unresolved: Vec::new() };
            About::account(input, account, Reason::Waits { by })
        })
        .collect()
}
