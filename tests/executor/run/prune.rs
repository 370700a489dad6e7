//! What becomes of `aws-auth`, and what must stay as it means.

use std::cell::Cell;

use eksodus::executor::{Difference, Ending, Options, Pruning, Refusal, verify};
use eksodus::journal::MemoryStore;
use eksodus::model::AuthenticationMode;
use eksodus::planner::{Action, Decisions, Phase, Plan, Prune, plan};
use eksodus::simulator::Operation;
use eksodus::snapshot::Snapshot;

use super::plans::from_config_map;
use super::world::{
    AWS_AUTH, DEV, NODE, OLD, decided, is_write, map_roles, options, progress, run, run_telling, simulator,
    snapshot, undo,
};
use crate::kit::cluster::aws_auth;

fn deleting() -> (Snapshot, Plan) {
    let mut now = snapshot(AuthenticationMode::ApiAndConfigMap, &[]);
    let gone = "- {rolearn: 'arn:aws:iam::111122223333:role/Gone', username: gone}\n";
    now.aws_auth = Some(aws_auth(&[("mapRoles", &[AWS_AUTH, gone].concat())]));
    let plan = plan(&now, &Decisions { prune: Prune::Delete, ..Decisions::default() });
    assert_eq!(plan.blockers(Phase::ApiMode).count(), 0, "{:?}", plan.notices);
    (now, plan)
}

#[test]
fn the_config_map_is_deleted_and_brought_back() {
    let (snapshot, plan) = deleting();
    let world = simulator(&snapshot);
    let start = decided(&world);
    let store = MemoryStore::default();
    let finished = run(&world, &plan, &store, Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert_eq!(decided(&world).aws_auth, None);
    let back = undo(&world, &plan, &store).plan;
    let finished = run(&world, &back, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert_eq!(decided(&world), start);
}

#[test]
fn after_it_is_deleted_the_way_to_api_mode_is_free() {
    let (snapshot, plan) = deleting();
    let world = simulator(&snapshot);
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::ApiMode);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let end = decided(&world);
    assert_eq!((end.mode, end.aws_auth), (AuthenticationMode::Api, None));
}

#[test]
fn without_pruning_the_lines_stay_on_the_way_to_api_mode() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    let start = decided(&world);
    let options = Options { prune: Pruning::None, ..options(Phase::ApiMode) };
    let (finished, _) = run_telling(&world, &plan, &MemoryStore::default(), options);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let end = decided(&world);
    assert_eq!((end.mode, end.aws_auth), (AuthenticationMode::Api, start.aws_auth));
}

/// The plan with another text in place of what it would leave.
fn leaving(plan: &Plan, text: &str) -> Plan {
    let mut plan = plan.clone();
    for step in &mut plan.steps {
        if let Action::AwsAuth { before: _, after, .. } = &mut step.action {
            *after = Some(map_roles(text));
        }
    }
    plan.sealed()
}

#[test]
fn what_stays_must_mean_what_it_meant_before_the_write() {
    let (snapshot, plan) = from_config_map();
    let dev = "- {rolearn: 'arn:aws:iam::111122223333:role/Dev', username: 'dev:{{SessionName}}', groups: [developers]}\n";
    let other = dev.replace("developers", "system:masters");
    let somebody = format!("- {{rolearn: '{OLD}', username: old}}\n");
    for (text, refused) in [(dev, false), (other.as_str(), true), (somebody.as_str(), true)] {
        let world = simulator(&snapshot);
        let plan = leaving(&plan, text);
        let finished = run(&world, &plan, &MemoryStore::default(), Phase::Prune);
        if refused {
            let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
            assert!(matches!(refusals[..], [Refusal::MeansOtherwise { .. }]), "{refusals:?}");
        } else {
            assert!(!matches!(finished.ending, Ending::Refused(_)), "{:?}", finished.ending);
        }
        let wrote = world.calls().iter().any(|call| call.operation == Operation::ReplaceAwsAuth);
        assert_eq!(wrote, !refused, "{text}");
    }
}

#[test]
fn what_stays_must_mean_what_it_meant_after_the_write() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    run(&world, &plan, &MemoryStore::default(), Phase::Prune);
    let mut after = world.to_snapshot();
    let done = |phase| phase <= Phase::Prune;
    assert_eq!(verify(&plan, &done, None, &after), []);
    let moved = format!("- {{rolearn: '{NODE}', username: admin, groups: [system:masters]}}\n");
    after.aws_auth = Some(aws_auth(&[("mapRoles", &moved)]));
    let found = verify(&plan, &done, None, &after);
    assert!(found.iter().any(|it| matches!(it, Difference::Line { arn, .. } if arn == NODE)), "{found:?}");
}

#[test]
fn an_interrupted_update_of_the_mode_is_followed_to_its_end_by_the_next_run() {
    let (snapshot, plan) = from_config_map();
    let whole = simulator(&snapshot);
    run(&whole, &plan, &MemoryStore::default(), Phase::Verify);
    for polls in 0..40 {
        let world = simulator(&snapshot);
        let store = MemoryStore::default();
        let asked = Cell::new(0);
        let is_polling = || world.calls().iter().any(|call| call.operation == Operation::DescribeUpdate);
        let interrupted = || {
            asked.set(asked.get() + usize::from(is_polling()));
            asked.get() > polls
        };
        let stopping = Options { interrupted: &interrupted, ..options(Phase::DualMode) };
        let (finished, _) = run_telling(&world, &plan, &store, stopping);
        assert!(matches!(finished.ending, Ending::Interrupted), "{:?}", finished.ending);
        let told = progress(&store);
        let (_, step) = told.steps().next().unwrap();
        assert!(step.calls[0].update.is_some(), "the journal says what is under way");
        let writes = || world.calls().iter().filter(|call| is_write(call.operation)).count();
        assert_eq!(writes(), 1);
        let finished = run(&world, &plan, &store, Phase::DualMode);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(writes(), 1, "one update is enough");
        let finished = run(&world, &plan, &store, Phase::Verify);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(decided(&world), decided(&whole));
        assert!(decided(&world).entries.contains_key(DEV));
    }
}
