//! Whom each mapping is about, and which decision is about it: nothing is made for anybody yet.

use super::resolve::{Resolved, resolve, unknown_decision};
use crate::facts::{EntryFact, Service, service_of};
use crate::findings::Impossible;
use crate::model::{AuthenticationMode, CanonicalArn, IamArn, PrincipalArn, parse_any_case};
use crate::planner::given::Given;
use crate::planner::{Blocker, Decisions, LinePlace, Note, Outcome, PrincipalDecision, matches};
use crate::reader::{AwsAuth, EntryRef, Mapping, Place, Status};

/// A mapping of `mapRoles` or `mapUsers`, read.
pub(in crate::planner) struct Read<'a> {
    pub mapping: &'a Mapping,
    /// The first decision that names its principal.
    pub decision: Option<&'a PrincipalDecision>,
    pub reading: Reading<'a>,
}

pub(in crate::planner) enum Reading<'a> {
    /// Nobody gets an entry by it, whatever else there is.
    Ends(Outcome),
    /// Its principal authenticates by it.
    Effective { principal: PrincipalArn, notes: Vec<Note> },
    /// Its principal authenticates by this live access entry.
    Overridden { principal: &'a PrincipalArn, entry: &'a EntryFact<'a> },
}

/// Every mapping of the two sections, in file order.
pub(in crate::planner) fn read_mappings<'a>(given: &Given<'a>) -> Vec<Read<'a>> {
    let Some(aws_auth) = given.facts.aws_auth() else { return Vec::new() };
    let mappings = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries);
    mappings.map(|mapping| read(given, aws_auth, mapping)).collect()
}

fn read<'a>(given: &Given<'a>, aws_auth: &AwsAuth, mapping: &'a Mapping) -> Read<'a> {
    let at = |entry: &EntryRef| {
        let unknown = LinePlace { entry: *entry, place: Place { line: 0, column: 0 } };
        aws_auth.mapping(*entry).map_or(unknown, place_of)
    };
    let outcome = match &mapping.status {
        _ if given.facts.mode == Some(AuthenticationMode::Api) => Outcome::NotRead,
        Status::Dropped(why) => Outcome::Dropped { why: why.clone() },
        Status::Superseded { by } => Outcome::Superseded { by: at(by) },
        // while the principal has a live entry, neither spelling is looked up
        Status::Random { .. } if live(given, mapping).is_some() => return winning(given, mapping),
        Status::Random { with } => blocked(Blocker::Random { with: with.iter().map(at).collect() }),
        Status::NeverMatches(why) => Outcome::NeverMatches { why: why.clone() },
        Status::InForce => return winning(given, mapping),
    };
    Read { mapping, decision: None, reading: Reading::Ends(outcome) }
}

/// The mapping that the authenticator takes: effective, unless its principal has a live access entry.
fn winning<'a>(given: &Given<'a>, mapping: &'a Mapping) -> Read<'a> {
    let decision = decide(given.decisions, &mapping.arn);
    let decide_for = |principal: &PrincipalArn| decide(given.decisions, principal.as_str());
    if let Some(entry) = live(given, mapping)
        && let Some(principal) = &entry.principal
    {
        let decision = decision.or_else(|| decide_for(principal));
        return Read { mapping, decision, reading: Reading::Overridden { principal, entry } };
    }
    let reading = who(given, mapping, decision);
    let decision = match &reading {
        Reading::Effective { principal, .. } => decision.or_else(|| decide_for(principal)),
        _ => decision,
    };
    Read { mapping, decision, reading }
}

fn live<'a>(given: &Given<'a>, mapping: &Mapping) -> Option<&'a EntryFact<'a>> {
    given.facts.entries.live(&CanonicalArn::as_mapped(&mapping.arn))
}

/// The principal that authenticates by the mapping; or what becomes of a mapping for whose principal no entry can be made.
fn who<'a>(given: &Given<'_>, mapping: &Mapping, decision: Option<&PrincipalDecision>) -> Reading<'a> {
    let skip = decision.filter(|decision| decision.is_skipped());
    if let Some(service) = service_behind(&mapping.arn).filter(|_| skip.is_none()) {
        return Reading::Ends(blocked(Blocker::ServiceLinkedRole { service }));
    }
    let by = match resolve(&given.facts.iam, given.facts.cluster(), &mapping.arn, decision) {
        Resolved::Principal(principal) => {
            let has_path = principal.is_role() && principal.has_path();
            return effective(mapping, principal, has_path.then_some(Note::PathResolved));
        }
        Resolved::Unchecked(principal) => return effective(mapping, principal, Some(Note::PathUnchecked)),
        _ if skip.is_some() => return Reading::Ends(skipped(skip)),
        Resolved::Gone => return Reading::Ends(Outcome::Gone),
        Resolved::Root => Blocker::Root,
        Resolved::Unresolved { account } => Blocker::UnresolvedRole { account },
        Resolved::Ambiguous(candidates) => Blocker::AmbiguousRole { candidates },
        Resolved::NotAPrincipal(why) => Blocker::NoPrincipal { why },
        Resolved::WrongDecision(arn) => Blocker::Decision { why: Impossible::OtherPrincipal { arn } },
        Resolved::UnknownDecision(arn) => unknown_decision(&arn),
    };
    Reading::Ends(blocked(by))
}

fn effective<'a>(mapping: &Mapping, principal: PrincipalArn, path: Option<Note>) -> Reading<'a> {
    let damage = mapping.damage.iter().map(|damage| Note::Damaged { what: damage.lost.clone() });
    Reading::Effective { principal, notes: path.into_iter().chain(damage).collect() }
}

/// The first decision that matches the ARN.
pub(super) fn decide<'a>(decisions: &'a Decisions, arn: &str) -> Option<&'a PrincipalDecision> {
    decisions.principals.iter().find(|decision| matches(&decision.principal, arn))
}

pub(in crate::planner) fn place_of(mapping: &Mapping) -> LinePlace {
    LinePlace { entry: mapping.at, place: mapping.place }
}

pub(super) fn blocked(by: Blocker) -> Outcome {
    Outcome::Blocked { by }
}

pub(super) fn skipped(decision: Option<&PrincipalDecision>) -> Outcome {
    Outcome::Skipped { reason: decision.and_then(|decision| decision.skip.clone()).unwrap_or_default() }
}

/// The service whose own role it is; `aws-auth` names it without its path.
fn service_behind(arn: &str) -> Option<Service> {
    match parse_any_case(arn) {
        Ok(IamArn::Principal(principal)) => service_of(&principal),
        _ => None,
    }
}
