//! The disk is full: nothing is done that could not be written down.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::ground::{Ground, Ran};
use super::network::{is_complete, settled};
use super::shape::Shape;
use crate::servers::relay::Act;

const APPLY: [&str; 4] = ["apply", "plan.json", "--yes", "--quiet"];

/// No file grows beyond so many blocks of 512 bytes: what a full disk does, for one process.
fn run_within(ground: &Ground, blocks: u64, args: &[&str]) -> Ran {
    let inner = ground.command_on_cluster(args);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", &blocks.to_string()]);
    shell.arg(inner.get_program()).args(inner.get_args()).current_dir(ground.dir.path()).env_clear();
    shell.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.process_group(0);
    ground.ran(shell.output().expect("the shell runs"))
}

#[test]
fn a_run_that_cannot_be_written_down_does_not_begin() {
    let ground = Ground::served(Shape::SMALL, &[]);
    let full = run_within(&ground, 1, &APPLY);
    assert_eq!(full.code, Some(1), "{full:?}");
    assert!(
        full.stderr.contains(".eksodus/111122223333/eu-west-1/chaos/")
            && full.stderr.starts_with("error: cannot write "),
        "{full:?}"
    );
    assert!(ground.runs().is_empty() && ground.entries().is_empty(), "{full:?}");
    assert_eq!(ground.on_cluster(&APPLY).code, Some(0));
    is_complete(&ground, Shape::SMALL, "once there is room");
}

#[test]
fn it_stops_before_the_call_that_it_cannot_write_down() {
    let ground = Ground::served(Shape::LARGE, &[]);
    let relay = &ground.served.as_ref().expect("it is served").relay;
    let writes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&writes);
    relay.judge(move |asked| {
        counted.fetch_add(usize::from(asked.is_write()), Ordering::SeqCst);
        if counted.load(Ordering::SeqCst) > 20 { Act::CutBefore } else { Act::Pass }
    });
    assert_eq!(ground.on_cluster(&APPLY).code, Some(6), "a run with a journal, to go on with");
    let counted = Arc::clone(&writes);
    relay.judge(move |asked| {
        counted.fetch_add(usize::from(asked.is_write()), Ordering::SeqCst);
        Act::Pass
    });
    let journal = ground.runs().pop().expect("there is a run").join("journal.jsonl");
    let blocks = fs::metadata(&journal).expect("it has a journal").len() / 512 + 20;
    let full = run_within(&ground, blocks, &[&APPLY[..], &["--resume"]].concat());
    assert_eq!(full.code, Some(6), "{full:?}");
    insta::assert_snapshot!(settled(&full.stderr));
    let text = ground.journal();
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let intended = whole.filter(|line| line.contains("\"kind\":\"intended\"")).count();
    let sent = writes.load(Ordering::SeqCst);
    assert!(sent <= intended, "{sent} calls were sent, {intended} are in the journal");
    assert_eq!(ground.on_cluster(&[&APPLY[..], &["--resume"]].concat()).code, Some(0));
    is_complete(&ground, Shape::LARGE, "once there is room");
}
