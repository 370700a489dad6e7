//! Who authenticated by IAM, and as whom.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::event::AuditEvent;
use super::intern::{Interner, Lists};
use super::reading::Period;

/// How many usernames, sets of groups and session names of one principal are kept: session names of a pipeline have no end.
const KEPT: usize = 20;
/// Bytes of all of them.
const ROOM: usize = 16 << 20;
/// Principals: six times as many as a cluster can have entries.
const MOST: usize = 20_000;

/// An IAM principal that authenticated, whatever it then was allowed to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// For roles without their path.
    pub canonical_arn: String,
    /// `AROA…` or `AIDA…`: two principals of one ARN are an old one and one that was recreated. Empty when the log has none.
    pub principal_id: String,
    /// `None`: none of its events has a time.
    pub period: Option<Period>,
    pub requests: u64,
    /// How many of them had the username and the groups that `mapAccounts` gives.
    pub as_of_an_account: u64,
    pub usernames: BTreeSet<String>,
    pub groups: BTreeSet<BTreeSet<String>>,
    /// Names of sessions of a role.
    pub sessions: BTreeSet<String>,
    /// There were more usernames, groups or sessions than these.
    pub and_more: bool,
}

/// Everybody who authenticated by IAM. Nodes are among them; EKS's own identities (`eks:*`), which are of accounts of AWS,
/// are not.
pub struct Logins {
    texts: Interner,
    keys: Lists,
    logins: Vec<Login>,
    room: usize,
    beyond: u64,
}

impl Default for Logins {
    fn default() -> Self {
        Self { texts: Interner::new(ROOM), keys: Lists::new(MOST), logins: Vec::new(), room: ROOM, beyond: 0 }
    }
}

impl Logins {
    pub fn add(&mut self, event: &AuditEvent<'_>) {
        let user = &event.user;
        if event.is_unauthenticated() || !user.is_iam_login() || user.username.starts_with("eks:") {
            return;
        }
        let Some(at) = self.place_of(&user.canonical(), user.principal()) else {
            self.beyond += 1;
            return;
        };
        let Self { logins, room, .. } = self;
        let Some(login) = logins.get_mut(at) else { return };
        login.requests += 1;
        login.as_of_an_account += u64::from(user.is_as_of_an_account());
        Period::include(&mut login.period, event.time);
        let more = &mut login.and_more;
        keep(&mut login.usernames, &user.username, room, more);
        if !user.session_name.is_empty() {
            keep(&mut login.sessions, &user.session_name, room, more);
        }
        keep_groups(&mut login.groups, &user.groups, room, more);
    }

    fn place_of(&mut self, canonical_arn: &str, principal_id: &str) -> Option<usize> {
        let key = [self.texts.id(canonical_arn)?, self.texts.id(principal_id)?];
        let at = self.keys.id(&key)? as usize;
        if at == self.logins.len() {
            self.logins.push(Login {
                canonical_arn: canonical_arn.to_owned(),
                principal_id: principal_id.to_owned(),
                period: None,
                requests: 0,
                as_of_an_account: 0,
                usernames: BTreeSet::new(),
                groups: BTreeSet::new(),
                sessions: BTreeSet::new(),
                and_more: false,
            });
        }
        Some(at)
    }

    /// By ARN, then by id.
    pub fn into_sorted(self) -> Vec<Login> {
        let mut logins = self.logins;
        logins.sort_by(|a, b| (&a.canonical_arn, &a.principal_id).cmp(&(&b.canonical_arn, &b.principal_id)));
        logins
    }

    /// Requests of principals that came when there was no room for another.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
}

/// Keeps the text, or says that there is more.
fn keep(kept: &mut BTreeSet<String>, text: &str, room: &mut usize, more: &mut bool) {
    // a node has hundreds of names, and that there are more is said once
    if (*more && kept.len() >= KEPT) || kept.contains(text) {
        return;
    }
    match room.checked_sub(text.len()).filter(|_| kept.len() < KEPT) {
        None => *more = true,
        Some(left) => {
            *room = left;
            kept.insert(text.to_owned());
        }
    }
}

/// The same for a set of groups, in whatever order they stand there.
fn keep_groups(
    kept: &mut BTreeSet<BTreeSet<String>>,
    groups: &[Cow<'_, str>],
    room: &mut usize,
    more: &mut bool,
) {
    let is_it = |set: &BTreeSet<String>| {
        set.len() == groups.len() && groups.iter().all(|group| set.contains(&**group))
    };
    if kept.iter().any(is_it) {
        return;
    }
    let set: BTreeSet<String> = groups.iter().map(|group| group.clone().into_owned()).collect();
    let size = set.iter().map(String::len).sum();
    if kept.contains(&set) {
        return;
    }
    match room.checked_sub(size).filter(|_| kept.len() < KEPT) {
        None => *more = true,
        Some(left) => {
            *room = left;
            kept.insert(set);
        }
    }
}
