//! The inverse plan: what it undoes, what it leaves, what it refuses.

use eksodus::calls::Resource;
use eksodus::eks::{EksApi as _, Update};
use eksodus::executor::{Ending, NoRollback, Refusal, rollback_plan};
use eksodus::journal::MemoryStore;
use eksodus::model::AuthenticationMode;
use eksodus::observe::observe;
use eksodus::planner::{Action, Phase, Plan};
use eksodus::simulator::{At, Change, Fault, Operation, Simulator};
use pollster::block_on;

use super::plans::{from_config_map, in_dual_mode, of_a_stack};
use super::world::{
    ADMIN, AGAIN, DEV, OLD, WINDOWS, decided, map_roles, options, progress, restored, run, run_telling,
    simulator, undo,
};
use crate::kit::cluster::arn;

fn migrated(through: Phase) -> (Simulator, Plan, MemoryStore) {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    let store = MemoryStore::default();
    let finished = run(&world, &plan, &store, through);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    (world, plan, store)
}

#[test]
fn lines_come_back_before_entries_go_and_the_mode_stays() {
    let (world, plan, store) = migrated(Phase::Prune);
    let rollback = undo(&world, &plan, &store);
    assert!(matches!(rollback.plan.steps[0].action, Action::AwsAuth { .. }));
    let last = rollback.plan.steps.last().unwrap();
    assert!(matches!(last.action, Action::Binding { after: None, .. }));
    let kept: Vec<&str> = rollback.plan.notices.iter().map(|notice| notice.subject.as_str()).collect();
    assert_eq!(kept, ["dual-mode/API_AND_CONFIG_MAP"]);
    assert_eq!(rollback.plan.undoes.as_ref(), Some(&plan.digest));
    assert_eq!(Plan::parse(&rollback.plan.to_json()).unwrap(), rollback.plan);
}

#[test]
fn what_is_undone_can_be_done_again_by_undoing_that() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    let [first, second, third] = [(); 3].map(|()| MemoryStore::default());
    let start = decided(&world);
    run(&world, &plan, &first, Phase::Prune);
    let end = decided(&world);
    let back = undo(&world, &plan, &first).plan;
    run(&world, &back, &second, Phase::Verify);
    assert_eq!(decided(&world), restored(&start));
    let forth = undo(&world, &back, &second).plan;
    run(&world, &forth, &third, Phase::Verify);
    assert_eq!(decided(&world), end);
}

#[test]
fn after_a_rollback_there_is_nothing_left_to_undo() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    let store = MemoryStore::default();
    run(&world, &plan, &store, Phase::Prune);
    run(&world, &undo(&world, &plan, &store).plan, &MemoryStore::default(), Phase::Verify);
    let again = undo(&world, &plan, &store);
    assert_eq!((again.plan.steps, again.refused), (Vec::new(), Vec::new()));
}

#[test]
fn an_entry_that_somebody_changed_since_is_left_alone() {
    let (world, plan, store) = migrated(Phase::Verify);
    world.change(&Change::TouchEntry(Some(arn(DEV))));
    let touched = decided(&world).entries[DEV].clone();
    let rollback = undo(&world, &plan, &store);
    assert!(
        matches!(&rollback.refused[..], [Refusal::ChangedSince { resource: Resource::Entry(it), .. }] if *it == arn(DEV))
    );
    let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let entries = decided(&world).entries;
    assert_eq!(entries.into_iter().collect::<Vec<_>>(), [(DEV.to_owned(), touched)]);
}

#[test]
fn an_edited_aws_auth_is_a_conflict_and_nothing_is_planned() {
    let (world, plan, store) = migrated(Phase::Prune);
    world.change(&Change::AddLine);
    let now = block_on(observe(&world)).unwrap();
    let refused = rollback_plan(&plan, &progress(&store), &now);
    assert!(matches!(refused, Err(NoRollback::AwsAuth(_))), "{refused:?}");
}

/// The switch is not of this run, as far as its journal tells: somebody else's, or ours and not written down.
fn switching_to_api(world: &Simulator) -> Update {
    block_on(world.update_authentication_mode(AuthenticationMode::Api, "a token")).unwrap()
}

#[test]
fn while_the_mode_changes_to_api_nothing_is_taken_away() {
    for through in [Phase::Verify, Phase::Prune] {
        let (world, plan, store) = migrated(through);
        let rollback = undo(&world, &plan, &store);
        let update = switching_to_api(&world);
        let end = decided(&world);
        // planned before the switch began, and after it
        for rollback in [rollback, undo(&world, &plan, &store)] {
            let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
            let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
            let [Refusal::SwitchingToApi { update: Some(named) }] = &refusals[..] else {
                panic!("{refusals:?}")
            };
            assert_eq!(*named, update.to_string());
            assert_eq!(decided(&world), end);
        }
        for denied in ["deny:eks:ListUpdates", "deny:eks:DescribeUpdate"] {
            world.set_faults([denied.parse().unwrap()]);
            let rollback = undo(&world, &plan, &store);
            let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
            let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
            assert!(matches!(refusals[..], [Refusal::SwitchingToApi { update: None }]), "{refusals:?}");
            assert_eq!(decided(&world), end);
        }
    }
}

#[test]
fn while_something_else_of_the_cluster_changes_a_rollback_goes_on() {
    let (world, plan, store) = migrated(Phase::Prune);
    world.change(&Change::StartUpdate);
    let rollback = undo(&world, &plan, &store);
    let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(decided(&world).entries.is_empty());
}

#[test]
fn in_api_mode_nothing_is_taken_away() {
    let (world, plan, store) = migrated(Phase::ApiMode);
    let end = decided(&world);
    let rollback = undo(&world, &plan, &store);
    let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert!(
        refusals
            .iter()
            .any(|it| matches!(it, Refusal::DeletesInApiMode { principal, .. } if *principal == arn(ADMIN)))
    );
    assert_eq!(decided(&world), end);
}

#[test]
fn a_rollback_that_dies_is_resumed_like_any_run() {
    let (snapshot, plan) = in_dual_mode();
    for (operation, last) in [(Operation::DeleteAccessEntry, 3), (Operation::CreateAccessEntry, 2)] {
        for number in 1..=last {
            let world = simulator(&snapshot);
            let [store, undoing] = [(); 2].map(|()| MemoryStore::default());
            let start = decided(&world);
            run(&world, &plan, &store, Phase::Prune);
            let back = undo(&world, &plan, &store).plan;
            let at = At { operation: Some(operation), number };
            world.set_faults([Fault::HaltAfter { at }]);
            let finished = run(&world, &back, &undoing, Phase::Verify);
            assert!(matches!(finished.ending, Ending::Failed(_)), "{operation:?} {number}");
            world.set_faults([]);
            let (finished, _) = run_telling(&world, &back, &undoing, options(Phase::Verify));
            assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
            assert_eq!(decided(&world), restored(&start));
        }
    }
}

#[test]
fn somebody_elses_change_after_the_preview_makes_the_rollback_stale() {
    let (world, plan, store) = migrated(Phase::Prune);
    let rollback = undo(&world, &plan, &store);
    world.change(&Change::TouchEntry(Some(arn(OLD))));
    let before = decided(&world);
    let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert!(matches!(refusals[..], [Refusal::Stale { .. }]));
    assert_eq!(decided(&world), before);
    assert_ne!(before.aws_auth, Some(map_roles(super::world::AWS_AUTH)));
}

#[test]
fn an_entry_whose_line_somebody_has_deleted_since_is_not_taken_away_nor_what_it_needs() {
    let (world, plan, store) = migrated(Phase::Verify);
    let without_dev = super::world::AWS_AUTH.split("- {rolearn").next().unwrap();
    world.change(&Change::AwsAuth(Some(map_roles(without_dev))));
    let rollback = undo(&world, &plan, &store);
    assert!(
        matches!(
            &rollback.refused[..],
            [Refusal::LineGone { principal, .. }, Refusal::BindingNeeded { .. }] if *principal == arn(DEV)
        ),
        "{:?}",
        rollback.refused
    );
    let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let now = decided(&world);
    assert!(now.entries.keys().eq([DEV]));
    assert!(now.bindings.iter().any(|binding| binding.name == "eksodus-developers"));
}

#[test]
fn a_dead_entry_is_not_made_again() {
    let (snapshot, plan) = in_dual_mode();
    let (world, store) = (simulator(&snapshot), MemoryStore::default());
    run(&world, &plan, &store, Phase::Prune);
    let rollback = undo(&world, &plan, &store);
    assert_eq!(rollback.refused, []);
    let told = rollback.plan.notices.iter().any(|notice| notice.subject == AGAIN);
    assert!(told, "{:?}", rollback.plan.notices);
    run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    assert!(!decided(&world).entries.contains_key(AGAIN));
}

#[test]
fn an_entry_that_a_stack_has_made_is_replaced_and_made_again_without_the_tags_of_the_stack() {
    let (snapshot, plan) = of_a_stack();
    let (world, store) = (simulator(&snapshot), MemoryStore::default());
    let start = decided(&world);
    let finished = run(&world, &plan, &store, Phase::Entries);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let replaced = &decided(&world).entries[WINDOWS];
    assert_ne!(replaced.entry_type, start.entries[WINDOWS].entry_type);
    assert!(replaced.tags.keys().eq(["team"]), "{:?}", replaced.tags);
    let finished = run(&world, &undo(&world, &plan, &store).plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let again = &decided(&world).entries[WINDOWS];
    assert_eq!(again.entry_type, start.entries[WINDOWS].entry_type);
    assert!(again.tags.keys().eq(["team"]), "{:?}", again.tags);
}

#[test]
fn what_another_principal_of_the_same_name_would_get_is_not_restored_and_said() {
    let (snapshot, plan) = in_dual_mode();
    let migrated = || {
        let (world, store) = (simulator(&snapshot), MemoryStore::default());
        run(&world, &plan, &store, Phase::Prune);
        (world, store)
    };
    // the run has replaced its entry by one of another type
    let (world, store) = migrated();
    world.change(&Change::RecreatePrincipal(Some(arn(WINDOWS))));
    let rollback = undo(&world, &plan, &store);
    assert!(
        matches!(&rollback.refused[..], [Refusal::PrincipalRecreated { principal, .. }] if *principal == arn(WINDOWS)),
        "{:?}",
        rollback.refused
    );
    // the run has deleted its entry, and EKS would refuse another one
    let (world, store) = migrated();
    world.change(&Change::DeletePrincipal(Some(arn(OLD))));
    world.change(&Change::DeleteEntry(Some(arn(OLD))));
    world.change(&Change::DeletePrincipal(Some(arn(WINDOWS))));
    let rollback = undo(&world, &plan, &store);
    assert!(
        rollback
            .refused
            .iter()
            .any(|it| matches!(it, Refusal::PrincipalGone { principal, .. } if *principal == arn(WINDOWS))),
        "{:?}",
        rollback.refused
    );
    // the rest is undone all the same
    let finished = run(&world, &rollback.plan, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}
