//! The username of an access entry.

use std::collections::BTreeSet;

use super::proposal::propose;
use super::rename::rename;
use super::translate::Held;
use crate::findings::Impossible;
use crate::model::{EntryType, EntryUsername, PrincipalArn, Username, UsernameTemplate};
use crate::planner::given::Given;
use crate::planner::{Blocker, ProposedUsernames, UsernameDecision};

/// The username of the entry: decided, else the mapping's own, else what is proposed for it and accepted.
pub(super) fn username(
    held: &Held<'_>,
    written: &UsernameTemplate,
    given: &Given<'_>,
) -> Result<EntryUsername, Blocker> {
    match held.decision.and_then(|decision| decision.username.as_ref()) {
        Some(UsernameDecision::Default) => return Ok(EntryUsername::Default),
        Some(UsernameDecision::Custom(name)) => return Ok(as_entry_username(held.principal, name.clone())),
        None => {}
    }
    if written.is_empty() {
        return Ok(EntryUsername::Default);
    }
    let refusal = match Username::new(written.as_str()) {
        Ok(name) => return Ok(as_entry_username(held.principal, name)),
        Err(refusal) => refusal,
    };
    match (propose(held.principal, written, &refusal), given.decisions.proposed_usernames) {
        (Some(name), ProposedUsernames::Accept) => {
            is_free(held, written, &name, given)?;
            Ok(EntryUsername::Custom(name))
        }
        (proposal, _) => Err(Blocker::Username { username: written.to_string(), refusal, proposal }),
    }
}

/// Nobody has looked at a proposal that is accepted unseen, so it may give nothing by its name.
fn is_free(
    held: &Held<'_>,
    from: &UsernameTemplate,
    proposal: &Username,
    given: &Given<'_>,
) -> Result<(), Blocker> {
    let taken = |bindings| {
        let (proposal, from) = (proposal.clone(), from.to_string());
        Err(Blocker::Decision { why: Impossible::UsernameTaken { proposal, from, bindings } })
    };
    if given.usernames().contains(proposal.as_str()) {
        return taken(BTreeSet::new());
    }
    let to = UsernameTemplate::new(proposal.as_str());
    let gained = given.rbac.map(|rbac| rename(rbac, held.principal, from, &to).gained).unwrap_or_default();
    if gained.is_empty() { Ok(()) } else { taken(gained) }
}

pub(super) fn as_entry_username(principal: &PrincipalArn, name: Username) -> EntryUsername {
    match EntryType::Standard.is_default_username(principal, name.as_str()) {
        true => EntryUsername::Default,
        false => EntryUsername::Custom(name),
    }
}
