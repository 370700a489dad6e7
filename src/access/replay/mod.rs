//! What was really asked of a cluster, decided again: as the snapshot decides it, and as it would be decided after the plan.
//!
//! Three answers are held against each other: that of the API server, which the log has; *before*, which is ours by the
//! snapshot; and *after*. Where the first two differ the snapshot is not the cluster of that time, or what decided is not
//! RBAC or an access policy, and that is said before anything else. What was allowed is so by the log: the first answer
//! needs no proof.

mod logged;
mod report;
mod rows;
mod ruling;

pub use report::{Count, LoginDifference, LoginKind, NotCompared, Replay, Row, Summary, Who};
pub use ruling::{Open, Ruling};

use std::collections::BTreeSet;

use crate::audit::{DistinctRequest, DistinctRequests, LastDecision};
use crate::facts::Facts;
use crate::parity::Assumption;
use crate::planner::BeforeAfter;
use crate::rbac::{Attributes, DEFAULTS_OF, access_policy};
use logged::{Login, People, Resolved};
use report::Unknowns;
use rows::{Logins, Rows, Seen};
use ruling::Side;

impl Replay {
    /// Decides each distinct request. `both` is of the facts' snapshot. What an identity is given is found once, and kept
    /// no longer than its requests are gone through.
    pub fn of(requests: &DistinctRequests, facts: &Facts<'_>, both: &BeforeAfter<'_>) -> Self {
        let (before, after) = (both.before.index(), both.after.index());
        let people = People::of(facts, both, &before, &after);
        let mut found = Found {
            summary: Summary {
                system: requests.skipped(),
                unauthenticated: requests.unauthenticated(),
                beyond: requests.beyond(),
                ..Summary::default()
            },
            ..Found::default()
        };
        found.assumptions.insert(match both.is_rbac_known {
            true => Assumption::RbacAsRead,
            false => Assumption::RbacByDefault { version: DEFAULTS_OF.to_owned() },
        });
        if facts.mode.is_none() {
            found.assumptions.insert(Assumption::MappingsEffective);
        }
        for of_one in by_identity(requests).chunk_by(|(one, _), (other, _)| one == other) {
            let Some(identity) = of_one.first().and_then(|(index, _)| requests.identity(*index as usize))
            else {
                continue;
            };
            let resolved = people.resolve(&identity);
            let sides = Sides {
                before: Side::of(&before, &resolved.before, both.is_rbac_known),
                after: Side::of(&after, &resolved.after, both.is_rbac_known),
                of: &resolved,
            };
            for request in of_one.iter().filter_map(|(_, index)| requests.request(*index as usize)) {
                found.decide(&sides, &request);
            }
            found.end_of_login(&resolved);
        }
        found.into_replay()
    }
}

/// The requests of each identity, one identity after the other.
fn by_identity(requests: &DistinctRequests) -> Vec<(u32, u32)> {
    let mut order: Vec<(u32, u32)> =
        requests.iter().zip(0_u32..).map(|(request, at)| (request.identity as u32, at)).collect();
    order.sort_unstable();
    order
}

/// One login before and after.
struct Sides<'a> {
    before: Side<'a>,
    after: Side<'a>,
    of: &'a Resolved,
}

/// How what was decided stands to what would be.
enum Change {
    Same,
    Denied,
    Allowed,
    Unknown,
}

#[derive(Default)]
struct Found {
    summary: Summary,
    assumptions: BTreeSet<Assumption>,
    unknowns: Unknowns,
    /// When the newest of the access policies was published.
    policies_seen: Option<String>,
    logins: Logins,
    /// Of the login that is gone through.
    of_login: Count,
    otherwise: Rows,
    denied: Rows,
    allowed: Rows,
    unjudged: Rows,
}

impl Found {
    fn decide(&mut self, sides: &Sides<'_>, request: &DistinctRequest<'_>) {
        let times = request.counts.total();
        let summary = &mut self.summary;
        let Some(log) = request.counts.last else {
            summary.undecided.add(times);
            return;
        };
        if sides.of.kind == LoginKind::Gone {
            summary.gone.add(times);
            return;
        }
        summary.replayed.add(times);
        self.of_login.add(times);
        if sides.of.waits {
            summary.waiting.add(times);
        }
        let what = attributes(request);
        let (before, after) = (sides.before.ruling(&what), sides.after.ruling(&what));
        let is_otherwise = match &before {
            Ruling::Unknown { missing } => {
                summary.not_compared.add(times);
                self.unknowns.add(missing, times);
                false
            }
            _ if before.is_allowed() == log.is_allowed() => {
                summary.as_the_snapshot.add(times);
                false
            }
            _ => {
                summary.otherwise.add(times);
                true
            }
        };
        let rows = match sides.change(log, &before, &after) {
            Change::Same if is_otherwise => &mut self.otherwise,
            Change::Same => return,
            Change::Unknown => {
                summary.cannot_be_judged.add(times);
                if is_otherwise { &mut self.otherwise } else { &mut self.unjudged }
            }
            Change::Denied => {
                summary.would_be_denied.add(times);
                if is_otherwise {
                    summary.denied_already.add(times);
                }
                if is_otherwise { &mut self.otherwise } else { &mut self.denied }
            }
            Change::Allowed => {
                summary.would_be_allowed.add(times);
                if is_otherwise {
                    summary.allowed_already.add(times);
                }
                if is_otherwise { &mut self.otherwise } else { &mut self.allowed }
            }
        };
        rows.add(Seen { sides, request, what, log, before, after });
    }

    fn end_of_login(&mut self, of: &Resolved) {
        let count = std::mem::take(&mut self.of_login);
        let identities = [&of.before, &of.after].into_iter().filter_map(Login::identity);
        let seen = identities.flat_map(|identity| identity.policies.keys());
        let seen = seen.filter_map(|policy| Some(access_policy(policy.name())?.published()?.seen.as_str()));
        self.policies_seen = self.policies_seen.take().max(seen.max().map(str::to_owned));
        if of.kind.differs() && !count.is_none() {
            self.logins.add(of, count);
        }
    }

    fn into_replay(self) -> Replay {
        let Self { mut summary, mut assumptions, policies_seen, unknowns, logins, of_login: _, .. } = self;
        let Self { otherwise, denied, allowed, unjudged, .. } = self;
        assumptions.extend(policies_seen.map(|seen| Assumption::PoliciesAsPublished { seen }));
        summary.not_compared_for = unknowns.into_list();
        let mut left_out = 0;
        let mut list = |rows: Rows| {
            let (rows, no_room) = rows.into_list();
            left_out += no_room;
            rows
        };
        let (otherwise, denied) = (list(otherwise), list(denied));
        let (allowed, unjudged) = (list(allowed), list(unjudged));
        let (logins, no_room) = logins.into_list();
        left_out += no_room;
        Replay { summary, assumptions, logins, otherwise, denied, allowed, unjudged, left_out }
    }
}

impl Sides<'_> {
    fn change(&self, log: LastDecision, before: &Ruling, after: &Ruling) -> Change {
        match (log.is_allowed(), after) {
            (_, Ruling::Unknown { missing }) => match before {
                // whatever it is, it goes on to decide this
                Ruling::Unknown { missing: of_before }
                    if self.before.decides_as(&self.after, of_before, missing) =>
                {
                    Change::Same
                }
                _ => Change::Unknown,
            },
            (true, Ruling::Allowed { .. }) | (false, Ruling::Denied | Ruling::NoLogin) => Change::Same,
            (true, Ruling::Denied | Ruling::NoLogin) => Change::Denied,
            (false, Ruling::Allowed { .. }) => Change::Allowed,
        }
    }
}

/// As the authorizers were asked.
fn attributes(request: &DistinctRequest<'_>) -> Attributes {
    let DistinctRequest {
        identity: _,
        verb,
        api_group,
        resource,
        subresource,
        namespace,
        name,
        path,
        counts: _,
    } = *request;
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match resource {
        "" => Attributes::NonResource { path: path.to_owned(), verb: verb.to_owned() },
        _ => Attributes::Resource {
            namespace: some(namespace),
            verb: verb.to_owned(),
            group: api_group.to_owned(),
            resource: resource.to_owned(),
            subresource: some(subresource),
            name: some(name),
        },
    }
}
