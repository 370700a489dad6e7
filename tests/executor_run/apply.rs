//! A run without mishaps.

use eksodus::executor::journal::MemoryStore;
use eksodus::executor::{Ending, Event};
use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::planner::Phase;

use crate::plans::{from_config_map, in_dual_mode};
use crate::world::{
    ADMIN, ALICE, DEV, NODE, decided, is_write, options, policy, progress, run, run_telling, simulator,
};

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
            Event::PhaseDone { phase } => Some(*phase),
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
    assert_eq!(end.entries[crate::world::WINDOWS].entry_type, EntryType::Ec2Windows);
    assert!(end.entries[ADMIN].policies.contains_key(&policy("AmazonEKSClusterAdminPolicy")));
}
