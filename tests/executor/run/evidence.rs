//! Plans that were made with an audit log are carried out where the log is not.

use eksodus::audit::{Evidence, Login, Period};
use eksodus::executor::{Ending, Refusal, verify};
use eksodus::journal::MemoryStore;
use eksodus::model::AuthenticationMode;
use eksodus::observe::observe;
use eksodus::planner::{Decisions, Phase, Plan, plan};
use eksodus::simulator::{At, Fault, Simulator};
use eksodus::snapshot::{Part, Snapshot};
use pollster::block_on;

use super::world::{AWS_AUTH, decided, run_back, run_planned, simulator, snapshot, undo};
use crate::kit::cluster::{ACCOUNT, aws_auth};

const SEEN: &str = "arn:aws:iam::111122223333:role/Old";
const ALSO: &str = "arn:aws:iam::111122223333:role/Again";

/// The account let these two in.
fn evidence() -> Evidence {
    let period = Period {
        first: "2026-05-01T00:00:00Z".parse().unwrap(),
        last: "2026-05-02T00:00:00Z".parse().unwrap(),
    };
    let login = |arn: &str| Login {
        canonical_arn: arn.to_owned(),
        principal_id: String::new(),
        period: Some(period),
        requests: 7,
        as_of_an_account: 7,
        usernames: [arn.to_owned()].into(),
        groups: [["system:authenticated".to_owned()].into()].into(),
        sessions: ["s".to_owned()].into(),
        and_more: false,
    };
    Evidence {
        period: Some(period),
        requests: 14,
        logins: vec![login(ALSO), login(SEEN)],
        ..Evidence::default()
    }
}

fn seen() -> Snapshot {
    let accounts = format!("- '{ACCOUNT}'\n");
    let aws_auth = aws_auth(&[("mapRoles", AWS_AUTH), ("mapAccounts", &accounts)]);
    Snapshot { aws_auth: Some(aws_auth), ..snapshot(AuthenticationMode::ConfigMap, &[]) }
}

fn planned(seen: &Snapshot) -> Plan {
    plan(&Snapshot { evidence: Some(evidence()), ..seen.clone() }, &Decisions::default())
}

fn has_entry(world: &Simulator, arn: &str) -> bool {
    decided(world).entries.contains_key(arn)
}

#[test]
fn a_plan_is_applied_resumed_verified_and_undone_without_its_log() {
    let (seen, store) = (seen(), MemoryStore::default());
    let (world, plan) = (simulator(&seen), planned(&seen));
    assert!(plan.targets.iter().any(|target| target.entry.principal.as_str() == SEEN));
    let start = decided(&world);
    // it dies on the way, and is resumed
    world.set_faults([Fault::HaltAfter { at: At { operation: None, number: 40 } }]);
    let first = run_planned(&world, &plan, &store, Phase::Verify);
    assert!(!matches!(first.ending, Ending::Done));
    world.set_faults([]);
    let finished = run_planned(&world, &plan, &store, Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(has_entry(&world, SEEN) && has_entry(&world, ALSO));
    let now = block_on(observe(&world)).unwrap();
    assert_eq!(now.evidence, None);
    assert_eq!(verify(&plan, &|phase| phase <= Phase::Verify, None, &now), []);
    // a plan made now, with the log or without it, has nothing more to do for them
    for evidence in [None, Some(evidence())] {
        let again = eksodus::planner::plan(&Snapshot { evidence, ..now.clone() }, &plan.decisions);
        assert!(again.steps.iter().all(|step| step.phase > Phase::Verify), "{:?}", again.steps);
    }
    let rollback = undo(&world, &plan, &store);
    let finished = run_back(&world, &rollback.plan, (&plan, &store), &MemoryStore::default());
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(!has_entry(&world, SEEN) && !has_entry(&world, ALSO));
    assert_eq!(decided(&world).aws_auth, start.aws_auth);
}

#[test]
fn what_is_missing_of_it_is_still_to_be_done() {
    let (seen, store) = (seen(), MemoryStore::default());
    let (world, plan) = (simulator(&seen), planned(&seen));
    let finished = run_planned(&world, &plan, &store, Phase::Verify);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let mut now = block_on(observe(&world)).unwrap();
    now.access_entries.as_mut().unwrap().retain(|entry| entry.principal != SEEN);
    let found: Vec<String> =
        verify(&plan, &|phase| phase <= Phase::Verify, None, &now).iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|it| it.contains(SEEN)), "{found:?}");
}

#[test]
fn a_plan_whose_evidence_was_changed_is_refused() {
    let seen = seen();
    // with a digest of its own, as a forger would make it
    let other = Evidence { logins: Vec::new(), ..evidence() };
    let forged = [
        Plan { evidence: Some(other.clone()), ..planned(&seen) }.sealed(),
        Plan { evidence: None, ..planned(&seen) }.sealed(),
    ];
    for plan in forged {
        let finished = run_planned(&simulator(&seen), &plan, &MemoryStore::default(), Phase::Entries);
        let Ending::Refused(refusals) = finished.ending else { panic!("{:?}", finished.ending) };
        let stale =
            |it: &Refusal| matches!(it, Refusal::Stale { changed } if changed.contains(&Part::AuditLog));
        assert!(refusals.iter().any(stale), "{refusals:?}");
    }
    // and with its fingerprint: then the planner makes another plan
    let print =
        plan(&Snapshot { evidence: Some(other.clone()), ..seen.clone() }, &Decisions::default()).fingerprint;
    let plan = Plan { evidence: Some(other), fingerprint: print, ..planned(&seen) }.sealed();
    let finished = run_planned(&simulator(&seen), &plan, &MemoryStore::default(), Phase::Entries);
    let Ending::Refused(refusals) = finished.ending else { panic!("{:?}", finished.ending) };
    assert!(matches!(refusals.as_slice(), [Refusal::OtherPlan { .. }]), "{refusals:?}");
}
