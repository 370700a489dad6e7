//! Who has access after each call: those who were cluster administrators, the caller, and the roles of nodes.
//!
//! Told by the facts of the simulated cluster alone. Whoever has a right at the beginning and in the end has it all the
//! time, but for two moments that EKS's calls do not leave out, and that are no lock-out: an entry that was created and has
//! not its policies yet, and one that was deleted to be created with another type.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use super::state::{Resources, Touched};
use crate::facts::{EffectiveBy, Facts, Requirement};
use crate::model::{AccessScope, Associations, AuthenticationMode, CanonicalArn, GroupName, PolicyArn};
use crate::rbac::{Attributes, Index, Rbac, UserInfo};
use crate::reader::{Identity, Mapping, Status};
use crate::simulator::{Call, Effect, Operation, Simulator};
use crate::snapshot::{ObservedEntry, Snapshot};

/// Somebody was left without what the plan lets them keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOut {
    /// The ARN of a role or user, as `aws-auth` or the entry names it.
    pub who: String,
    pub right: Right,
    /// The call after which it was so, with its number.
    pub after: Operation,
    pub call: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Everything in the cluster.
    Administrator,
    /// Of the caller that is no administrator: anything at all.
    Anything,
    /// To join as a node, or to run Fargate pods.
    Node(Option<Requirement>),
}

/// Who has what at the beginning and in the end of a run that nothing disturbs.
pub(super) struct Kept {
    rights: Vec<(Who, Right)>,
    /// The entries at the beginning and in the end, by principal.
    entries: [BTreeMap<String, ObservedEntry>; 2],
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Who {
    key: CanonicalArn,
    account: String,
}

/// How somebody waits for their entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Nobody else is cluster administrator.
    pub alone: bool,
}

/// What was seen so far.
#[derive(Default)]
pub(super) struct Seen {
    pub lock_outs: Vec<LockOut>,
    /// Somebody waits for the rest of their entry now.
    pub waiting: Option<Waiting>,
    pub touched: Touched,
    /// What somebody else took from them.
    excused: BTreeSet<usize>,
    /// Those whom somebody else deleted: a mapping that names them gives nobody anything.
    gone: BTreeSet<CanonicalArn>,
    /// Those whom somebody else recreated, and the run has not read IAM since: it takes them for who they were.
    mistaken: BTreeSet<CanonicalArn>,
    last: Option<(Option<AuthenticationMode>, Resources)>,
}

impl Kept {
    pub fn of(start: &Snapshot, end: &Snapshot) -> Self {
        let (before, after) = (Facts::of(start), Facts::of(end));
        let (was, will) = (Access::of(&before), Access::of(&after));
        let entries = before.entries.iter().map(|entry| entry.key.clone());
        let mapped = before.aws_auth().into_iter().flat_map(|aws_auth| {
            let all = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries);
            let counts = all.filter(|it| matches!(it.status, Status::InForce | Status::Random { .. }));
            counts.map(|it| CanonicalArn::as_mapped(&it.arn)).collect::<Vec<_>>()
        });
        let caller = start.caller.as_ref().and_then(|caller| {
            Some(CanonicalArn::of(&Identity::from_arn(&caller.arn, "").canonical_arn().ok()?))
        });
        let keys: BTreeSet<CanonicalArn> = entries.chain(mapped).chain(caller.clone()).collect();
        let listed = before.nodes.roles().flat_map(|(role, uses)| {
            uses.iter().map(|used| (CanonicalArn::of_principal(role), Right::Node(Some(used.requires))))
        });
        let mut asked: BTreeSet<(CanonicalArn, Right)> = listed.collect();
        for key in keys {
            asked.insert((key.clone(), Right::Node(None)));
            if caller.as_ref() == Some(&key) {
                asked.insert((key.clone(), Right::Anything));
            }
            asked.insert((key, Right::Administrator));
        }
        let asked = asked.into_iter().map(|(key, right)| (Who::of(key), right));
        let rights = asked.filter(|(who, right)| was.has(who, *right) && will.has(who, *right)).collect();
        let entries = [start, end].map(|snapshot| {
            let all = snapshot.access_entries.iter().flatten();
            all.map(|entry| (entry.principal.clone(), entry.clone())).collect()
        });
        Self { rights, entries }
    }

    /// The moment between two calls that make one entry.
    fn is_between(&self, facts: &Facts<'_>, who: &Who) -> bool {
        let [start, end] = &self.entries;
        let now = facts.entries.of_key(&who.key).next();
        let of_key = |(principal, _): &(&String, &ObservedEntry)| {
            principal.parse().is_ok_and(|principal| CanonicalArn::of_principal(&principal) == who.key)
        };
        let mut wanted = start.iter().chain(end).filter(of_key).map(|(_, entry)| entry);
        match now.map(|entry| entry.observed) {
            Some(now) => wanted.any(|it| {
                (&it.entry_type, &it.username) == (&now.entry_type, &now.username)
                    && now.policies.len() < it.policies.len()
                    && now.policies.iter().all(|(policy, scope)| it.policies.get(policy) == Some(scope))
            }),
            None => {
                let types: BTreeSet<_> = wanted.map(|it| it.entry_type.to_string()).collect();
                types.len() > 1
            }
        }
    }
}

impl Who {
    fn of(key: CanonicalArn) -> Self {
        let account = key.as_str().split(':').nth(4).unwrap_or_default().to_owned();
        Self { key, account }
    }
}

/// What the facts of one moment give to whom.
struct Access<'f, 's> {
    facts: &'f Facts<'s>,
    rbac: Index<'f>,
}

impl<'f, 's> Access<'f, 's> {
    fn of(facts: &'f Facts<'s>) -> Self {
        const NONE: &Rbac = &Rbac { roles: Vec::new(), bindings: Vec::new() };
        Self { facts, rbac: facts.snapshot.rbac.as_ref().unwrap_or(NONE).index() }
    }

    fn has(&self, who: &Who, right: Right) -> bool {
        match self.facts.effective(&who.key, &who.account).by {
            EffectiveBy::Entry(entry) => self.by_entry(entry.observed, right),
            EffectiveBy::Mapping(mapping) => self.by_mapping(mapping, right),
            EffectiveBy::AnyOf(mappings) => mappings.iter().all(|mapping| self.by_mapping(mapping, right)),
            EffectiveBy::Account(_) => self.as_user(who.key.as_str(), std::iter::empty(), right),
            EffectiveBy::Nobody => false,
        }
    }

    fn by_entry(&self, entry: &ObservedEntry, right: Right) -> bool {
        let groups = || entry.groups.iter().map(String::as_str);
        match right {
            Right::Node(Some(requires)) => requires.is_served_by(&entry.entry_type),
            Right::Node(None) => Requirement::of_type(&entry.entry_type).is_some(),
            Right::Administrator | Right::Anything => {
                by_policy(&entry.policies, right) || self.as_user(&entry.username, groups(), right)
            }
        }
    }

    fn by_mapping(&self, mapping: &Mapping, right: Right) -> bool {
        let mut groups = mapping.groups.iter().flatten().map(String::as_str);
        match right {
            Right::Node(_) => groups.any(|group| group == GroupName::NODES),
            Right::Administrator | Right::Anything => self.as_user(&mapping.username, groups, right),
        }
    }

    /// By RBAC. Of a template no binding of users is looked for: it gives one session of many something.
    fn as_user<'g>(&self, username: &str, groups: impl Iterator<Item = &'g str>, right: Right) -> bool {
        let groups = groups.map(str::to_owned).collect();
        let user = UserInfo { username: username.to_owned(), groups };
        match right {
            Right::Administrator => self.rbac.allows(&user, &Attributes::resource("*", "*", "*")),
            Right::Anything => {
                user.groups.contains(GroupName::MASTERS) || !self.rbac.grants_anywhere(&user).is_empty()
            }
            Right::Node(_) => false,
        }
    }
}

fn by_policy(policies: &Associations, right: Right) -> bool {
    let all = (PolicyArn::CLUSTER_ADMIN, &AccessScope::Cluster);
    match right {
        Right::Administrator => policies.iter().any(|(policy, scope)| (policy.name(), scope) == all),
        Right::Anything | Right::Node(_) => !policies.is_empty(),
    }
}

/// Looks at the world after each of its calls that may have changed anything.
pub(super) fn on(world: &Simulator, kept: &Arc<Kept>) -> Rc<RefCell<Seen>> {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let (kept, to) = (Arc::clone(kept), Rc::clone(&seen));
    seen.borrow_mut().last = Some((Some(world.mode()), Resources::of(world)));
    world.before_answer(move |world, call| {
        to.borrow_mut().after(world, call, &kept);
        Ok(())
    });
    seen
}

impl Seen {
    fn after(&mut self, world: &Simulator, call: &Call, kept: &Kept) {
        let disturbed = world.disturbed();
        if let Some(left) = &disturbed {
            self.others_did(left, world, kept);
        }
        self.is_told(call);
        let mode = Some(world.mode());
        let wrote = call.operation.is_write() && call.outcome.took_effect();
        let is_new_mode = self.last.as_ref().is_none_or(|(known, _)| *known != mode);
        if disturbed.is_none() && !wrote && !is_new_mode {
            return;
        }
        let now = world.to_snapshot();
        self.look(&now, call, kept);
        self.last = Some((mode, Resources::in_snapshot(&now, world.made().bindings)));
    }

    /// What somebody else takes from others is not ours to answer for.
    fn others_did(&mut self, left: &Snapshot, world: &Simulator, kept: &Kept) {
        if let Some((_, before)) = &self.last {
            self.touched = before.touched(&Resources::in_snapshot(left, world.made().bindings));
        }
        // of a principal that no list shows it shows nowhere that it is another one, or gone
        let changed = world.strikes().into_iter().filter(|strike| strike.effect == Effect::Changed);
        for principal in changed.filter_map(|strike| strike.target.parse().ok()) {
            if world.is_gone(&principal) {
                let key = CanonicalArn::of_principal(&principal);
                self.touched.principals.insert(key.clone());
                self.gone.insert(key);
            }
        }
        let facts = Facts::of(left);
        let access = Access::of(&facts);
        let recreated = self.touched.principals.difference(&self.gone);
        self.mistaken = recreated.cloned().collect();
        for (index, (who, right)) in kept.rights.iter().enumerate() {
            if self.gone.contains(&who.key) || !access.has(who, *right) {
                self.excused.insert(index);
            }
        }
    }

    /// What IAM lists from now on the run knows.
    fn is_told(&mut self, call: &Call) {
        let kind = match call.operation {
            Operation::ListRoles => ":role/",
            Operation::ListUsers => ":user/",
            _ => return,
        };
        if call.outcome.took_effect() {
            self.mistaken.retain(|who| !who.as_str().contains(kind));
        }
    }

    fn look(&mut self, now: &Snapshot, call: &Call, kept: &Kept) {
        let facts = Facts::of(now);
        let access = Access::of(&facts);
        self.waiting = None;
        let is_kept = |(who, right): &&(Who, Right)| access.has(who, *right);
        let administrators = kept.rights.iter().filter(|(_, right)| *right == Right::Administrator);
        let alone = administrators.clone().next().is_some() && !administrators.clone().any(|it| is_kept(&it));
        for (index, kept_right) in kept.rights.iter().enumerate() {
            if self.excused.contains(&index) || is_kept(&kept_right) {
                continue;
            }
            let (who, right) = kept_right;
            if kept.is_between(&facts, who) {
                self.waiting = Some(Waiting { alone });
                continue;
            }
            if self.mistaken.contains(&who.key) {
                // as a role that is recreated after the migration, for that mappings name ARNs and entries do not
                self.excused.insert(index);
                continue;
            }
            let who = who.key.to_string();
            if !self.lock_outs.iter().any(|known| known.who == who && known.right == *right) {
                self.lock_outs.push(LockOut { who, right: *right, after: call.operation, call: call.number });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pollster::block_on;

    use super::*;
    use crate::eks::{EksApi as _, IamApi as _};
    use crate::kube::KubeApi as _;
    use crate::simulator::Behaviour;

    const OPERATOR: &str = "arn:aws:iam::222233334444:role/operator";

    /// The entry of a recreated role is dead, so that its mapping alone gives it something; then the mapping goes.
    fn locked_out(reads_iam: bool) -> Vec<(String, Right)> {
        let folder = Path::new("fixtures/cases/entry-gives-more-than-its-mapping");
        let start = Snapshot::load(folder).unwrap();
        let end = Snapshot { aws_auth: None, ..start.clone() };
        let world = Simulator::from_snapshot(&start, Behaviour::default()).unwrap();
        let seen = on(&world, &Arc::new(Kept::of(&start, &end)));
        world.set_faults(["recreate-role:eks:DescribeAccessEntry:1".parse().unwrap()]);
        block_on(world.describe_access_entry(OPERATOR)).unwrap();
        if reads_iam {
            block_on(world.list_roles(None)).unwrap();
        }
        let aws_auth = block_on(world.get_aws_auth()).unwrap().unwrap();
        block_on(world.delete_aws_auth(&aws_auth.resource_version)).unwrap();
        let seen = seen.borrow();
        seen.lock_outs.iter().map(|it| (it.who.clone(), it.right)).collect()
    }

    #[test]
    fn a_recreated_role_is_locked_out_by_who_was_told_that_it_is_another_one() {
        assert_eq!(locked_out(false), []);
        assert_eq!(locked_out(true), [(OPERATOR.to_owned(), Right::Anything)]);
    }
}
