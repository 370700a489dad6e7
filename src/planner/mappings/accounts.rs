//! `mapAccounts`: everybody of an account, by the name of their ARN and without groups.
//!
//! No entry stands for an account, so it is expanded into the principals that are known: named in a binding (their ARN is
//! their username), seen in an audit log to have authenticated so, or named in a decision.

use std::collections::BTreeSet;

use super::read::{Read, Reading, decide};
use super::resolve::{Resolved, resolve};
use crate::audit::Evidence;
use crate::model::{AccountId, AuthenticationMode, CanonicalArn, PrincipalArn};
use crate::planner::given::Given;
use crate::planner::{Blocker, Line, LinePlace, Outcome, PrincipalDecision};
use crate::rbac::SubjectKind;
use crate::reader::{Account, AwsAuth, NeverMatches, Status};

/// An element of `mapAccounts`, read.
pub(in crate::planner) struct ReadAccount<'a> {
    pub account: &'a Account,
    pub at: LinePlace,
    pub expansion: Expansion<'a>,
}

pub(in crate::planner) enum Expansion<'a> {
    /// It lets nobody in.
    Ends(Outcome),
    Members(Members<'a>),
}

impl<'a> ReadAccount<'a> {
    /// The decisions about its members.
    pub fn decisions(&self) -> impl Iterator<Item = &'a PrincipalDecision> {
        let named = match &self.expansion {
            Expansion::Ends(_) => [].as_slice(),
            Expansion::Members(members) => &members.named,
        };
        named.iter().filter_map(|(_, decision)| *decision)
    }
}

/// The principals of an account that have no mapping of their own.
pub(in crate::planner) struct Members<'a> {
    /// Those that bindings name or the audit log shows, then those of the decision; each with the decision about itself.
    pub named: Vec<(PrincipalArn, Option<&'a PrincipalDecision>)>,
    /// Named by bindings or shown by the audit log, and their real ARNs are not known.
    pub unresolved: Vec<String>,
    /// Why nobody else needs access, if somebody decided that.
    pub others: Option<String>,
}

/// Every element of `mapAccounts`, in file order.
pub(in crate::planner) fn expand_accounts<'a>(
    given: &Given<'a>,
    mappings: &[Read<'a>],
) -> Vec<ReadAccount<'a>> {
    let Some(aws_auth) = given.facts.aws_auth() else { return Vec::new() };
    let mapped = mapped(mappings);
    let accounts = aws_auth.accounts.entries.iter();
    let read = |account| {
        let expansion = expansion(given, aws_auth, account, &mapped);
        ReadAccount { account, at: place_of(account), expansion }
    };
    accounts.map(read).collect()
}

fn expansion<'a>(
    given: &Given<'a>,
    aws_auth: &AwsAuth,
    account: &Account,
    mapped: &BTreeSet<CanonicalArn>,
) -> Expansion<'a> {
    Expansion::Ends(match &account.status {
        _ if given.facts.mode == Some(AuthenticationMode::Api) => Outcome::NotRead,
        Status::Dropped(why) => Outcome::Dropped { why: why.clone() },
        Status::NeverMatches(why) => Outcome::NeverMatches { why: why.clone() },
        Status::Superseded { by } => {
            let winner = aws_auth.accounts.entries.iter().find(|other| other.at == *by);
            Outcome::Superseded { by: place_of(winner.unwrap_or(account)) }
        }
        Status::Random { .. } | Status::InForce => match account.text.parse() {
            Ok(id) => return Expansion::Members(expand(given, &id, mapped)),
            Err(_) => Outcome::NeverMatches { why: NeverMatches::NotAnAccount },
        },
    })
}

fn expand<'a>(given: &Given<'a>, id: &AccountId, mapped: &BTreeSet<CanonicalArn>) -> Members<'a> {
    let decision = given.decisions.accounts.get(id);
    let bound = named_by_bindings(given, id);
    let seen = given.facts.snapshot.evidence.iter().flat_map(|evidence| seen_of(evidence, id));
    let (known, mut unresolved) = resolved(given, bound.chain(seen));
    let decided = decision.into_iter().flat_map(|decision| decision.principals.iter().cloned());
    let mut seen = BTreeSet::new();
    let mut named = Vec::new();
    for principal in known.into_iter().chain(decided) {
        unresolved.remove(&principal.canonical());
        if mapped.contains(&CanonicalArn::of_principal(&principal)) || !seen.insert(principal.clone()) {
            continue;
        }
        let own = decide(given.decisions, &principal.canonical())
            .or_else(|| decide(given.decisions, principal.as_str()));
        named.push((principal, own));
    }
    unresolved.retain(|arn| !mapped.contains(&CanonicalArn::of(arn)));
    let others = decision.and_then(|decision| decision.skip_others.clone());
    Members { named, unresolved: unresolved.into_iter().collect(), others }
}

/// The principals with a mapping of their own, which beats that of their account.
fn mapped(mappings: &[Read<'_>]) -> BTreeSet<CanonicalArn> {
    let is_read = |read: &&Read<'_>| {
        !matches!(read.reading, Reading::Ends(Outcome::Dropped { .. } | Outcome::NeverMatches { .. }))
    };
    mappings.iter().filter(is_read).map(|read| CanonicalArn::as_mapped(&read.mapping.arn)).collect()
}

fn place_of(account: &Account) -> LinePlace {
    LinePlace { entry: account.at, place: account.place }
}

/// The account's principals that bindings name by ARN.
fn named_by_bindings<'a>(
    given: &'a Given<'_>,
    account: &'a AccountId,
) -> impl Iterator<Item = PrincipalArn> + 'a {
    given
        .rbac
        .iter()
        .flat_map(|rbac| &rbac.bindings)
        .flat_map(|binding| &binding.subjects)
        .filter(|subject| subject.kind == SubjectKind::User)
        .filter_map(|subject| subject.name.parse::<PrincipalArn>().ok())
        // EKS names a role without its path, so a subject with one never matches
        .filter(move |user| user.account() == account && !(user.is_role() && user.has_path()))
}

/// The account's principals that authenticated by it, as the log has it: by their ARN, which for roles has no path.
fn seen_of<'a>(evidence: &'a Evidence, account: &'a AccountId) -> impl Iterator<Item = PrincipalArn> + 'a {
    let by_account = evidence.logins.iter().filter(|login| login.as_of_an_account > 0);
    let principals = by_account.filter_map(|login| login.canonical_arn.parse::<PrincipalArn>().ok());
    principals.filter(move |principal| principal.account() == account)
}

/// The principals with their real paths, and those whose path is not known.
fn resolved(
    given: &Given<'_>,
    named: impl Iterator<Item = PrincipalArn>,
) -> (BTreeSet<PrincipalArn>, BTreeSet<String>) {
    let mut known = BTreeSet::new();
    let mut unresolved = BTreeSet::new();
    let facts = given.facts;
    for principal in named {
        match resolve(&facts.iam, facts.cluster(), principal.as_str(), None) {
            Resolved::Principal(real) | Resolved::Unchecked(real) => {
                known.insert(real);
            }
            Resolved::Unresolved { .. } | Resolved::Ambiguous(_) => {
                unresolved.insert(principal.canonical());
            }
            Resolved::Gone
            | Resolved::Root
            | Resolved::NotAPrincipal(_)
            | Resolved::WrongDecision(_)
            | Resolved::UnknownDecision(_) => {}
        }
    }
    (known, unresolved)
}

/// The account's mapping waits for what one of its principals waits for.
pub(super) fn of_account(principal: PrincipalArn, by: Blocker) -> Outcome {
    Outcome::Blocked { by: Blocker::OfAccount { principal, by: Box::new(by) } }
}

/// An account that nobody has expanded to its end keeps the cluster from leaving the ConfigMap.
pub(in crate::planner) fn open_account(line: &Line) -> Option<Blocker> {
    match &line.outcome {
        Outcome::Expanded { principals: _, unresolved, others }
            if others.is_none() || !unresolved.is_empty() =>
        {
            Some(Blocker::Account { account: line.arn.clone(), unresolved: unresolved.clone() })
        }
        _ => None,
    }
}
