//! Principals that are deleted, or created again, between the look of a guard and the call that it guards: the times of IAM
//! tell that their entries authenticate nobody, and only IAM does.

use eksodus::executor::{Ending, Event, Failure, Finished, Options, Refusal, Reporter, execute};
use eksodus::journal::MemoryStore;
use eksodus::model::AuthenticationMode;
use eksodus::planner::{Phase, Plan};
use eksodus::simulator::{Change, Fault, Operation, Simulator};
use eksodus::snapshot::{Part, Snapshot};
use pollster::block_on;

use super::budget::{of_size, world as roomy_world};
use super::last_look::{covered, with};
use super::plans::{mode_step, prune_step};
use super::world::{
    ADMIN, AWS_AUTH, DEV, NODE, OPS, decided, is_write, journal, map_roles, options, run, simulator,
};
use crate::kit::cluster::arn;

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

fn plan_for(last: Phase) -> (Snapshot, Plan) {
    covered(match last {
        Phase::Prune => vec![prune_step("[]\n")],
        _ => vec![mode_step(DUAL, AuthenticationMode::Api)],
    })
}

/// The numbers of the last reads of IAM and of the write that follows, in a run that nothing disturbs.
struct Calls {
    /// The last list of roles in the look at everything.
    look: u32,
    /// The one right before the write.
    again: u32,
    write: u32,
}

fn calls(snapshot: &Snapshot, plan: &Plan, last: Phase) -> Calls {
    let world = simulator(snapshot);
    let finished = run(&world, plan, &MemoryStore::default(), last);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let calls = world.calls();
    let number = |at: usize| u32::try_from(at + 1).unwrap();
    let write = calls.iter().rposition(|call| is_write(call.operation)).unwrap();
    let lists = calls[..write].iter().enumerate().filter(|(_, call)| call.operation == Operation::ListRoles);
    let lists: Vec<usize> = lists.map(|(at, _)| at).collect();
    let [.., look, again] = lists[..] else { panic!("{lists:?}") };
    Calls { look: number(look), again: number(again), write: number(write) }
}

fn is_untouched(world: &Simulator) -> bool {
    let now = decided(world);
    now.mode == DUAL && now.aws_auth == Some(map_roles(AWS_AUTH))
}

fn changes() -> Vec<(&'static str, Change)> {
    let both = |who| {
        [Change::RecreatePrincipal(Some(arn(who))), Change::DeletePrincipal(Some(arn(who)))]
            .map(|change| (who, change))
    };
    [DEV, OPS, NODE, ADMIN].into_iter().flat_map(both).collect()
}

#[test]
fn up_to_the_call_that_takes_access_away_a_dead_entry_is_noticed() {
    for last in [Phase::Prune, Phase::ApiMode] {
        let (snapshot, plan) = plan_for(last);
        let Calls { look, again, write: _ } = calls(&snapshot, &plan, last);
        assert!(again > look + 1, "{look} {again}");
        for (who, change) in changes() {
            for number in look + 1..=again {
                let (finished, world) = with(&snapshot, &plan, number, &change, last);
                let what = format!("{last} {change:?} before call {number}: {:?}", finished.ending);
                let Ending::Refused(refusals) = &finished.ending else { panic!("{what}") };
                let names_them = |it: &Refusal| match it {
                    Refusal::NotPrunable { arn: named, .. } => named.ends_with(arn(who).name()),
                    Refusal::NotCovered { arn, .. } => arn == who,
                    _ => false,
                };
                assert!(refusals.iter().any(names_them), "{what}");
                assert!(finished.applied == 0 && is_untouched(&world), "{what}");
            }
        }
    }
}

#[test]
fn what_came_after_it_is_told_when_the_phase_is_done() {
    for last in [Phase::Prune, Phase::ApiMode] {
        let (snapshot, plan) = plan_for(last);
        let Calls { again, write, .. } = calls(&snapshot, &plan, last);
        assert!(write > again + 1, "{again} {write}");
        for (_, change) in changes() {
            let (finished, world) = with(&snapshot, &plan, write, &change, last);
            let what = format!("{last} {change:?}: {:?}", finished.ending);
            assert!(
                matches!(&finished.ending, Ending::Failed(Failure::Unsafe { after, .. }) if *after == last),
                "{what}"
            );
            assert!(!is_untouched(&world), "{what}");
        }
    }
}

/// Sets the faults once the phase of this step has been looked at, and counts what is asked of IAM from then on.
struct AtStep<'w> {
    world: &'w Simulator,
    step: &'static str,
    faults: Vec<Fault>,
}

impl Reporter for AtStep<'_> {
    fn event(&mut self, event: &Event) {
        if matches!(event, Event::StepStarted { step, .. } if *step == self.step) {
            self.world.set_faults(self.faults.drain(..));
        }
    }
}

fn denied_at(step: &'static str, last: Phase, actions: &[&str]) -> (Finished, Simulator) {
    let (snapshot, plan) = plan_for(last);
    let world = simulator(&snapshot);
    let faults = actions.iter().map(|action| Fault::Deny { action: (*action).to_owned() }).collect();
    let mut reporter = AtStep { world: &world, step, faults };
    let options: Options<'_> = options(last);
    let store = MemoryStore::default();
    let finished = block_on(execute(&world, &plan, &mut journal(&plan, &store), options, &mut reporter));
    (finished, world)
}

#[test]
fn a_caller_who_may_not_list_iam_any_more_does_not_go_on_with_what_it_knew() {
    for (step, last) in [("prune/aws-auth", Phase::Prune), ("api-mode/API", Phase::ApiMode)] {
        let (finished, world) = denied_at(step, last, &["iam:ListRoles"]);
        let Ending::Refused(refusals) = &finished.ending else { panic!("{:?}", finished.ending) };
        assert_eq!(*refusals, [Refusal::IamHidden { hidden: vec![Part::IamRoles] }]);
        assert!(is_untouched(&world));
        // nobody has access as a user here: what IAM says of users is not asked, and not missed
        let (finished, _) = denied_at(step, last, &["iam:ListUsers"]);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    }
}

#[test]
fn a_caller_who_never_could_goes_on_as_before() {
    let (snapshot, plan) = plan_for(Phase::Prune);
    let snapshot = Snapshot { iam_roles: None, iam_users: None, ..snapshot };
    let world = simulator(&snapshot);
    let denied = ["iam:ListRoles", "iam:ListUsers"];
    world.set_faults(denied.map(|action| Fault::Deny { action: action.to_owned() }));
    let finished = run(&world, &plan, &MemoryStore::default(), Phase::Prune);
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
}

/// A page of roles has a thousand, whatever the number of mappings.
#[test]
fn iam_is_asked_by_pages_and_not_by_principals() {
    for n in [20, 1_200] {
        let (snapshot, plan) = of_size(DUAL, n, 3);
        let world = roomy_world(&snapshot);
        let finished = run(&world, &plan, &MemoryStore::default(), Phase::Verify);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        let again = eksodus::planner::plan(&world.to_snapshot(), &plan.decisions);
        let before = world.calls().len();
        let finished = run(&world, &again, &MemoryStore::default(), Phase::ApiMode);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        let asked = |operation| world.calls()[before..].iter().filter(|it| it.operation == operation).count();
        let pages = snapshot.iam_roles.as_ref().unwrap().items.len().div_ceil(1_000);
        // the gate, after aws-auth was cut, after the mode has changed; and once right before each of these two
        assert_eq!(asked(Operation::ListRoles), (3 + 2) * pages, "{n}");
        assert_eq!(asked(Operation::ListUsers), 3, "{n}");
    }
}
