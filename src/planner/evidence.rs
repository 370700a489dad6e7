//! What an audit log says about mappings: who uses them, and who does not seem to. It adds findings, and decides nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::findings::Draft;
use super::mappings::accounts::{Expansion, ReadAccount};
use super::mappings::read::{Read, Reading, place_of};
use super::{Finding, Outcome, PrincipalDecision};
use crate::audit::{Evidence, Login, Period};
use crate::findings::Reason;
use crate::model::{AccountId, CanonicalArn, IamArn, Token};

/// How many sessions a finding names.
const SHOWN: usize = 20;

/// Nothing without a log, and of one without events nobody knows what time it is of.
pub(super) fn notices(draft: &Draft<'_>) -> Vec<Finding> {
    let Some(evidence) = &draft.given.facts.snapshot.evidence else { return Vec::new() };
    let Some(period) = evidence.period else { return Vec::new() };
    let log = Log { evidence, period, logins: &draft.given.logins };
    let of_mappings = draft.mappings.iter().filter_map(|read| log.mapping(read));
    of_mappings.chain(draft.accounts.iter().filter_map(|read| log.account(read))).collect()
}

struct Log<'e> {
    evidence: &'e Evidence,
    period: Period,
    logins: &'e BTreeMap<CanonicalArn, Vec<&'e Login>>,
}

impl Log<'_> {
    fn mapping(&self, read: &Read<'_>) -> Option<Finding> {
        let mapping = read.mapping;
        match &read.reading {
            _ if read.decision.is_some_and(PrincipalDecision::is_skipped) => return None,
            Reading::Effective { .. } | Reading::Ends(Outcome::Blocked { .. }) => {}
            // it gives nothing today, and why is said
            Reading::Ends(_) | Reading::Overridden { .. } => return None,
        }
        let reason = match self.logins.get(&CanonicalArn::as_mapped(&mapping.arn)) {
            None => self.unused(false)?,
            Some(logins) => self.sessions(&mapping.username, logins)?,
        };
        Some(Finding::new(Some(place_of(mapping)), mapping.arn.as_str(), reason))
    }

    fn account(&self, read: &ReadAccount<'_>) -> Option<Finding> {
        let Expansion::Members(members) = &read.expansion else { return None };
        // nobody else of it needs access, as somebody has decided
        if members.others.is_some() {
            return None;
        }
        let account: AccountId = read.account.text.parse().ok()?;
        let is_of_it = |login: &&Login| {
            let arn = login.canonical_arn.parse::<IamArn>();
            login.as_of_an_account > 0 && arn.is_ok_and(|arn| *arn.account() == account)
        };
        match self.evidence.logins.iter().find(is_of_it) {
            Some(_) => None,
            None => Some(Finding::new(Some(read.at.clone()), account.as_str(), self.unused(true)?)),
        }
    }

    /// Not where there was no room for every principal: theirs may be it.
    fn unused(&self, account: bool) -> Option<Reason> {
        let Evidence { requests, beyond, .. } = self.evidence;
        (*beyond == 0).then_some(Reason::UnusedMapping { period: self.period, requests: *requests, account })
    }

    fn sessions(&self, username: &str, logins: &[&Login]) -> Option<Reason> {
        let tokens = [Token::SessionName, Token::SessionNameRaw];
        if !tokens.iter().any(|token| token.find_in(username).is_some()) {
            return None;
        }
        let all: BTreeSet<&String> = logins.iter().flat_map(|login| &login.sessions).collect();
        let sessions: BTreeSet<String> = all.iter().take(SHOWN).map(|name| (*name).clone()).collect();
        let and_more = all.len() > sessions.len() || logins.iter().any(|login| login.and_more);
        (!sessions.is_empty()).then_some(Reason::SessionsSeen { period: self.period, sessions, and_more })
    }
}
