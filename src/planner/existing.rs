use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::classify::NodeRoles;
use super::{Blocker, Existing, ExistingFate, Note, Standing, Target};
use crate::model::{AccessEntry, AccessScope, EntryType, GroupName, PrincipalArn, UsernameTemplate};
use crate::rbac::Index;
use crate::snapshot::{ObservedEntry, Snapshot};

/// What a decision says of a principal, word for word.
#[derive(Clone, Copy)]
pub(super) struct Decided {
    pub policies: bool,
    /// Its groups, its policies, or its username.
    pub access: bool,
}

/// Puts a target beside the entry its principal has, if any.
///
/// Policies beyond the line stay unless a decision lists them all: the entry is what is in force today.
///
/// # Errors
/// When the entry cannot become the target without harm to others.
pub(super) fn settle(
    target: &mut Target,
    observed: Option<&ObservedEntry>,
    decided: Decided,
    created: &Created,
    nodes: &NodeRoles,
    rbac: Option<&Index<'_>>,
) -> Result<(), Blocker> {
    let Some(observed) = observed else {
        target.standing = Standing::Create;
        return Ok(());
    };
    if is_eks_owned(observed) {
        return Err(Blocker::Existing { why: "EKS made the entry and keeps it".to_owned() });
    }
    let Some(from) = observed.as_entry() else {
        return Err(Blocker::Existing {
            why: format!("its username {:?} or a group of it could not be written back", observed.username),
        });
    };
    if from.entry_type != target.entry.entry_type {
        target.standing = replace(&from, &target.entry, nodes)?;
        target.entry.tags.clone_from(&from.tags);
        return Ok(());
    }
    if !decided.policies {
        let kept: Vec<_> = from
            .policies
            .iter()
            .filter(|(policy, _)| !target.entry.policies.contains_key(*policy))
            .map(|(policy, scope)| (policy.clone(), scope.clone()))
            .collect();
        if !kept.is_empty() {
            let policies =
                kept.iter().map(|(policy, scope)| format!("{} ({scope})", policy.name())).collect();
            target.notes.push(Note::PoliciesKept { policies });
            target.entry.policies.extend(kept);
        }
    }
    if !decided.access && !created.is_stale(observed) {
        gives_no_less(&from, &target.entry, rbac)?;
    }
    target.entry.tags.clone_from(&from.tags);
    target.standing = if created.is_stale(observed) {
        let why = "its principal was deleted and made again since, so the entry lets nobody in".to_owned();
        Standing::Replace { from, why }
    } else if from == target.entry {
        Standing::Equal
    } else {
        Standing::Update { from }
    };
    Ok(())
}

/// The entry replaces the line of its principal completely, so what the line says beyond it nobody has today.
fn gives_no_less(from: &AccessEntry, to: &AccessEntry, rbac: Option<&Index<'_>>) -> Result<(), Blocker> {
    if from.is_cluster_admin_by_policy() {
        return Ok(());
    }
    let groups: BTreeSet<GroupName> = to.groups.difference(&from.groups).cloned().collect();
    let held = |policy, scope| {
        let before = from.policies.get(policy);
        before == Some(scope) || before == Some(&AccessScope::Cluster)
    };
    let beyond = to.policies.iter().filter(|(policy, scope)| !held(*policy, *scope));
    let policies: Vec<String> =
        beyond.map(|(policy, scope)| format!("{} ({scope})", policy.name())).collect();
    let username = to.effective_username().filter(|name| {
        let is_bound =
            |index: &Index<'_>| index.bindings_of_template(&UsernameTemplate::new(name)).next().is_some();
        from.effective_username().as_ref() != Some(name) && rbac.is_some_and(is_bound)
    });
    if groups.is_empty() && policies.is_empty() && username.is_none() {
        return Ok(());
    }
    Err(Blocker::EntryGivesLess { groups, policies, username })
}

fn replace(from: &AccessEntry, to: &AccessEntry, nodes: &NodeRoles) -> Result<Standing, Blocker> {
    let why = format!("an entry's type cannot be changed from {} to {}", from.entry_type, to.entry_type);
    match (&from.entry_type, &to.entry_type) {
        (EntryType::Standard, _) => {}
        // what EKS makes for a Windows node group with an AMI of one's own (terraform-aws-eks 2994)
        (EntryType::Ec2Linux, EntryType::Ec2Windows) if !has_linux_nodes(&from.principal, nodes) => {}
        _ => {
            return Err(Blocker::Existing {
                why: format!("its entry has type {}, and deleting that would cut off nodes", from.entry_type),
            });
        }
    }
    Ok(Standing::Replace { from: from.clone(), why })
}

fn has_linux_nodes(role: &PrincipalArn, nodes: &NodeRoles) -> bool {
    nodes.nodegroups.get(role).is_some_and(|role| role.linux && !role.windows)
}

/// Entries of service-linked roles and of the reserved `eks:` usernames.
fn is_eks_owned(observed: &ObservedEntry) -> bool {
    observed.username.starts_with("eks:")
        || observed.principal.parse::<PrincipalArn>().is_ok_and(|principal| principal.is_service_linked())
}

/// When each principal was created, as IAM says.
///
/// An entry is bound to its principal's unique id; there is no API that returns it, but times tell.
pub(super) struct Created(BTreeMap<String, Timestamp>);

impl Created {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let roles = snapshot.iam_roles.iter().flat_map(|roles| &roles.items);
        let users = snapshot.iam_users.iter().flat_map(|users| &users.items);
        let roles = roles.filter_map(|role| Some((role.arn.to_string(), role.created_at()?)));
        let users = users.filter_map(|user| Some((user.arn.to_string(), user.created_at()?)));
        Self(roles.chain(users).collect())
    }

    pub(super) fn is_stale(&self, observed: &ObservedEntry) -> bool {
        match (self.0.get(&observed.principal), observed.created_at()) {
            (Some(principal), Some(entry)) => *principal > entry,
            _ => false,
        }
    }
}

/// The one fate of every existing entry.
pub(super) fn fates(
    entries: &[ObservedEntry],
    targets: &BTreeMap<PrincipalArn, Target>,
    blocked: &dyn Fn(&str) -> bool,
) -> Vec<Existing> {
    let mut fates: Vec<Existing> = entries
        .iter()
        .map(|observed| {
            let target =
                observed.principal.parse().ok().and_then(|principal: PrincipalArn| targets.get(&principal));
            let fate = match target.map(|target| &target.standing) {
                Some(Standing::Equal | Standing::NotYetObservable | Standing::Create) => ExistingFate::Equal,
                Some(Standing::Update { .. }) => ExistingFate::Update,
                Some(Standing::Replace { .. }) => ExistingFate::Replace,
                None if is_eks_owned(observed) => ExistingFate::EksOwned,
                None if blocked(&observed.principal) => ExistingFate::Blocked,
                // made by EKS for node groups, Fargate, Auto Mode and HyperPod, or for nodes by hand
                None if !observed.entry_type.is_standard() => ExistingFate::EksOwned,
                None => ExistingFate::Foreign,
            };
            Existing { principal: observed.principal.clone(), entry_type: observed.entry_type.clone(), fate }
        })
        .collect();
    fates.sort_by(|a, b| a.principal.cmp(&b.principal));
    fates
}
