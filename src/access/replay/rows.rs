//! Requests that are told as one.

use std::collections::BTreeMap;

use super::logged::Resolved;
use super::{Count, LoginDifference, LoginKind, Row, Ruling, Sides, Who};
use crate::access::near::near_miss;
use crate::audit::{DecidedBy, Decision, DistinctRequest, LastDecision};
use crate::rbac::{Attributes, UserInfo};

/// How many rows of a list are told; a snapshot of another cluster would have as many as there are requests.
const MOST: usize = 1_000;
/// How many names and usernames a row has.
const EXAMPLES: usize = 4;

/// A request and all that was decided of it.
pub(super) struct Seen<'s, 'a, 'l> {
    pub sides: &'s Sides<'a>,
    pub request: &'s DistinctRequest<'l>,
    pub what: Attributes,
    pub log: LastDecision,
    pub before: Ruling,
    pub after: Ruling,
}

/// What requests agree in that are told as one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    who: Who,
    decision: Decision,
    by: DecidedBy,
    before: Ruling,
    after: Ruling,
    /// Without the name of the object.
    what: Attributes,
}

#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: BTreeMap<Key, (Row, usize)>,
    /// Requests of rows for which there was no room at all.
    left_out: usize,
}

/// While a log is gone through; what is told of it is less.
const KEPT: usize = 20_000;

impl Rows {
    pub fn add(&mut self, seen: Seen<'_, '_, '_>) {
        let Seen { sides, request, what, log, before, after } = seen;
        let of = sides.of;
        let name = request.name;
        let key = Key {
            who: of.who.clone(),
            decision: log.decision,
            by: log.by,
            before: before.clone(),
            after: after.clone(),
            what: unnamed(&what),
        };
        if !self.rows.contains_key(&key) && self.rows.len() >= KEPT {
            self.left_out += 1;
            return;
        }
        let (row, last) = self.rows.entry(key).or_insert_with(|| {
            let near = if after.is_denied() { near_miss(sides.after.access(), &what) } else { None };
            let row = Row {
                who: of.who.clone(),
                usernames: Vec::new(),
                logins: 0,
                request: what,
                names: Vec::new(),
                count: Count::default(),
                log,
                phase: (of.before != of.after).then_some(of.phase),
                before,
                after,
                near,
                before_user: sides.before.user().cloned(),
                after_user: sides.after.user().cloned(),
            };
            (row, usize::MAX)
        });
        row.count.add(request.counts.total());
        if row.log.at < log.at {
            row.log = log;
        }
        if *last != request.identity {
            *last = request.identity;
            row.logins += 1;
            if row.usernames.len() < EXAMPLES && !row.usernames.contains(&of.logged.username) {
                row.usernames.push(of.logged.username.clone());
            }
        }
        if !name.is_empty() && row.names.len() < EXAMPLES && !row.names.iter().any(|known| known == name) {
            row.names.push(name.to_owned());
        }
    }

    /// Those of the most requests first, with the number of those for which there is no room.
    pub fn into_list(self) -> (Vec<Row>, usize) {
        let mut rows: Vec<Row> = self.rows.into_values().map(|(row, _)| row).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.count.requests));
        let left_out = self.left_out + rows.len().saturating_sub(MOST);
        rows.truncate(MOST);
        (rows, left_out)
    }
}

fn unnamed(what: &Attributes) -> Attributes {
    let mut what = what.clone();
    if let Attributes::Resource { name, .. } = &mut what {
        *name = None;
    }
    what
}

/// Logins that are not those of the snapshot, by principal.
#[derive(Debug, Default)]
pub(super) struct Logins {
    of: BTreeMap<(Who, LoginKind, Option<UserInfo>), LoginDifference>,
    left_out: usize,
}

impl Logins {
    pub fn add(&mut self, of: &Resolved, count: Count) {
        let Who::Principal(principal) = &of.who else { return };
        let snapshot = of.before.identity().map(|identity| identity.user.clone());
        // sessions of one role differ in their usernames, and are told as one where their groups agree
        let groups = UserInfo { username: String::new(), groups: of.logged.groups.clone() };
        let key = (of.who.clone(), of.kind, Some(groups));
        if !self.of.contains_key(&key) && self.of.len() >= MOST {
            self.left_out += 1;
            return;
        }
        let found = self.of.entry(key).or_insert_with(|| LoginDifference {
            principal: principal.clone(),
            kind: of.kind,
            logged: of.logged.clone(),
            snapshot,
            logins: 0,
            count: Count::default(),
        });
        found.logins += 1;
        found.count.distinct += count.distinct;
        found.count.requests += count.requests;
    }

    pub fn into_list(self) -> (Vec<LoginDifference>, usize) {
        let mut list: Vec<LoginDifference> = self.of.into_values().collect();
        list.sort_by_key(|of| std::cmp::Reverse(of.count.requests));
        (list, self.left_out)
    }
}
