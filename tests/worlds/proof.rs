//! What a plan's proof says, against what becomes of the world: the oracle says who everybody is, before and after, and the
//! evaluator that asks a request of each class says what that is worth.

use eksodus::model::{AccessScope, Associations, CanonicalArn, Partition, Phase, PolicyArn};
use eksodus::parity::Identity;
use eksodus::parity::exhaustive::{Classes, Side};
use eksodus::planner::{Decisions, Plan, plan};
use eksodus::rbac::Attributes;
use eksodus::snapshot::Snapshot;
use proptest::strategy::ValueTree;

use crate::apply::{Ended, Played, Stage};
use crate::find::tree;
use crate::generate::worlds;
use crate::oracle::{Access, Login, answer, logins};

/// More than the requests that rules of these worlds can tell apart.
const ALL: u64 = 10_000_000;

fn identity(access: &Access) -> Identity {
    let policies = access.policies.iter().map(|(policy, scope)| {
        let arn = PolicyArn::new(Partition::Aws, policy).unwrap();
        let names = scope.strip_prefix("namespaces ").unwrap_or(scope).split(", ").map(str::to_owned);
        let scope =
            if scope == "cluster" { AccessScope::Cluster } else { AccessScope::namespaces(names).unwrap() };
        (arn, scope)
    });
    Identity::authenticated(
        access.username.clone(),
        access.groups.iter().cloned(),
        policies.collect::<Associations>(),
    )
}

/// Whether the proof tells of the request, as one that the login loses or gains, or that nobody can know.
fn tells(plan: &Plan, login: &Login, request: &Attributes, is_lost: bool) -> bool {
    let key = CanonicalArn::of(&login.canonical);
    let principals = plan.parity.iter().flat_map(|parity| &parity.principals);
    let mut own = principals.filter(|it| {
        CanonicalArn::as_mapped(&it.principal) == key
            || it.principal.parse().is_ok_and(|arn| CanonicalArn::of_principal(&arn) == key)
    });
    own.any(|it| {
        !it.missing.is_empty()
            || it.rows(is_lost).any(|row| row.reach.includes(request.namespace()) && row.rule.allows(request))
    })
}

#[test]
fn nothing_is_lost_or_gained_that_the_proof_does_not_tell() {
    let scratch = tempfile::tempdir().unwrap();
    let strategy = worlds();
    let (mut done, mut told) = (0, 0);
    for number in 0..400 {
        let world = tree(&strategy, number).current();
        if world.bindings.is_none() {
            continue;
        }
        let Ok(mut played) = Played::begin(&world, scratch.path()) else { continue };
        let (before, was) = (played.state().unwrap(), played.rbac());
        let plan = played.plan();
        if !matches!(played.advance(Stage::Entries, false), Ended::Done) {
            continue;
        }
        done += 1;
        let (after, is) = (played.state().unwrap(), played.rbac());
        for login in logins(&world) {
            let [first, then] = [&before, &after].map(|state| answer(&world, state, &login));
            let [first, then] = [first.access().map(identity), then.access().map(identity)];
            // what EKS makes in this moment depends on how the simulated one behaves, and on more than a plan can know
            let is_planned = plan.targets.iter().any(|it| {
                CanonicalArn::of_principal(&it.entry.principal) == CanonicalArn::of(&login.canonical)
            });
            if first == then || !is_planned {
                continue;
            }
            let side = |identity, rbac| Side { identity, rbac };
            let classes = Classes::of(side(first.as_ref(), &was), side(then.as_ref(), &is));
            let asked = classes.walk(ALL, |request, was, is| {
                if was == is {
                    return;
                }
                told += 1;
                let request = request.attributes();
                assert!(
                    tells(&plan, &login, &request, was),
                    "world {number}: {} as {:?} {} {request}\n{first:?}\n{then:?}",
                    login.canonical,
                    login.session,
                    if was { "loses" } else { "gains" },
                );
            });
            assert_eq!(asked, classes.count());
        }
    }
    assert!(done > 50 && told > 100, "{done} worlds, {told} requests");
}

#[test]
fn a_plan_without_decisions_gives_nobody_more() {
    let scratch = tempfile::tempdir().unwrap();
    let strategy = worlds();
    for number in 0..600 {
        let world = tree(&strategy, number).current();
        crate::apply::save(&world, scratch.path());
        let Ok(snapshot) = Snapshot::load(scratch.path()) else { continue };
        let parity = plan(&snapshot, &Decisions::default()).parity.unwrap();
        // what EKS makes when the mode changes, no plan can prevent
        let gains = parity.principals.iter().filter(|it| it.gained.is_some() && it.phase != Phase::DualMode);
        let gains: Vec<_> = gains.collect();
        assert!(gains.is_empty(), "world {number}: {gains:#?}");
    }
}
