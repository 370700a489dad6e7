//! What is refused, and that nothing is done then.

use eksodus::calls::NoCalls;
use eksodus::executor::{Ending, Failure, Options, Refusal, refusals};
use eksodus::findings::{Finding, Reason};
use eksodus::journal::MemoryStore;
use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::planner::{Expected, Phase, Plan, Severity, Step};
use eksodus::rbac::SubjectKind;
use eksodus::simulator::Fault;
use eksodus::snapshot::{Part, Snapshot};

use super::plans::{entry_step, from_config_map, in_dual_mode, mode_step, plan, prune_step};
use super::world::{
    ADMIN, ALICE, AWS_AUTH, DEV, NODE, OPS, decided, is_write, options, run, run_telling, simulator, snapshot,
};
use crate::kit::cluster::{With, arn, aws_auth, entry};

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

/// Dual mode with every line of `aws-auth` covered, and a plan for the rest of the way.
fn covered() -> (Snapshot, Plan) {
    super::last_look::covered(vec![prune_step("[]\n"), mode_step(DUAL, AuthenticationMode::Api)])
}

fn careful(through: Phase) -> Options<'static> {
    Options { allow_irreversible: false, ..options(through) }
}

fn api_mode(plan: &Plan, now: &Snapshot) -> Vec<Refusal> {
    let steps: Vec<&Step> = plan.steps.iter().filter(|step| step.phase == Phase::ApiMode).collect();
    refusals(plan, Phase::ApiMode, &steps, now)
}

#[test]
fn with_everything_covered_nothing_is_refused() {
    let (snapshot, plan) = covered();
    assert_eq!(api_mode(&plan, &snapshot), []);
    let finished = run(&simulator(&snapshot), &plan, &MemoryStore::default(), Phase::ApiMode);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

#[test]
fn api_mode_is_refused_for_each_thing_that_is_missing() {
    let (whole, plan) = covered();
    let without = |principal: &str| {
        let mut now = whole.clone();
        now.access_entries.as_mut().unwrap().retain(|entry| entry.principal != principal);
        api_mode(&plan, &now)
    };
    let not_covered = |refusals: &[Refusal], principal: &str| {
        refusals.iter().any(|it| matches!(it, Refusal::NotCovered { arn, .. } if arn == principal))
    };
    assert!(not_covered(&without(DEV), DEV));
    let nodes = without(NODE);
    assert!(not_covered(&nodes, NODE));
    assert!(nodes.iter().any(|it| matches!(it, Refusal::NodeRole { found: None, .. })));
    let admins = without(OPS);
    assert!(not_covered(&admins, OPS) && admins.contains(&Refusal::NoOtherAdministrator));
    let own = without(ADMIN);
    let caller = whole.caller.clone().unwrap().arn;
    assert!(own.contains(&Refusal::CallerHasNoEntry { caller }), "the ARN as it was given: {own:?}");
    assert!(own.iter().any(|it| matches!(it, Refusal::CallerLosesAccess { .. })));

    let mut other_groups = whole.clone();
    let dev = other_groups.access_entries.as_mut().unwrap().iter_mut().find(|it| it.principal == DEV);
    dev.unwrap().groups.clear();
    assert!(not_covered(&api_mode(&plan, &other_groups), DEV));

    let mut other_type = whole.clone();
    let nodes = other_type.access_entries.as_mut().unwrap().iter_mut().find(|it| it.principal == NODE);
    nodes.unwrap().entry_type = EntryType::FargateLinux;
    let wrong = api_mode(&plan, &other_type);
    assert!(
        wrong.iter().any(|it| matches!(it, Refusal::NodeRole { found: Some(EntryType::FargateLinux), .. }))
    );

    let unread = Snapshot { nodegroups: None, ..whole.clone() };
    assert_eq!(api_mode(&plan, &unread), [Refusal::NodesUnknown]);
}

#[test]
fn a_group_bound_to_everything_makes_an_administrator_and_a_vanished_principal_none() {
    let (mut now, plan) = covered();
    let ops = now.access_entries.as_mut().unwrap().iter_mut().find(|it| it.principal == OPS).unwrap();
    ops.policies.clear();
    ops.groups.insert("platform".to_owned());
    assert!(api_mode(&plan, &now).contains(&Refusal::NoOtherAdministrator));
    now = now.bound(SubjectKind::Group, "platform", "cluster-admin");
    assert!(!api_mode(&plan, &now).contains(&Refusal::NoOtherAdministrator));
    now.iam_roles.as_mut().unwrap().items.retain(|role| role.arn != arn(OPS));
    assert!(api_mode(&plan, &now).contains(&Refusal::NoOtherAdministrator));
}

#[test]
fn a_line_that_nobody_planned_for_keeps_the_cluster_out_of_api_mode() {
    let (mut now, plan) = covered();
    let late = "- {rolearn: 'arn:aws:iam::111122223333:role/Late', username: late}\n";
    now.aws_auth = Some(aws_auth(&[("mapRoles", &[AWS_AUTH, late].concat())]));
    let late = "arn:aws:iam::111122223333:role/Late".to_owned();
    assert_eq!(api_mode(&plan, &now), [Refusal::UnknownLine { arn: late }]);
}

#[test]
fn phases_without_a_way_back_need_to_be_allowed_and_nothing_is_done_before() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    let (finished, _) = run_telling(&world, &plan, &MemoryStore::default(), careful(Phase::Verify));
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert_eq!(refusals[..], [Refusal::Irreversible { phase: Phase::DualMode }]);
    assert!(world.calls().is_empty());
    let (finished, _) = run_telling(&world, &plan, &MemoryStore::default(), careful(Phase::Preflight));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    assert!(!world.calls().iter().any(|call| is_write(call.operation)));
}

#[test]
fn a_caller_who_would_be_locked_out_is_told_before() {
    let admin = entry(ADMIN, "admin", &[], &["AmazonEKSClusterAdminPolicy"]);
    let (_, api) = (DUAL, AuthenticationMode::Api);
    for mode in [DUAL, api] {
        let snapshot = snapshot(mode, std::slice::from_ref(&admin));
        let mut steps = vec![entry_step(Expected::Entry(admin.clone()), None, false)];
        if mode == DUAL {
            let lines = Step { phase: Phase::Entries, ..prune_step("[]\n") };
            steps.insert(0, lines);
        }
        let plan = plan(&snapshot, steps);
        let world = simulator(&snapshot);
        let start = decided(&world);
        let finished = run(&world, &plan, &MemoryStore::default(), Phase::Entries);
        let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
        assert!(refusals.iter().any(|it| matches!(it, Refusal::CallerLosesAccess { .. })), "{refusals:?}");
        let deletes = refusals.iter().any(|it| matches!(it, Refusal::DeletesInApiMode { .. }));
        assert_eq!(deletes, mode == api);
        assert_eq!(decided(&world), start);
    }
}

#[test]
fn a_plan_that_was_edited_is_of_another_cluster_or_cannot_be_done_is_refused_before_any_call() {
    let (snapshot, plan) = in_dual_mode();
    let world = simulator(&snapshot);
    let mut edited = plan.clone();
    edited.steps.pop();
    let finished = run(&world, &edited, &MemoryStore::default(), Phase::Entries);
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert!(matches!(refusals[..], [Refusal::Edited { .. }]));

    let mut twice = plan.clone();
    twice.steps.push(plan.steps[0].clone());
    let finished = run(&world, &twice.sealed(), &MemoryStore::default(), Phase::Entries);
    assert!(matches!(finished.ending, Ending::Failed(Failure::Plan(NoCalls::Twice { .. }))));
    assert!(world.calls().is_empty());

    let mut elsewhere = plan.clone();
    elsewhere.cluster = Some("arn:aws:eks:eu-west-1:111122223333:cluster/test".parse().unwrap());
    let finished = run(&world, &elsewhere.sealed(), &MemoryStore::default(), Phase::Entries);
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert!(matches!(refusals[..], [Refusal::OtherCluster { .. }]));
    assert!(!world.calls().iter().any(|call| is_write(call.operation)));
}

#[test]
fn a_blocker_stops_runs_that_come_to_its_phase_and_no_others() {
    let (snapshot, mut plan) = in_dual_mode();
    let found = Finding::new(None, "somebody", Reason::Covered);
    plan.notices.push(found.with_severity(Severity::Blocks(Phase::Prune)));
    let plan = plan.sealed();
    let world = simulator(&snapshot);
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Prune);
    assert!(matches!(&finished.ending, Ending::Blocked(notices) if notices.len() == 1));
    assert!(world.calls().is_empty());
    let (finished, _) = run_telling(&world, &plan, &MemoryStore::default(), options(Phase::Verify));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

#[test]
fn a_line_is_pruned_only_when_its_entry_is_there() {
    let (now, plan) = covered();
    let prune: Vec<&Step> = plan.steps.iter().filter(|step| step.phase == Phase::Prune).collect();
    assert_eq!(refusals(&plan, Phase::Prune, &prune, &now), []);
    let forgotten = Plan { lines: Vec::new(), targets: Vec::new(), ..plan.clone() };
    let refused = refusals(&forgotten, Phase::Prune, &prune, &now);
    let arns: Vec<&str> = refused
        .iter()
        .map(|it| match it {
            Refusal::NotPrunable { arn, .. } => arn.as_str(),
            other => panic!("{other}"),
        })
        .collect();
    let pathless = "arn:aws:iam::111122223333:role/Dev";
    assert_eq!(arns, [NODE, ADMIN, OPS, pathless]);
}

#[test]
fn an_administrator_whose_role_was_made_anew_does_not_count() {
    let (mut now, plan) = covered();
    let roles = &mut now.iam_roles.as_mut().unwrap().items;
    roles.iter_mut().find(|role| role.arn == arn(OPS)).unwrap().created = "2024-06-01T00:00:00Z".to_owned();
    let refused = api_mode(&plan, &now);
    // and its dead entry covers no mapping
    assert!(
        matches!(&refused[..], [Refusal::NotCovered { arn, .. }, Refusal::NoOtherAdministrator] if arn == OPS),
        "{refused:?}"
    );
}

#[test]
fn a_services_own_role_is_no_administrator() {
    let (mut now, plan) = covered();
    let ops = now.access_entries.as_mut().unwrap().iter_mut().find(|it| it.principal == OPS).unwrap();
    ops.principal = "arn:aws:iam::111122223333:role/aws-service-role/backup.amazonaws.com/Backup".to_owned();
    assert!(api_mode(&plan, &now).contains(&Refusal::NoOtherAdministrator));
}

#[test]
fn a_caller_let_in_by_its_account_may_give_its_entry_back() {
    let (mut now, _) = covered();
    let undo = entry_step(
        Expected::Entry(entry(ADMIN, "admin", &[], &["AmazonEKSClusterAdminPolicy"])),
        None,
        false,
    );
    let plan = plan(&now, vec![undo.clone()]);
    let lost = |now: &Snapshot| refusals(&plan, Phase::Entries, &[&undo], now);
    now.aws_auth = Some(aws_auth(&[("mapAccounts", "- '111122223333'\n")]));
    // the account's users are named by their ARNs, and this one is bound to nothing
    assert!(matches!(lost(&now).as_slice(), [Refusal::CallerLosesAccess { .. }]));
    now = now.bound(SubjectKind::User, ADMIN, "edit");
    assert_eq!(lost(&now), []);
    now.aws_auth = None;
    assert!(matches!(lost(&now).as_slice(), [Refusal::CallerLosesAccess { .. }]));
}

#[test]
fn a_plan_made_with_iam_is_carried_out_by_a_caller_who_may_not_list_it() {
    let (snapshot, plan) = from_config_map();
    let world = simulator(&snapshot);
    world.set_faults(
        ["iam:ListRoles", "iam:ListUsers"].map(|action| Fault::Deny { action: action.to_owned() }),
    );
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

#[test]
fn another_role_may_carry_out_the_plan_unless_it_is_one_that_the_plan_moves() {
    let (snapshot, plan) = from_config_map();
    let as_caller = |arn: &str| {
        let mut snapshot = snapshot.clone();
        let caller = snapshot.caller.as_mut().unwrap();
        caller.arn = arn.to_owned();
        caller.user_id = "AROAOTHER:ci".to_owned();
        run(&simulator(&snapshot), &plan, &MemoryStore::default(), Phase::Verify).ending
    };
    let elsewhere = as_caller("arn:aws:sts::111122223333:assumed-role/Deployer/ci");
    assert!(matches!(elsewhere, Ending::Done), "{elsewhere:?}");
    // its own entry would come somewhere in the middle, and not last
    let moved = as_caller(ALICE);
    let Ending::Refused(why) = &moved else { panic!("{moved:?}") };
    assert!(matches!(&why[..], [Refusal::Stale { changed }] if *changed == [Part::Caller]), "{why:?}");
}
