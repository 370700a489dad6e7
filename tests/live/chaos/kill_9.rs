//! `kill -9` between any two calls, by whoever sees the calls: the relay.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, OnceLock};

use super::ground::Ground;
use super::network::is_complete;
use super::shape::Shape;
use crate::servers::relay::{Act, Asked};

/// Without the Lease, which would have to be waited out after each kill; how that goes, `operators` shows.
const APPLY: [&str; 7] = ["apply", "plan.json", "--yes", "--quiet", "--no-lock", "--through", "prune"];

#[derive(Debug, Clone, Copy)]
enum Kill {
    /// The server has not seen the request.
    Before,
    /// The server has done it.
    After,
}

/// Applies until the N-th request that changes something; `false` when there are fewer.
fn killed_at_write(ground: &Ground, number: usize, kill: Kill) -> bool {
    let relay = &ground.served.as_ref().expect("it is served").relay;
    let pid = Arc::new(OnceLock::new());
    let victim = Arc::clone(&pid);
    let mut writes = 0;
    relay.judge(move |asked: &Asked<'_>| {
        writes += usize::from(asked.is_write());
        match kill {
            _ if writes < number => Act::Pass,
            // on its way when the process was killed: the server never hears of it
            _ if writes > number || !asked.is_write() => Act::CutBefore,
            Kill::Before => Act::KillBefore(*victim.wait()),
            Kill::After => Act::KillAfter(*victim.wait()),
        }
    });
    let mut command = ground.command_on_cluster(&APPLY);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    pid.set(child.id()).expect("it is set once");
    let ran = ground.ran(child.wait_with_output().expect("it ends"));
    relay.judge(|_| Act::Pass);
    match ran.code {
        None => true,
        Some(0) => false,
        code => panic!("write {number}, {kill:?}: neither killed nor done, but {code:?}: {ran:?}"),
    }
}

/// Each write of a run, killed before and after, until there are no more.
fn each_kill(mut then: impl FnMut(&Ground, &str)) {
    let mut points = 0;
    for number in 1.. {
        for kill in [Kill::Before, Kill::After] {
            let ground = Ground::served(Shape::SMALL, &[]);
            if !killed_at_write(&ground, number, kill) {
                assert!(points > 12, "only {points} places to be killed at");
                return;
            }
            points += 1;
            let when = format!("killed at write {number}, {kill:?}");
            ground.journals_are_readable(&when);
            if matches!(kill, Kill::Before) {
                // of a call that was not made only time tells, which is real here
                ground.a_while_later();
            }
            then(&ground, &when);
        }
    }
}

#[test]
fn killed_at_any_call_it_goes_on_to_the_same_end() {
    each_kill(|ground, when| {
        let resumed = ground.on_cluster(&[&APPLY[..], &["--resume"]].concat());
        assert_eq!(resumed.code, Some(0), "{when}: {resumed:?}");
        is_complete(ground, Shape::SMALL, when);
        assert!(!ground.aws_auth().contains("arn:"), "{when}: {}", ground.aws_auth());
    });
}

#[test]
fn killed_at_any_call_it_rolls_back_to_the_start() {
    each_kill(|ground, when| {
        let undone = ground.on_cluster(&["rollback", "--yes", "--quiet", "--no-lock"]);
        assert_eq!(undone.code, Some(0), "{when}: {undone:?}");
        assert_eq!(ground.entries(), BTreeMap::new(), "{when}");
        let aws_auth = ground.aws_auth();
        assert!(
            Shape::SMALL.target().keys().all(|principal| aws_auth.contains(principal)),
            "{when}: {aws_auth}"
        );
        ground.journals_are_readable(when);
    });
}
