//! What a plan knew of the world: with more knowledge the planner would make another plan.

use crate::model::{IamArn, PrincipalArn};
use crate::parity::Assumption;
use crate::planner::{CallerAccess, Plan};
use crate::snapshot::{Caller, IamRole, IamUser, Listing, Part, Snapshot};

/// Older than every entry, so that none is taken for one of a recreated principal.
const LONG_AGO: &str = "1970-01-01T00:00:00Z";

/// The world without what the plan did not know, as seen by the plan's caller: plans are often made by one role and applied
/// by another. Entries are left as they are seen.
pub(crate) fn with_what_it_knew(plan: &Plan, seen: &Snapshot) -> Snapshot {
    let knew = |source| plan.fingerprint.contains_key(&source);
    // of these the fingerprint says nothing
    let missed = |source| plan.unknown.contains_key(&source);
    let mut world = seen.clone();
    // without `..`, so that a new part of the world is not forgotten
    let Snapshot {
        cluster: _,
        updates: _,
        aws_auth: _,
        access_entries: _,
        access_policies,
        nodegroups,
        fargate_profiles,
        iam_roles,
        iam_users,
        rbac,
        namespaces,
        api_resources,
        identity_providers: _,
        caller,
        // of journals, not of the world
        own_switch: _,
        evidence,
    } = &mut world;
    // nobody reads a log again: the plan carries what it took from it
    evidence.clone_from(&plan.evidence);
    if missed(Part::AccessPolicies) {
        *access_policies = None;
    }
    if missed(Part::Namespaces) {
        *namespaces = None;
    }
    if !knew(Part::Nodegroups) {
        *nodegroups = None;
    }
    if !knew(Part::FargateProfiles) {
        *fargate_profiles = None;
    }
    if !knew(Part::IamRoles) {
        *iam_roles = None;
    }
    if !knew(Part::IamUsers) {
        *iam_users = None;
    }
    if !knew(Part::Rbac) {
        *rbac = None;
    }
    if !knew_what_is_served(plan) {
        *api_resources = None;
    }
    *caller = if knew(Part::Caller) { caller_of(plan) } else { None };
    world
}

/// The plan's proof relies on the API server's discovery. The fingerprint says nothing of it: a Custom Resource that is added
/// while a plan is reviewed mostly changes no verdict.
pub(super) fn knew_what_is_served(plan: &Plan) -> bool {
    let proof = plan.parity.as_ref();
    proof.is_some_and(|proof| proof.assumptions.contains(&Assumption::ResourcesAsServed))
}

/// The caller as the plan names it; every session of a role is the role.
fn caller_of(plan: &Plan) -> Option<Caller> {
    let (CallerAccess::Principal { arn, .. } | CallerAccess::Elsewhere { arn }) = &plan.caller else {
        return None;
    };
    let account = arn.parse::<IamArn>().map(|arn| arn.account().to_string()).unwrap_or_default();
    Some(Caller { arn: arn.clone(), account, user_id: String::new() })
}

/// The parts of IAM that the plan knew and this caller may not list.
///
/// They are put back as far as the plan's own targets tell of them. That gives a forger nothing: role names are unique
/// within an account, so a target of another path is one that EKS refuses to make an entry for.
pub(crate) fn put_back_iam(plan: &Plan, world: &mut Snapshot) -> Vec<Part> {
    let knew = |source| plan.fingerprint.contains_key(&source);
    let named = |is_role: bool| -> Vec<PrincipalArn> {
        let principals = plan.targets.iter().map(|target| target.entry.principal.clone());
        principals.filter(|principal| principal.is_role() == is_role).collect()
    };
    let (id, created) = (String::new, || LONG_AGO.to_owned());
    let mut hidden = Vec::new();
    if knew(Part::IamRoles) && world.iam_roles.is_none() {
        let items = named(true).into_iter().map(|arn| IamRole { arn, id: id(), created: created() });
        world.iam_roles = Some(Listing { items: items.collect(), complete: false });
        hidden.push(Part::IamRoles);
    }
    if knew(Part::IamUsers) && world.iam_users.is_none() {
        let items = named(false).into_iter().map(|arn| IamUser { arn, id: id(), created: created() });
        world.iam_users = Some(Listing { items: items.collect(), complete: false });
        hidden.push(Part::IamUsers);
    }
    hidden
}
