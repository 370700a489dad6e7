//! What a simulated cluster is, without ids, times and the tags of runs: to be held against what it should be.

use std::collections::{BTreeMap, BTreeSet};

use crate::calls::Resource;
use crate::executor::Difference;
use crate::facts::Facts;
use crate::model::{AuthenticationMode, CanonicalArn, ConfigMapParts, PrincipalArn, RUN_TAG};
use crate::planner::{Action, Expected, Plan, Step};
use crate::rbac::Binding;
use crate::simulator::Simulator;
use crate::snapshot::{ObservedEntry, Snapshot};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resources {
    pub mode: Option<AuthenticationMode>,
    /// Those that authenticate somebody; of a recreated principal a rollback does not bring the dead one back.
    entries: BTreeMap<String, ObservedEntry>,
    dead: BTreeSet<String>,
    aws_auth: Option<(BTreeMap<String, String>, ConfigMapParts)>,
    bindings: BTreeSet<Binding>,
    /// With their ids, by which EKS tells one from another of the same ARN.
    principals: BTreeSet<(String, String)>,
}

/// What somebody else has changed, which is theirs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Touched {
    entries: BTreeSet<String>,
    aws_auth: bool,
    bindings: BTreeSet<(Option<String>, String)>,
    /// Deleted or recreated; what names them is judged anew.
    pub principals: BTreeSet<CanonicalArn>,
}

impl Resources {
    pub fn of(world: &Simulator) -> Self {
        Self::in_snapshot(&world.to_snapshot(), world.made().bindings)
    }

    /// `made`: bindings that were made where the others are not known.
    pub fn in_snapshot(snapshot: &Snapshot, made: Vec<Binding>) -> Self {
        let facts = Facts::of(snapshot);
        let dead = facts.entries.iter().filter(|entry| entry.liveness.is_dead());
        let plain = |entry: &ObservedEntry| {
            let mut tags = entry.tags.clone();
            tags.remove(RUN_TAG);
            let [arn, created, modified] = [(); 3].map(|()| String::new());
            (entry.principal.clone(), ObservedEntry { tags, arn, created, modified, ..entry.clone() })
        };
        let roles = snapshot.iam_roles.iter().flat_map(|list| &list.items);
        let users = snapshot.iam_users.iter().flat_map(|list| &list.items);
        let roles = roles.map(|role| (role.arn.to_string(), role.id.clone()));
        Self {
            mode: facts.mode,
            dead: dead.map(|entry| entry.observed.principal.clone()).collect(),
            entries: snapshot.access_entries.iter().flatten().map(plain).collect(),
            aws_auth: snapshot.aws_auth.as_ref().map(|manifest| {
                let map = &manifest.config_map;
                (map.data.clone(), map.parts())
            }),
            bindings: snapshot.rbac.as_ref().map_or(made, |rbac| rbac.bindings.clone()).into_iter().collect(),
            principals: roles.chain(users.map(|user| (user.arn.to_string(), user.id.clone()))).collect(),
        }
    }

    /// An entry that the plan recreates is dead to it, whatever IAM lists: its rollback does not bring it back.
    pub fn with_dead_of(mut self, plan: &Plan) -> Self {
        let dead = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Entry { principal, before: Expected::Entry(_), recreate: true, .. } => {
                Some(principal.to_string())
            }
            _ => None,
        });
        self.dead.extend(dead);
        self
    }

    /// What was changed on the way to `after`.
    pub fn touched(&self, after: &Self) -> Touched {
        let entries = differing(&self.entries, &after.entries).map(Clone::clone).collect();
        let bindings = self.bindings.symmetric_difference(&after.bindings);
        let principals = self.principals.symmetric_difference(&after.principals);
        let key = |(arn, _): &(String, String)| Some(CanonicalArn::of_principal(&arn.parse().ok()?));
        Touched {
            entries,
            aws_auth: self.aws_auth != after.aws_auth,
            bindings: bindings.map(|it| (it.namespace.clone(), it.name.clone())).collect(),
            principals: principals.filter_map(key).collect(),
        }
    }

    /// Where this is not as it should be, in what nobody else has touched.
    pub fn differs_from(&self, wanted: &Self, touched: &Touched) -> Vec<String> {
        let mut differs = self.differs_in_entries_from(wanted, touched);
        if self.aws_auth != wanted.aws_auth && !touched.has(&Resource::AwsAuth) {
            differs.push("aws-auth".to_owned());
        }
        let bindings = self.bindings.symmetric_difference(&wanted.bindings);
        let bindings: BTreeSet<Resource> = bindings.map(Resource::binding).collect();
        differs.extend(bindings.iter().filter(|it| !touched.has(it)).map(ToString::to_string));
        differs
    }

    /// The same of the mode and the entries alone.
    pub fn differs_in_entries_from(&self, wanted: &Self, touched: &Touched) -> Vec<String> {
        let mut differs = Vec::new();
        if self.mode != wanted.mode {
            differs.push(match (self.mode, wanted.mode) {
                (Some(now), Some(wanted)) => format!("the mode is {now}, not {wanted}"),
                _ => "the mode".to_owned(),
            });
        }
        let is_theirs = |principal: &String| match principal.parse() {
            Ok(principal) => touched.has_entry(&principal),
            Err(_) => touched.entries.contains(principal),
        };
        let entries = differing(&self.entries, &wanted.entries);
        let entries = entries.filter(|it| !wanted.dead.contains(*it) && !is_theirs(it));
        differs.extend(entries.map(|principal| format!("the access entry of {principal}")));
        differs
    }
}

impl Touched {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    fn has(&self, resource: &Resource) -> bool {
        match resource {
            Resource::Mode => false,
            Resource::Entry(principal) => self.has_entry(principal),
            // whoever was recreated may be mapped otherwise, or not at all
            Resource::AwsAuth => self.aws_auth || !self.principals.is_empty(),
            Resource::Binding { namespace, name } => {
                self.bindings.contains(&(namespace.clone(), name.clone())) || !self.principals.is_empty()
            }
        }
    }

    fn has_entry(&self, principal: &PrincipalArn) -> bool {
        self.entries.contains(principal.as_str())
            || self.principals.contains(&CanonicalArn::of_principal(principal))
    }

    /// What a new plan would do about it is about what somebody else did.
    pub fn is_of(&self, step: &Step) -> bool {
        Resource::of(step).is_some_and(|resource| self.has(&resource))
    }

    /// Whether what `verify` finds is what somebody else did.
    pub fn explains(&self, difference: &Difference) -> bool {
        match difference {
            Difference::Target { principal, .. }
            | Difference::Dead { principal, .. }
            | Difference::CallerHasNoEntry { principal } => self.has_entry(principal),
            Difference::Node { role, .. } => self.has_entry(role),
            Difference::Line { .. } => self.has(&Resource::AwsAuth),
            Difference::Step { resource, .. }
            | Difference::StillToDo { resource, .. }
            | Difference::Unknown { resource } => self.has(resource),
        }
    }
}

/// The keys under which two maps have not the same.
fn differing<'m, V: PartialEq>(
    one: &'m BTreeMap<String, V>,
    other: &'m BTreeMap<String, V>,
) -> impl Iterator<Item = &'m String> {
    let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    keys.into_iter().filter(move |key| one.get(*key) != other.get(*key))
}
