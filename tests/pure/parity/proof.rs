//! What a plan says of parity, and what asking everybody's requests finds, are the same; and where they are not, it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use eksodus::facts::Facts;
use eksodus::planner::{Alike, Decisions, Plan, Proof, plan};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;

use crate::kit::clusters::{cluster, decisions};

const LIMIT: u64 = 1_000_000;

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder)
}

fn asked(snapshot: &Snapshot, plan: &Plan) -> Proof {
    plan.ask_all(&Facts::of(snapshot), LIMIT)
}

fn quickstart() -> (Snapshot, Plan) {
    let folder = fixtures("quickstart");
    let snapshot = Snapshot::load(&folder).unwrap();
    let file = std::fs::read_to_string(folder.join("eksodus.yaml")).unwrap();
    let decisions = Decisions::parse("eksodus.yaml", &file).unwrap();
    let plan = plan(&snapshot, &decisions);
    (snapshot, plan)
}

#[test]
fn the_quickstart_is_proved() {
    let (snapshot, plan) = quickstart();
    let proof = asked(&snapshot, &plan);
    assert!(proof.agrees() && proof.is_complete(), "{proof:#?}");
    let asked: BTreeSet<&str> =
        proof.alike.iter().flat_map(|it| &it.who).map(|it| it.principal.as_str()).collect();
    let parity = plan.parity.unwrap();
    let changing: BTreeSet<&str> = parity.principals.iter().map(|it| it.principal.as_str()).collect();
    assert!(changing.is_subset(&asked) && asked.len() == parity.summary.equal + changing.len());
}

#[test]
fn every_case_is_proved() {
    let mut proved = 0;
    for case in std::fs::read_dir(fixtures("cases")).unwrap() {
        let folder = case.unwrap().path();
        let Ok(snapshot) = Snapshot::load(&folder) else { continue };
        let file = std::fs::read_to_string(folder.join("eksodus.yaml"));
        let decisions = file.map_or_else(|_| Decisions::default(), |it| Decisions::parse("e", &it).unwrap());
        let proof = asked(&snapshot, &plan(&snapshot, &decisions));
        assert!(proof.agrees() && proof.is_complete(), "{}: {proof:#?}", folder.display());
        proved += 1;
    }
    assert!(proved > 10, "{proved}");
}

#[test]
fn what_a_plan_keeps_quiet_is_told() {
    let (snapshot, mut plan) = quickstart();
    assert!(asked(&snapshot, &plan).agrees());
    let before = asked(&snapshot, &plan).alike.iter().filter(|it| it.lost > 0).count();
    assert!(before > 0);
    let parity = plan.parity.as_mut().unwrap();
    for principal in &mut parity.principals {
        principal.lost = None;
        principal.to_come.lost.clear();
    }
    let proof = asked(&snapshot, &plan);
    let quiet: Vec<&Alike> = proof.alike.iter().filter(|it| !it.agrees()).collect();
    assert!(!proof.agrees() && quiet.len() == before);
    assert!(quiet.iter().all(|it| it.unreported.count == it.lost && it.not_found.is_empty()));
}

#[test]
fn what_a_plan_makes_up_is_told() {
    let (snapshot, mut plan) = quickstart();
    let parity = plan.parity.as_mut().unwrap();
    let change = parity.principals.iter_mut().find_map(|it| it.lost.as_mut()).unwrap();
    let mut row = change.rows[0].clone();
    row.rule.verbs = vec!["escalate".to_owned()];
    row.rule.resources = vec!["nothing".to_owned()];
    row.rule.api_groups = vec!["nowhere".to_owned()];
    change.rows.push(row.clone());
    let proof = asked(&snapshot, &plan);
    let made_up: Vec<_> = proof.alike.iter().flat_map(|it| &it.not_found).collect();
    assert!(!proof.agrees() && made_up.iter().all(|it| **it == row) && !made_up.is_empty(), "{made_up:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_of_any_cluster_says_what_asking_finds(snapshot in cluster(), decisions in decisions()) {
        let plan = plan(&snapshot, &decisions);
        let proof = asked(&snapshot, &plan);
        prop_assert!(proof.agrees(), "{:#?}", proof.alike.iter().find(|it| !it.agrees()));
    }
}
