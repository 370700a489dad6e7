//! A run without mishaps.

use eksodus::executor::{Difference, Ending, Event, verify};
use eksodus::journal::MemoryStore;
use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::observe::observe;
use eksodus::planner::Phase;
use eksodus::simulator::Fault;
use eksodus::snapshot::Snapshot;
use pollster::block_on;

use super::plans::{from_config_map, in_dual_mode};
use super::world::{
    ADMIN, ALICE, AWS_AUTH, DEV, NODE, decided, is_write, options, progress, run, run_telling, simulator,
};
use crate::kit::cluster::{arn, aws_auth, policy};

#[test]
fn a_migration_goes_through_all_phases_and_a_second_run_does_nothing() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    let store = MemoryStore::default();
    let (finished, events) = run_telling(&world, &plan, &store, options(Phase::ApiMode));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let end = decided(&world);
    assert_eq!(end.mode, AuthenticationMode::Api);
    assert_eq!(end.entries[NODE].entry_type, EntryType::Ec2Linux);
    assert_eq!(end.entries[DEV].username, "dev:{{SessionName}}");
    assert_eq!(end.entries[ALICE].username, ALICE);
    assert!(end.bindings.iter().any(|binding| binding.name == "eksodus-developers"));
    let phases: Vec<Phase> = events
        .iter()
        .filter_map(|event| match event {
            Event::PhaseDone { phase, .. } => Some(*phase),
            _ => None,
        })
        .collect();
    assert_eq!(phases, [Phase::DualMode, Phase::Entries, Phase::Verify, Phase::Prune, Phase::ApiMode]);
    assert_eq!(finished.applied, progress(&store).applied());

    let calls = world.calls().len();
    let again = run(&world, &plan, &store, Phase::ApiMode);
    assert!(matches!(again.ending, Ending::Done), "{:?}", again.ending);
    assert_eq!((again.applied, again.applied_in_all), (0, finished.applied));
    assert!(!world.calls()[calls..].iter().any(|call| is_write(call.operation)), "a second run writes");
    assert_eq!(decided(&world), end);
}

#[test]
fn steps_are_numbered_as_they_begin_and_the_point_of_no_return_is_told_before_it() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    let store = MemoryStore::default();
    let numbers = |events: &[Event]| -> Vec<(usize, usize)> {
        let of = |event: &Event| match event {
            Event::StepStarted { number, of, .. } => Some((*number, *of)),
            _ => None,
        };
        events.iter().filter_map(of).collect()
    };
    let (finished, first) = run_telling(&world, &plan, &store, options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let ahead = plan.steps.iter().filter(|step| step.phase <= Phase::Entries).count();
    assert_eq!(numbers(&first), (1..=ahead).map(|number| (number, ahead)).collect::<Vec<_>>());
    let at = |wanted: fn(&Event) -> bool| first.iter().position(wanted).unwrap();
    let is_mode =
        |event: &Event| matches!(event, Event::StepStarted { step, .. } if step.starts_with("dual-mode/"));
    let said = [
        at(is_mode),
        at(|event| matches!(event, Event::Irreversible { to: AuthenticationMode::ApiAndConfigMap, .. })),
        at(|event| matches!(event, Event::Updating { .. })),
        at(|event| matches!(event, Event::PhaseDone { phase: Phase::DualMode, .. })),
    ];
    assert!(said.is_sorted(), "{first:#?}");
    // a run that is resumed counts on from what is done
    let (finished, rest) = run_telling(&world, &plan, &store, options(Phase::ApiMode));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let all = plan.steps.len();
    assert_eq!(numbers(&rest), (ahead + 1..=all).map(|number| (number, all)).collect::<Vec<_>>());
    let irreversible = |event: &&Event| matches!(event, Event::Irreversible { .. });
    assert_eq!(rest.iter().filter(irreversible).count(), 1);
}

#[test]
fn phases_can_be_run_one_after_the_other() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    let store = MemoryStore::default();
    for phase in Phase::ALL {
        let finished = run(&world, &plan, &store, phase);
        assert!(matches!(finished.ending, Ending::Done), "{phase}: {:?}", finished.ending);
    }
    let whole = simulator(&snapshot);
    run(&whole, &plan, &MemoryStore::default(), Phase::ApiMode);
    assert_eq!(decided(&world), decided(&whole));
}

#[test]
fn entries_are_changed_replaced_recreated_and_deleted() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let end = decided(&world);
    assert!(!end.entries.contains_key(ALICE));
    assert_eq!(end.entries[super::world::WINDOWS].entry_type, EntryType::Ec2Windows);
    assert!(end.entries[ADMIN].policies.contains_key(&policy("AmazonEKSClusterAdminPolicy")));
}

#[test]
fn lists_come_in_pages_and_what_may_not_be_read_stays_unknown() {
    let (snapshot, _) = in_dual_mode();
    let world = simulator(&snapshot);
    let all = block_on(observe(&world)).unwrap();
    assert_eq!(all.access_entries, snapshot.access_entries);
    assert_eq!(all.iam_roles.unwrap().items.len(), snapshot.iam_roles.as_ref().unwrap().items.len());
    assert_eq!(all.nodegroups, snapshot.nodegroups);

    let denied = ["iam:ListRoles", "eks:ListNodegroups", "eks:ListAccessPolicies"];
    world.set_faults(denied.map(|action| Fault::Deny { action: action.to_owned() }));
    let some = block_on(observe(&world)).unwrap();
    assert_eq!((some.iam_roles, some.nodegroups, some.access_policies), (None, None, None));
    assert!(some.iam_users.is_some());
    world.set_faults([Fault::Deny { action: "eks:DescribeAccessEntry".to_owned() }]);
    assert!(block_on(observe(&world)).unwrap_err().is_denied());
}

#[test]
fn verification_names_what_differs() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    run(&world, &plan, &MemoryStore::default(), Phase::Prune);
    let done = |phase| phase <= Phase::Prune;
    let after = world.to_snapshot();
    assert_eq!(verify(&plan, &done, None, &after), []);

    let mut changed = after.clone();
    let entries = changed.access_entries.as_mut().unwrap();
    entries.iter_mut().find(|it| it.principal == DEV).unwrap().groups.clear();
    entries.retain(|it| ![ADMIN, NODE].contains(&it.principal.as_str()));
    let differences = verify(&plan, &done, None, &changed);
    let has = |is: &dyn Fn(&Difference) -> bool| differences.iter().any(is);
    assert!(has(&|it| matches!(it, Difference::Step { step, .. } if step.ends_with(DEV))));
    assert!(!has(&|it| matches!(it, Difference::Target { principal, .. } if *principal == arn(DEV))));
    assert!(has(&|it| matches!(it, Difference::Node { found: None, .. })));
    assert!(has(&|it| matches!(it, Difference::CallerHasNoEntry { .. })));

    let unpruned = Snapshot { aws_auth: Some(aws_auth(&[("mapRoles", AWS_AUTH)])), ..after };
    let differences = verify(&plan, &done, None, &unpruned);
    let [Difference::Step { step, .. }] = differences.as_slice() else { panic!("{differences:?}") };
    assert_eq!(step, "prune/aws-auth");
}
