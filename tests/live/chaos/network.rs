//! The network between the tool and AWS: gone, or losing what goes over it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::ground::{Ground, Ran};
use super::shape::Shape;
use crate::servers::relay::{Act, Asked};

const APPLY: [&str; 4] = ["apply", "plan.json", "--yes", "--quiet"];

fn apply(ground: &Ground, more: &[&str]) -> Ran {
    ground.on_cluster(&[&APPLY[..], more].concat())
}

/// Everything is as the plan wants it, and every run can be told of.
pub fn is_complete(ground: &Ground, shape: Shape, when: &str) {
    let (found, wanted) = (ground.entries(), shape.target());
    let missing: Vec<&String> = wanted.keys().filter(|it| !found.contains_key(*it)).collect();
    assert!(missing.is_empty(), "{when}: {missing:?} have no entry");
    assert!(found == wanted, "{when}: there are others, or they differ: {found:?}");
    ground.journals_are_readable(when);
    let verified = ground.on_cluster(&["verify", "plan.json", "--quiet"]);
    assert_eq!(verified.code, Some(0), "{when}: {verified:?}");
}

/// Goes on until it is done; how often it had to. Each time it stops it says how to go on, with exit 6, or it had not
/// come to anything, with exit 1.
pub fn finish(ground: &Ground, first: Ran, when: &str) -> usize {
    let mut ran = first;
    for resumed in 0..10 {
        match ran.code {
            Some(0) => return resumed,
            Some(6) => assert!(ran.stdout.contains("--resume"), "{when}: {ran:?}"),
            Some(1) => {}
            code => panic!("{when}: ended with {code:?}: {ran:?}"),
        }
        let more: &[&str] = if ground.runs().is_empty() { &[] } else { &["--resume"] };
        ran = apply(ground, more);
    }
    panic!("{when}: still not done after ten runs: {ran:?}");
}

/// The third and every seventh request from then on breaks like this.
fn now_and_then(act: Act) -> impl FnMut(&Asked<'_>) -> Act + Send {
    move |asked| if asked.number % 7 == 3 { act } else { Act::Pass }
}

#[test]
fn a_network_that_breaks_off_calls_loses_nothing_and_makes_nothing_twice() {
    for act in [Act::CutBefore, Act::CutAfter, Act::CutWithin] {
        let shape = Shape { people: 30, ..Shape::SMALL };
        let ground = Ground::served(shape, &[]);
        let relay = &ground.served.as_ref().expect("it is served").relay;
        relay.judge(now_and_then(act));
        let first = apply(&ground, &[]);
        finish(&ground, first, &format!("{act:?}"));
        relay.judge(|_| Act::Pass);
        is_complete(&ground, shape, &format!("{act:?}"));
    }
}

#[test]
fn a_network_that_goes_away_in_the_middle_leaves_a_run_to_go_on_with() {
    let ground = Ground::served(Shape::LARGE, &[]);
    let relay = &ground.served.as_ref().expect("it is served").relay;
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&writes);
    relay.judge(move |asked| match asked.is_write() && counted.fetch_add(1, Ordering::SeqCst) >= 60 {
        false if counted.load(Ordering::SeqCst) <= 60 => Act::Pass,
        _ => Act::CutBefore,
    });
    let stopped = apply(&ground, &[]);
    // whether it still held its Lease at the end depends on how long that took
    let stderr = stopped.stderr.split_inclusive('\n').filter(|line| !line.starts_with("warning: the lease"));
    let stderr: String = stderr.collect();
    insta::assert_snapshot!(settled(&format!("exit code: {:?}\n{stderr}", stopped.code)));
    let (there, journal) = (ground.entries(), ground.journal());
    let told = outcomes(&journal);
    for (step, outcome) in &told {
        let principal = step.trim_start_matches("entries/");
        match outcome.as_str() {
            "done" | "applied" => {
                assert!(there.contains_key(principal), "{principal} is in the journal alone")
            }
            _ => {}
        }
    }
    for principal in there.keys() {
        let step = format!("entries/{principal}");
        assert!(told.contains_key(&step), "the journal does not know of {principal}");
    }
    relay.judge(|_| Act::Pass);
    assert_eq!(apply(&ground, &["--resume"]).code, Some(0));
    is_complete(&ground, Shape::LARGE, "after the cut");
}

/// The last that the journal says of each step.
fn outcomes(journal: &str) -> BTreeMap<String, String> {
    let mut last = BTreeMap::new();
    for line in journal.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("a record");
        if let (Some(step), Some(kind)) = (record["step"].as_str(), record["kind"].as_str()) {
            last.insert(step.to_owned(), kind.to_owned());
        }
    }
    last
}

/// Which principal was under way, and the digests, are others each time.
pub fn settled(text: &str) -> String {
    let word = |word: &str| match word.trim_end_matches([':', ',']) {
        it if it.contains("person-") || it.contains("admin-") || it.contains("nodes-") => {
            word.replace(it, "[PRINCIPAL]")
        }
        it => match it.split('-').next().filter(|it| it.len() >= 12) {
            Some(it) if it.bytes().all(|byte| byte.is_ascii_hexdigit()) => word.replace(it, "[DIGEST]"),
            _ => word.to_owned(),
        },
    };
    text.split_inclusive([' ', '\n', '/'])
        .map(|piece| {
            let (body, end) = piece.split_at(piece.trim_end_matches([' ', '\n', '/']).len());
            word(body) + end
        })
        .collect()
}
