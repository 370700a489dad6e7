//! Whole migrations: done, seen to be done, and undone.

use eksodus::calls::calls_of;
use eksodus::executor::{Ending, Refusal, rollback_plan};
use eksodus::journal::MemoryStore;
use eksodus::observe::observe;
use eksodus::planner::{
    Action, Decisions, Note, Outcome, Phase, Plan, PrincipalDecision, Standing, Step, Target, matches, plan,
};
use eksodus::simulator::{At, Fault, Simulator};
use eksodus::snapshot::{Part, Snapshot};
use pollster::block_on;
use proptest::prelude::*;

use super::access::access;
use super::world::{PRINCIPALS, World, worlds};
use crate::kit::cluster::arn;
use crate::run::world::{Decided, decided_and_tagged as decided, furthest, progress, run_back, run_planned};

/// The world seen with the eyes of the first plan: more knowledge makes another plan, and so does less.
fn seen_again(start: &Snapshot, world: &Simulator, plan: &Plan) -> Snapshot {
    let mut now = block_on(observe(world)).unwrap();
    now.iam_roles = now.iam_roles.or_else(|| start.iam_roles.clone());
    now.iam_users = now.iam_users.or_else(|| start.iam_users.clone());
    let knows = |source| plan.fingerprint.contains_key(&source);
    if !knows(Part::IamRoles) {
        now.iam_roles = None;
    }
    if !knows(Part::IamUsers) {
        now.iam_users = None;
    }
    if !knows(Part::Rbac) {
        now.rbac = None;
    }
    now
}

/// Steps of a new plan that would change something.
fn left_to_do(start: &Snapshot, world: &Simulator, first: &Plan, through: Phase) -> Vec<String> {
    let again = plan(&seen_again(start, world, first), &first.decisions);
    // without RBAC a plan cannot know that its binding is there; carried out, it finds out
    let unseen = |step: &Step| {
        matches!(step.action, Action::Binding { .. }) && !first.fingerprint.contains_key(&Part::Rbac)
    };
    let steps = again.steps.iter().filter(|step| step.phase <= through && !unseen(step));
    steps
        .filter(|step| calls_of(step).map_or(true, |calls| !calls.is_empty()))
        .map(|step| step.id.clone())
        .collect()
}

/// Carries a plan out as a person would: a new plan where EKS's own entries differ from what was expected.
///
/// The plans with their journals, the last one done.
fn migrate(
    world: &World,
    simulator: &Simulator,
    last: Phase,
) -> Result<Vec<(Plan, MemoryStore, Phase)>, String> {
    let mut runs = Vec::new();
    let mut next = plan(&world.snapshot, &world.decisions);
    for _ in 0..3 {
        let through = furthest(&next, last);
        let store = MemoryStore::default();
        let ending = run_planned(simulator, &next, &store, through).ending;
        runs.push((next.clone(), store, through));
        match ending {
            Ending::Done => return Ok(runs),
            Ending::Refused(refusals)
                if refusals.iter().all(|it| matches!(it, Refusal::NeedsNewPlan { .. })) =>
            {
                next = plan(&seen_again(&world.snapshot, simulator, &next), &world.decisions);
            }
            // guards may see more than the plan could
            Ending::Refused(_) if through == Phase::ApiMode => return Ok(runs),
            other => return Err(format!("{other:?}")),
        }
    }
    Err("three plans and no end".to_owned())
}

fn roll_back(simulator: &Simulator, plan: &Plan, store: &MemoryStore) -> Result<(), String> {
    let now = block_on(observe(simulator)).unwrap();
    let rollback = rollback_plan(plan, &progress(store), &now).map_err(|error| error.to_string())?;
    if !rollback.refused.is_empty() {
        return Err(format!("{:?}", rollback.refused));
    }
    match run_back(simulator, &rollback.plan, (plan, store), &MemoryStore::default()).ending {
        Ending::Done => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

/// All but the mode, what EKS made by itself when it changed, and dead entries, which gave nothing.
fn is_restored<'p>(
    simulator: &Simulator,
    start: &Decided,
    plans: impl IntoIterator<Item = &'p Plan>,
) -> Result<(), TestCaseError> {
    let mut now = decided(simulator);
    let mut start = start.clone();
    for step in plans.into_iter().flat_map(|plan| &plan.steps) {
        if let Action::Entry { principal, recreate: true, .. } = &step.action {
            now.entries.remove(principal.as_str());
            start.entries.remove(principal.as_str());
        }
    }
    prop_assert_eq!(&now.aws_auth, &start.aws_auth);
    prop_assert_eq!(&now.bindings, &start.bindings);
    if start.mode.has_entries() {
        let mut before = start.entries.clone();
        // the entry of a principal that was recreated since gave nobody anything: what a run took away does not come back
        before.retain(|principal, _| !principal.ends_with("/Old") || now.entries.contains_key(principal));
        prop_assert_eq!(&now.entries, &before);
    }
    Ok(())
}

/// Every decision that may be about the principal, whichever spelling the line has.
fn of_principal<'d>(
    decisions: &'d Decisions,
    principal: &'d str,
) -> impl Iterator<Item = &'d PrincipalDecision> {
    let canonical = arn(principal).canonical();
    decisions.principals.iter().filter(move |it| {
        let spellings = [canonical.as_str(), principal, &canonical.to_lowercase()];
        spellings.iter().any(|spelling| matches(&it.principal, spelling))
    })
}

/// Whether a decision about this very principal, or a note of the plan, says that its rights may grow.
fn may_gain(decisions: &Decisions, target: &Target) -> bool {
    let decided = of_principal(decisions, target.entry.principal.as_str()).any(|it| {
        it.username.is_some() || it.groups.is_some() || it.policies.is_some() || it.entry_type.is_some()
    });
    let noted = target.notes.iter().any(|note| match note {
        Note::GroupRenamed { .. } | Note::UsernameDefaulted { .. } => true,
        Note::UsernameChanged { unchecked, .. } => *unchecked,
        _ => false,
    });
    decided || noted || differs(target)
}

/// In dual mode its own entry is in force, and the plan warns that it changes.
fn differs(target: &Target) -> bool {
    matches!(target.standing, Standing::Update { .. } | Standing::Replace { .. })
}

fn may_lose(target: &Target) -> bool {
    let noted = target.notes.iter().any(|note| match note {
        Note::GroupsLost { .. }
        | Note::GroupDropped { .. }
        | Note::Decided { .. }
        | Note::UsernameDefaulted { .. } => true,
        Note::UsernameChanged { unchecked, left, .. } => *unchecked || !left.is_empty(),
        _ => false,
    });
    noted || differs(target)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_gains_and_nobody_loses_unseen(world in worlds()) {
        let simulator = world.simulator();
        let before: Vec<_> = PRINCIPALS.iter().map(|it| access(&simulator, &arn(it))).collect();
        let runs = migrate(&world, &simulator, Phase::ApiMode).map_err(TestCaseError::fail)?;
        let (last, _, _) = runs.last().unwrap();
        let target_of = |principal: &str| last.targets.iter().find(|it| it.entry.principal.as_str() == principal);
        for (principal, before) in PRINCIPALS.iter().zip(before) {
            let after = access(&simulator, &arn(principal));
            // EKS makes the creator an administrator by itself
            let is_creator = world.behaviour.creator.as_ref().is_some_and(|creator| creator.as_str() == *principal);
            if before == after || is_creator {
                continue;
            }
            let (Some(after), target) = (after.clone(), target_of(principal)) else {
                // shut out: only where the plan says so
                let canonical = arn(principal).canonical();
                let told = runs.iter().any(|(plan, _, _)| plan.lines.iter().any(|line| {
                    line.arn.eq_ignore_ascii_case(&canonical) && matches!(line.outcome, Outcome::Skipped { .. } | Outcome::Gone)
                        || matches!(&line.outcome, Outcome::Expanded { others: Some(_), .. } if arn(principal).account().as_str() == line.arn)
                }));
                prop_assert!(told, "{} is shut out: {:?}", principal, before);
                continue;
            };
            let Some(target) = target else {
                // an entry that EKS made by itself, or a line's fall-through
                prop_assert!(after.by_entry, "{}: {:?} became {:?}", principal, before, after);
                continue;
            };
            // made by EKS for a node group, whatever the role's line says
            let is_node = after.username.starts_with("system:node:");
            if !target.entry.entry_type.is_standard() || is_node {
                continue;
            }
            let Some(before) = before else {
                // by decision alone: a node's line, say, lets no person in, and an entry decided to be STANDARD does
                let decided = target.notes.iter().any(|note| matches!(note, Note::Decided { .. }));
                prop_assert!(decided, "{} is let in: {:?}", principal, after);
                continue;
            };
            let everything = |rights: &std::collections::BTreeSet<String>| rights.contains("*");
            if !everything(&before.rights) && !may_gain(&world.decisions, target) {
                let gained: Vec<_> = after.rights.difference(&before.rights).collect();
                prop_assert!(gained.is_empty(), "{} gains {:?}: {:?} became {:?}", principal, gained, before, after);
            }
            if !everything(&after.rights) && !may_lose(target) {
                let lost: Vec<_> = before.rights.difference(&after.rights).collect();
                prop_assert!(lost.is_empty(), "{} loses {:?}: {:?} became {:?} {:?}", principal, lost, before, after, target.notes);
            }
        }
    }

    #[test]
    fn a_migration_ends_in_an_empty_plan_and_its_rollback_where_it_began(world in worlds()) {
        let simulator = world.simulator();
        let start = decided(&simulator);
        let runs = migrate(&world, &simulator, Phase::Prune).map_err(TestCaseError::fail)?;
        let (done, _, through) = runs.last().unwrap();
        let left = left_to_do(&world.snapshot, &simulator, done, *through);
        prop_assert!(left.is_empty(), "{:?}", left);
        for (plan, store, _) in runs.iter().rev() {
            roll_back(&simulator, plan, store).map_err(TestCaseError::fail)?;
        }
        is_restored(&simulator, &start, runs.iter().map(|(plan, ..)| plan))?;
    }

    #[test]
    fn phase_by_phase_ends_where_one_run_does(world in worlds()) {
        let whole = world.simulator();
        let first = plan(&world.snapshot, &world.decisions);
        let last = furthest(&first, Phase::ApiMode);
        let ending = run_planned(&whole, &first, &MemoryStore::default(), last).ending;

        let simulator = world.simulator();
        let store = MemoryStore::default();
        let mut ending_of_last = None;
        for phase in Phase::ALL.into_iter().filter(|phase| *phase <= last) {
            let ending = run_planned(&simulator, &first, &store, phase).ending;
            let stop = !matches!(ending, Ending::Done);
            ending_of_last = Some(ending);
            if stop {
                break;
            }
        }
        let ending_of_last = ending_of_last.unwrap();
        prop_assert_eq!(std::mem::discriminant(&ending), std::mem::discriminant(&ending_of_last), "{:?} {:?}", ending, ending_of_last);
        prop_assert_eq!(decided(&whole), decided(&simulator));
    }

    #[test]
    fn a_run_that_dies_is_resumed_or_rolled_back(world in worlds(), number in 1..160u32, after: bool, resumed: bool) {
        let first = plan(&world.snapshot, &world.decisions);
        let through = furthest(&first, Phase::Prune);
        let simulator = world.simulator();
        let start = decided(&simulator);
        let store = MemoryStore::default();
        let at = At { operation: None, number };
        simulator.set_faults([if after { Fault::HaltAfter { at } } else { Fault::Halt { at } }]);
        run_planned(&simulator, &first, &store, through);
        simulator.set_faults([]);
        if resumed {
            let lived = world.simulator();
            let wanted = run_planned(&lived, &first, &MemoryStore::default(), through).ending;
            let ending = run_planned(&simulator, &first, &store, through).ending;
            prop_assert_eq!(std::mem::discriminant(&wanted), std::mem::discriminant(&ending), "{:?} {:?}", wanted, ending);
            prop_assert_eq!(decided(&lived), decided(&simulator));
        } else if decided(&simulator).mode.has_entries() {
            roll_back(&simulator, &first, &store).map_err(TestCaseError::fail)?;
            is_restored(&simulator, &start, [&first])?;
        }
    }
}
