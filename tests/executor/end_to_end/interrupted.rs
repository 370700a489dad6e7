//! Every call of the migration of a random cluster, broken in every way: a sample of it, judged by the simulated cluster.

use std::sync::atomic::AtomicBool;

use eksodus::executor::Origin;
use eksodus::planner::{Phase, plan};
use eksodus::session::{AllFaults, AllTried, News, PreparedRehearsal, Tell, look_at_simulated};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::world::{World, worlds};

/// Clusters, the same ones in each run.
const WORLDS: usize = 40;
/// Of each.
const MOST: usize = 25;

struct Nobody;

impl Tell for Nobody {
    fn tell(&mut self, _: News<'_>) {}
}

#[test]
fn no_interruption_locks_anybody_out_or_ends_nowhere() {
    let (mut runner, strategy) = (TestRunner::deterministic(), worlds());
    let (mut tried, mut bad) = (0, Vec::new());
    for number in 0..WORLDS {
        let world = strategy.new_tree(&mut runner).unwrap().current();
        let simulator = world.simulator();
        let World { snapshot, decisions, behaviour } = world;
        let plan = plan(&look_at_simulated(&simulator).unwrap(), &decisions);
        let prepared = PreparedRehearsal::of_plan(&snapshot, behaviour, plan, &decisions, Origin::Planner);
        // as far as it goes without a fault
        for through in [Phase::ApiMode, Phase::Prune, Phase::Verify] {
            let asked = AllFaults { through, threads: 2, most: MOST };
            let scored = prepared.all_faults(asked, &AtomicBool::new(false), &mut Nobody).unwrap();
            let AllTried::Scored(score) = scored else { continue };
            tried += score.interruptions;
            bad.extend(score.lock_outs.iter().map(|it| format!("world {number}: {it:?}")));
            bad.extend(score.short.iter().map(|it| format!("world {number}: {it:?}")));
            break;
        }
    }
    assert!(bad.is_empty(), "{} of {tried}: {}", bad.len(), bad[..bad.len().min(12)].join("\n"));
    assert!(tried > WORLDS * 5, "{tried}");
}
