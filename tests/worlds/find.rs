//! Many worlds, each failing kind made as small as it gets and left as a folder that the command line can play.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::apply::{save, write};
use crate::compare::Violation;
use crate::generate::worlds;
use crate::properties::{Verdict, judge};
use crate::world::World;

/// In the default run.
const WORLDS: usize = 200;
/// Of shrinking, for each kind.
const TRIES: usize = 250;

fn setting(variable: &str) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "a test's own settings")]
    std::env::var(variable).ok().and_then(|text| text.parse().ok())
}

fn judged(world: &World, folder: &Path) -> Verdict {
    match std::panic::catch_unwind(|| judge(world, folder)) {
        Ok(verdict) => verdict,
        Err(_) => Verdict {
            violations: vec![Violation { kind: "panic".to_owned(), text: String::new() }],
            ..Verdict::default()
        },
    }
}

struct Found {
    count: usize,
    world: World,
    violation: Violation,
    number: usize,
}

/// A world by its number: the same one whoever else is played.
pub fn tree(strategy: &impl Strategy<Value = World>, number: usize) -> impl ValueTree<Value = World> {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&setting("EKSODUS_WORLDS_SEED").unwrap_or(1).to_le_bytes());
    seed[8..16].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    strategy.new_tree(&mut TestRunner::new_with_rng(Config::default(), rng)).unwrap()
}

#[test]
fn no_world_takes_grants_locks_out_or_leaves_unsaid() {
    let wanted = setting("EKSODUS_WORLDS").map_or(WORLDS, |it| usize::try_from(it).unwrap());
    let strategy = worlds();
    let scratch = tempfile::tempdir().unwrap();
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..wanted {
        let world = tree(&strategy, number).current();
        let verdict = judged(&world, scratch.path());
        *ends.entry(format!("{:?}", verdict.reached)).or_default() += 1;
        if let Some(why) = verdict.stopped {
            *ends.entry(why.chars().take(90).collect()).or_default() += 1;
        }
        let kinds: BTreeMap<String, Violation> =
            verdict.violations.into_iter().rev().map(|it| (it.kind.clone(), it)).collect();
        for (kind, violation) in kinds {
            if let Some(known) = found.get_mut(&kind) {
                known.count += 1;
                continue;
            }
            let (world, violation) = smallest(tree(&strategy, number), &kind, scratch.path())
                .unwrap_or((world.clone(), violation));
            found.insert(kind, Found { count: 1, world, violation, number });
        }
    }
    if setting("EKSODUS_WORLDS").is_some() {
        eprintln!("{ends:#?}");
    }
    let mut text = String::new();
    for (kind, Found { count, world, violation, number }) in &found {
        let folder = kept(kind, world, violation).display().to_string();
        text += &format!(
            "\n{kind}: {count} of {wanted} worlds, first {number}, in {folder}\n  {}\n",
            violation.text
        );
    }
    assert!(found.is_empty(), "{} kinds of failures:\n{text}", found.len());
}

/// The smallest world that fails in the same way.
fn smallest(
    mut tree: impl ValueTree<Value = World>,
    kind: &str,
    folder: &Path,
) -> Option<(World, Violation)> {
    let mut best = None;
    let tries = setting("EKSODUS_WORLDS_TRIES").map_or(TRIES, |it| usize::try_from(it).unwrap());
    for _ in 0..tries {
        let world = tree.current();
        let same = judged(&world, folder).violations.into_iter().find(|it| it.kind == kind);
        let goes_on = match same {
            Some(violation) => {
                best = Some((world, violation));
                tree.simplify()
            }
            None => tree.complicate(),
        };
        if !goes_on {
            break;
        }
    }
    best
}

/// The folder that shows it.
fn kept(kind: &str, world: &World, violation: &Violation) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("worlds").join(kind.replace('/', "_"));
    save(world, &folder);
    write(&folder.join("WORLD.txt"), &format!("{}\n{}\n\n{world:#?}\n", violation.kind, violation.text));
    folder
}
