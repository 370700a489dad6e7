//! The process ends at any moment, without a word.

use std::collections::BTreeMap;

use super::ground::{Ground, Ran};
use super::shape::Shape;

/// Runs it until its end, or to the fault point.
fn run(ground: &Ground, args: &[&str], fault: &str) -> Ran {
    let mut command = ground.command_on_cluster(&[args, &["--quiet", "--yes"]].concat());
    command.env("EKSODUS_FAULT_POINT", fault);
    ground.ran(command.output().expect("the binary runs"))
}

const APPLY: [&str; 5] = ["apply", "plan.json", "--allow-irreversible", "--through", "prune"];

/// Each write of the journal of a run, cut off in each way, until there are no more writes. Gives how many there were.
fn each_fault(mut one: impl FnMut(&str) -> Option<i32>) -> usize {
    for number in 1.. {
        for when in ["before", "torn", "after"] {
            let fault = format!("journal:{number}:{when}");
            match one(&fault) {
                None => {}
                Some(0) if when == "before" => return number - 1,
                code => panic!("{fault}: neither killed nor done, but {code:?}"),
            }
        }
    }
    unreachable!("a run writes fewer records than that")
}

#[test]
fn killed_at_any_write_of_the_journal_it_goes_on_to_the_same_end() {
    let start = Ground::folder(Shape::SMALL);
    let writes = each_fault(|fault| {
        let ground = start.again();
        let killed = run(&ground, &APPLY, fault);
        if killed.code.is_none() {
            ground.journals_are_readable(fault);
            let resumed = run(&ground, &[&APPLY[..], &["--resume"]].concat(), "");
            assert_eq!(resumed.code, Some(0), "{fault}: {resumed:?}");
        }
        assert_eq!(ground.entries(), Shape::SMALL.target(), "{fault}");
        assert!(!ground.aws_auth().contains("arn:"), "{fault}: {}", ground.aws_auth());
        ground.journals_are_readable(fault);
        killed.code
    });
    assert!(writes > 10, "only {writes} writes");
}

#[test]
fn killed_at_any_write_of_the_journal_it_rolls_back_to_the_start() {
    let start = Ground::folder(Shape::SMALL);
    let before = start.aws_auth();
    each_fault(|fault| {
        let ground = start.again();
        let killed = run(&ground, &APPLY, fault);
        let undone = run(&ground, &["rollback"], "");
        assert_eq!(undone.code, Some(0), "{fault}: {undone:?}");
        assert_eq!((ground.entries(), ground.aws_auth()), (BTreeMap::new(), before.clone()), "{fault}");
        ground.journals_are_readable(fault);
        killed.code
    });
}

#[test]
fn a_rollback_that_is_killed_at_any_write_is_gone_on_with() {
    let applied = Ground::folder(Shape::SMALL);
    let before = applied.aws_auth();
    assert_eq!(run(&applied, &APPLY, "").code, Some(0));
    each_fault(|fault| {
        let ground = applied.again();
        let killed = run(&ground, &["rollback"], fault);
        let undone = run(&ground, &["rollback"], "");
        assert_eq!(undone.code, Some(0), "{fault}: {undone:?}");
        assert_eq!((ground.entries(), ground.aws_auth()), (BTreeMap::new(), before.clone()), "{fault}");
        killed.code
    });
}
