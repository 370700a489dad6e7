//! What of the ConfigMap is not `data`: kept by a cut, brought back by a rollback.

use eksodus::executor::{Ending, Failure};
use eksodus::journal::MemoryStore;
use eksodus::model::{AuthenticationMode, ConfigMap};
use eksodus::planner::{Decisions, Phase, Plan, Prune, plan};
use eksodus::reader::Manifest;
use eksodus::snapshot::Snapshot;
use serde_json::json;

use super::world::{AWS_AUTH, map_roles, run, simulator, snapshot, undo};
use crate::kit::cluster::manifest;

fn with_parts(immutable: Option<bool>) -> Snapshot {
    let mut now = snapshot(AuthenticationMode::ApiAndConfigMap, &[]);
    let metadata = json!({
        "name": "aws-auth", "namespace": "kube-system", "labels": {"team": "a"},
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}\n", "note": "keep"},
    });
    let config_map = ConfigMap {
        data: map_roles(AWS_AUTH),
        binary_data: [("logo".to_owned(), "eA==".to_owned())].into(),
        immutable,
        metadata: metadata.as_object().unwrap().clone(),
        ..ConfigMap::default()
    };
    now.aws_auth = Some(Manifest::from_config_map(config_map));
    now
}

fn config_map(world: &eksodus::simulator::Simulator) -> Option<ConfigMap> {
    let found = world.to_snapshot().aws_auth.map(|manifest| manifest.config_map);
    // every write is another version
    found.map(|map| ConfigMap { resource_version: String::new(), ..map })
}

/// As if the parts were nobody's: what a plan would hold that somebody made by hand.
fn deleting(now: &Snapshot) -> Plan {
    let mut bare = now.clone();
    let data = now.aws_auth.as_ref().unwrap().config_map.data.clone();
    bare.aws_auth = Some(manifest(data));
    let mut plan = plan(&bare, &Decisions { prune: Prune::Delete, ..Decisions::default() });
    for step in &mut plan.steps {
        if let eksodus::planner::Action::AwsAuth { parts, .. } = &mut step.action {
            *parts = now.aws_auth.as_ref().unwrap().config_map.parts();
        }
    }
    plan.sealed()
}

#[test]
fn a_cut_keeps_every_part_and_a_rollback_too() {
    let now = with_parts(None);
    let world = simulator(&now);
    let start = config_map(&world).unwrap();
    let (plan, store) = (plan(&now, &Decisions::default()), MemoryStore::default());
    let finished = run(&world, &plan, &store, Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let cut = config_map(&world).unwrap();
    assert_ne!(cut.data, start.data);
    assert_eq!(ConfigMap { data: start.data.clone(), ..cut }, start);
    let back = undo(&world, &plan, &store).plan;
    let finished = run(&world, &back, &MemoryStore::default(), Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert_eq!(config_map(&world).unwrap(), start);
}

#[test]
fn what_was_deleted_comes_back_whole() {
    for immutable in [None, Some(false), Some(true)] {
        let now = with_parts(immutable);
        let world = simulator(&now);
        let start = config_map(&world).unwrap();
        let (plan, store) = (deleting(&now), MemoryStore::default());
        assert_eq!(Plan::parse(&plan.to_json()).unwrap(), plan);
        let finished = run(&world, &plan, &store, Phase::Prune);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(config_map(&world), None);
        let back = undo(&world, &plan, &store).plan;
        let finished = run(&world, &back, &MemoryStore::default(), Phase::Verify);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(config_map(&world).unwrap(), start);
    }
}

#[test]
fn parts_that_the_plan_does_not_know_are_not_deleted() {
    let now = with_parts(None);
    let world = simulator(&now);
    let start = config_map(&world).unwrap();
    let mut plan = deleting(&now);
    for step in &mut plan.steps {
        if let eksodus::planner::Action::AwsAuth { parts, .. } = &mut step.action {
            parts.binary_data.clear();
        }
    }
    let finished = run(&world, &plan.sealed(), &MemoryStore::default(), Phase::Prune);
    assert!(!matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(!matches!(finished.ending, Ending::Failed(Failure::Verify { .. })), "{:?}", finished.ending);
    assert_eq!(config_map(&world).unwrap(), start);
}
