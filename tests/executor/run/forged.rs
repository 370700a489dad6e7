//! Plans that the planner did not make, with a digest that is right again.

use eksodus::executor::{Ending, Failure, Options, Origin, Refusal};
use eksodus::journal::MemoryStore;
use eksodus::model::{AccessScope, AuthenticationMode};
use eksodus::planner::{Action, Decisions, Expected, Outcome, Phase, Plan, Severity, Step, plan};
use eksodus::simulator::{Change, Fault, Simulator};
use eksodus::snapshot::{Part, Snapshot};
use serde_json::Value as Json;

use super::budget::{of_size, world};
use super::world::{
    ADMIN, AWS_AUTH, OPS, is_write, options, run_back, run_planned, run_telling, snapshot, undo,
};
use crate::kit::cluster::{arn, aws_auth, binding, policy};
use eksodus::rbac::SubjectKind;

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

/// Mappings of every kind that matters here, and the planner's own plan: one is not migrated, one blocks.
fn planned(mode: AuthenticationMode) -> (Snapshot, Plan) {
    let mut now = snapshot(mode, &[]);
    let odd = "- {rolearn: 'arn:aws:iam::111122223333:root', username: root, groups: [developers]}\n";
    now.aws_auth = Some(aws_auth(&[("mapRoles", &[AWS_AUTH, odd].concat())]));
    let plan = plan(&now, &Decisions::default());
    assert!(plan.blockers(Phase::ApiMode).next().is_some() && !plan.steps.is_empty());
    (now, plan)
}

fn ending(snapshot: &Snapshot, plan: Plan) -> (Ending, Simulator) {
    let world = world(snapshot);
    let finished = run_planned(&world, &plan.sealed(), &MemoryStore::default(), Phase::Entries);
    (finished.ending, world)
}

fn is_untouched(world: &Simulator) -> bool {
    !world.calls().iter().any(|call| is_write(call.operation))
}

fn differs(snapshot: &Snapshot, plan: Plan) -> Vec<String> {
    let (ending, world) = ending(snapshot, plan);
    assert!(is_untouched(&world));
    match ending {
        Ending::Refused(mut refusals) => match refusals.pop() {
            Some(Refusal::OtherPlan { differs }) => differs,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn entry_of<'p>(plan: &'p mut Plan, principal: &str) -> &'p mut Step {
    let is_of = |step: &&mut Step| step.id == format!("entries/{principal}");
    plan.steps.iter_mut().find(is_of).unwrap()
}

#[test]
fn the_planners_own_plan_is_carried_out() {
    for mode in [AuthenticationMode::ConfigMap, DUAL] {
        let (snapshot, plan) = planned(mode);
        let (ending, _) = ending(&snapshot, plan);
        assert!(matches!(ending, Ending::Done), "{ending:?}");
    }
}

#[test]
fn a_step_that_is_missing_is_added_is_another_or_comes_earlier_is_refused() {
    let (snapshot, plan) = planned(DUAL);
    let ops = format!("step entries/{OPS}");

    let mut without = plan.clone();
    without.steps.retain(|step| step.id != format!("entries/{OPS}"));
    assert_eq!(differs(&snapshot, without), [ops.as_str()]);

    let mut with = plan.clone();
    let added = binding("handy", SubjectKind::Group, "developers", "cluster-admin");
    let action = Action::Binding { before: None, after: Some(added) };
    with.steps.insert(0, Step { id: "entries/handy".to_owned(), phase: Phase::Entries, action });
    assert_eq!(differs(&snapshot, with), ["step entries/handy"]);

    let mut more = plan.clone();
    let Action::Entry { after: Some(after), .. } = &mut entry_of(&mut more, OPS).action else { panic!() };
    after.policies.insert(policy("AmazonEKSAdminPolicy"), AccessScope::Cluster);
    assert_eq!(differs(&snapshot, more), [ops.as_str()]);

    let mut early = plan.clone();
    let own = early.steps.iter().position(|step| step.id == format!("entries/{ADMIN}")).unwrap();
    let own = early.steps.remove(own);
    early.steps.insert(0, own);
    assert_eq!(differs(&snapshot, early), ["the order of the steps"]);

    let mut recreated = plan.clone();
    let Action::Entry { recreate, .. } = &mut entry_of(&mut recreated, OPS).action else { panic!() };
    *recreate = true;
    assert_eq!(differs(&snapshot, recreated), [ops.as_str()]);

    let mut unobserved = plan;
    let Action::Entry { before, .. } = &mut entry_of(&mut unobserved, OPS).action else { panic!() };
    *before = Expected::Unobserved;
    assert_eq!(differs(&snapshot, unobserved), [ops.as_str()]);
}

#[test]
fn what_is_shown_and_what_is_done_are_one() {
    let (snapshot, plan) = planned(DUAL);
    let more = |plan: &mut Plan| {
        let target = plan.targets.iter_mut().find(|target| target.entry.principal == arn(OPS)).unwrap();
        target.entry.policies.insert(policy("AmazonEKSAdminPolicy"), AccessScope::Cluster);
    };
    let mut shown = plan.clone();
    more(&mut shown);
    assert_eq!(differs(&snapshot, shown.clone()), [format!("target {OPS}")]);
    // both alike: nothing in the plan contradicts anything
    let Action::Entry { after: Some(after), .. } = &mut entry_of(&mut shown, OPS).action else { panic!() };
    after.policies.insert(policy("AmazonEKSAdminPolicy"), AccessScope::Cluster);
    assert_eq!(differs(&snapshot, shown), [format!("step entries/{OPS}"), format!("target {OPS}")]);
}

#[test]
fn what_would_stop_a_run_cannot_be_left_out_of_the_plan() {
    let (snapshot, plan) = planned(DUAL);
    let mut silent = plan.clone();
    silent.notices.retain(|notice| !matches!(notice.severity, Severity::Blocks(_)));
    assert!(differs(&snapshot, silent)[0].starts_with("finding "));

    let mut milder = plan.clone();
    for notice in &mut milder.notices {
        notice.severity = Severity::Info;
    }
    assert!(differs(&snapshot, milder)[0].starts_with("finding "));

    let mut skipped = plan.clone();
    let blocked = |line: &&mut eksodus::planner::Line| matches!(line.outcome, Outcome::Blocked { .. });
    let line = skipped.lines.iter_mut().find(blocked).unwrap();
    line.outcome = Outcome::Gone;
    assert_eq!(differs(&snapshot, skipped), ["mapping arn:aws:iam::111122223333:root"]);

    let mut nodes = plan;
    let windows = Some("WINDOWS_CORE_2022_x86_64".to_owned());
    let mut now = snapshot;
    now.nodegroups.as_mut().unwrap()[0].ami_type = windows;
    nodes.nodes[0].covered = !nodes.nodes[0].covered;
    let (ending, world) = ending(&now, nodes);
    assert!(matches!(ending, Ending::Refused(_)) && is_untouched(&world), "{ending:?}");
}

/// Every value of the plan by its path; what is left out explains, or is held against something else.
fn leaves(json: &Json, path: String, found: &mut Vec<String>) {
    // the summary is counted again when the plan is sealed
    let skipped =
        ["message", "help", "prose", "line", "column", "source", "digest", "decisions", "format", "summary"];
    match json {
        Json::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| !skipped.contains(&key.as_str())) {
                // of sources that are unknown the names count, not the promises
                if path != "/unknown" {
                    leaves(value, format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found);
                }
            }
        }
        Json::Array(items) => {
            (0..)
                .zip(items)
                .for_each(|(index, item): (usize, _)| leaves(item, format!("{path}/{index}"), found));
        }
        _ => found.push(path),
    }
}

fn otherwise(value: &Json) -> Json {
    match value {
        Json::Bool(it) => Json::Bool(!it),
        Json::Number(it) => Json::from(it.as_u64().unwrap_or(0) + 1),
        Json::String(text) => Json::String(format!("{text}x")),
        _ => Json::String("x".to_owned()),
    }
}

/// What the digest alone let pass: a forger makes it right again.
#[test]
fn no_value_of_a_plan_can_be_another_one() {
    for mode in [AuthenticationMode::ConfigMap, DUAL] {
        let (snapshot, plan) = planned(mode);
        let json = serde_json::to_value(&plan).unwrap();
        let mut paths = Vec::new();
        leaves(&json, String::new(), &mut paths);
        let mut forged = 0;
        for path in &paths {
            let mut json = json.clone();
            let value = json.pointer_mut(path).unwrap();
            *value = otherwise(value);
            // many are none: an unknown phase, an ARN that is no ARN
            let Ok(other) = serde_json::from_value::<Plan>(json) else { continue };
            forged += usize::from(other != plan);
            let (ending, world) = ending(&snapshot, other);
            let stopped =
                matches!(ending, Ending::Refused(_) | Ending::Blocked(_) | Ending::Failed(Failure::Plan(_)));
            assert!(stopped && is_untouched(&world), "{path}: {ending:?}");
        }
        assert!(forged > 100, "{forged} of {}", paths.len());
    }
}

#[test]
fn prose_and_places_are_another_versions_or_another_files() {
    let (snapshot, plan) = planned(DUAL);
    let mut json = serde_json::to_value(&plan).unwrap();
    for notice in json["notices"].as_array_mut().unwrap() {
        notice["message"] = Json::from("in other words");
        notice["help"] = Json::Array(Vec::new());
    }
    let mut plan: Plan = serde_json::from_value(json).unwrap();
    plan.source = Some("elsewhere.yaml".to_owned());
    for line in &mut plan.lines {
        line.at.place.line += 7;
    }
    let (ending, _) = ending(&snapshot, plan);
    assert!(matches!(ending, Ending::Done), "{ending:?}");
}

#[test]
fn a_world_that_changed_since_is_told_as_that() {
    let (snapshot, plan) = planned(DUAL);
    for (change, source) in [
        (Change::AddLine, Part::AwsAuth),
        (Change::TouchEntry(Some(arn(OPS))), Part::AccessEntries),
        (Change::RecreatePrincipal(Some(arn(OPS))), Part::IamRoles),
    ] {
        let world = world(&snapshot);
        world.change(&change);
        let finished = run_planned(&world, &plan, &MemoryStore::default(), Phase::Entries);
        let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
        assert_eq!(refusals[..], [Refusal::Stale { changed: vec![source] }]);
    }
}

#[test]
fn a_plan_is_made_again_with_what_it_knew() {
    let (whole, _) = planned(DUAL);
    let less: [&dyn Fn(&mut Snapshot); 6] = [
        &|it| it.rbac = None,
        &|it| it.iam_roles = None,
        &|it| it.nodegroups = None,
        &|it| it.caller = None,
        &|it| it.access_policies = None,
        &|it| *it = Snapshot { rbac: None, iam_roles: None, iam_users: None, caller: None, ..it.clone() },
    ];
    for (number, take) in (0..).zip(less) {
        let mut known = whole.clone();
        take(&mut known);
        let plan = plan(&known, &Decisions::default());
        let through =
            if plan.blockers(Phase::Entries).next().is_some() { Phase::DualMode } else { Phase::Entries };
        let finished = run_planned(&world(&whole), &plan, &MemoryStore::default(), through);
        assert!(matches!(finished.ending, Ending::Done), "{number}: {:?}", finished.ending);
    }
}

#[test]
fn another_role_carries_out_the_plan_of_a_pull_request() {
    let (snapshot, plan) = planned(DUAL);
    let mut other = snapshot;
    other.caller.as_mut().unwrap().arn = "arn:aws:sts::111122223333:assumed-role/Deployer/ci".to_owned();
    let finished = run_planned(&world(&other), &plan, &MemoryStore::default(), Phase::Entries);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

#[test]
fn the_callers_own_entry_comes_last_also_where_the_plan_did_not_know_the_caller() {
    let (mut whole, _) = planned(DUAL);
    whole.caller.as_mut().unwrap().arn = "arn:aws:sts::111122223333:assumed-role/Ops/me".to_owned();
    let plan = plan(&Snapshot { caller: None, ..whole.clone() }, &Decisions::default());
    let entries: Vec<&str> = plan
        .steps
        .iter()
        .filter(|it| matches!(it.action, Action::Entry { .. }))
        .map(|it| it.id.as_str())
        .collect();
    assert!(!entries.last().unwrap().ends_with("Ops"), "{entries:?}");
    let world = world(&whole);
    let finished = run_planned(&world, &plan, &MemoryStore::default(), Phase::Entries);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let calls = world.calls();
    let last = calls.iter().rfind(|call| is_write(call.operation)).unwrap();
    assert_eq!(last.target, OPS);
}

#[test]
fn a_plan_made_with_iam_is_made_again_as_far_as_its_own_targets_tell() {
    let denied =
        || ["iam:ListRoles", "iam:ListUsers"].map(|action| Fault::Deny { action: action.to_owned() });
    let (snapshot, plan) = planned(DUAL);
    let hidden = world(&snapshot);
    hidden.set_faults(denied());
    let finished = run_planned(&hidden, &plan, &MemoryStore::default(), Phase::Entries);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);

    // that a principal is gone nobody can tell who does not see IAM
    let mut gone = snapshot;
    gone.iam_roles.as_mut().unwrap().items.retain(|role| role.arn != arn(OPS));
    let plan = eksodus::planner::plan(&gone, &Decisions::default());
    let hidden = world(&gone);
    hidden.set_faults(denied());
    let finished = run_planned(&hidden, &plan, &MemoryStore::default(), Phase::Entries);
    let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
    assert!(matches!(&refusals[..], [Refusal::Unchecked { hidden }] if hidden[0] == Part::IamRoles));
    assert!(is_untouched(&hidden));
}

#[test]
fn a_run_that_goes_on_is_bound_to_the_plan_that_it_began_with() {
    let (snapshot, plan) = of_size(DUAL, 4, 2);
    let (world, store) = (world(&snapshot), MemoryStore::default());
    let finished = run_planned(&world, &plan, &store, Phase::Preflight);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let mut forged = plan;
    forged.notices.clear();
    forged.steps.pop();
    let finished = run_planned(&world, &forged.sealed(), &store, Phase::Entries);
    assert!(matches!(finished.ending, Ending::Failed(Failure::Journal(_))), "{:?}", finished.ending);
    assert!(is_untouched(&world));
}

#[test]
fn a_rollback_is_what_its_journal_makes_it() {
    let (snapshot, plan) = of_size(DUAL, 4, 2);
    let migrated = || {
        let (world, store) = (world(&snapshot), MemoryStore::default());
        let finished = run_planned(&world, &plan, &store, Phase::Prune);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        (world, store)
    };
    let (cluster, store) = migrated();
    let back = undo(&cluster, &plan, &store).plan;
    let refused = |forged: Plan| {
        let before = cluster.calls().len();
        let finished = run_back(&cluster, &forged.sealed(), (&plan, &store), &MemoryStore::default());
        assert!(!cluster.calls()[before..].iter().any(|call| is_write(call.operation)));
        match finished.ending {
            Ending::Refused(mut refusals) => refusals.pop().unwrap(),
            other => panic!("{other:?}"),
        }
    };
    // aws-auth comes back before entries go
    let mut locked_out = back.clone();
    locked_out.steps.retain(|step| !matches!(step.action, Action::AwsAuth { .. }));
    assert!(matches!(refused(locked_out), Refusal::OtherPlan { .. }));
    let mut other = back.clone();
    let Action::AwsAuth { after: Some(after), .. } = &mut other.steps[0].action else { panic!() };
    after.insert(
        "mapUsers".to_owned(),
        "[{userarn: 'arn:aws:iam::111122223333:user/x', groups: ['system:masters']}]".to_owned(),
    );
    assert_eq!(refused(other), Refusal::OtherPlan { differs: vec![format!("step {}", back.steps[0].id)] });
    let other_run = Plan { undoes: Some("0".repeat(64)), ..back.clone() };
    assert_eq!(refused(other_run), Refusal::OriginUnknown);

    let options = Options { origin: Origin::Planner, ..options(Phase::Verify) };
    let (finished, _) = run_telling(&cluster, &back, &MemoryStore::default(), options);
    assert!(matches!(&finished.ending, Ending::Refused(it) if it[..] == [Refusal::OriginUnknown]));
    let finished = run_back(&cluster, &back, (&plan, &store), &MemoryStore::default());
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}
