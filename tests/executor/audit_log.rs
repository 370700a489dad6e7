//! The audit log of a cluster, read page by page whatever stands in the way.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use eksodus::eks::AwsErrorKind;
use eksodus::model::AuthenticationMode;
use eksodus::observe::{ApiError, audit_log};
use eksodus::simulator::{Behaviour, Fault, Simulator};
use jiff::Timestamp;
use pollster::block_on;
use proptest::prelude::*;

use crate::run::world::snapshot;

fn world(log: Option<&str>, log_page_size: usize) -> Simulator {
    let behaviour = Behaviour { log_page_size, ..Behaviour::default() };
    let world = Simulator::from_snapshot(&snapshot(AuthenticationMode::ConfigMap, &[]), behaviour).unwrap();
    if let Some(log) = log {
        world.set_audit_log(log);
    }
    world
}

fn at(second: u16) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + i64::from(second)).unwrap()
}

fn read(world: &Simulator, from: u16, until: u16) -> Result<Vec<String>, ApiError> {
    let mut all = Vec::new();
    let ended = block_on(audit_log(world, world, (at(from), at(until)), |page| {
        all.extend_from_slice(page);
        true
    }));
    ended.map(|()| all)
}

proptest! {
    /// Events of the time that was asked for, each once and by its time, in pages of any size, with calls that are throttled.
    #[test]
    fn all_of_the_time_is_read_and_nothing_else(
        seconds in proptest::collection::vec((0_u16..50, any::<bool>()), 0..30),
        (from, long) in (0_u16..50, 0_u16..50),
        size in 1_usize..6,
        every in 2_u32..5,
    ) {
        let lines: Vec<(u16, bool, String)> = seconds
            .into_iter()
            .enumerate()
            .map(|(id, (second, is_event))| {
                let kind = if is_event { "Event" } else { "Other" };
                let time = at(second);
                (second, is_event, format!(r#"{{"kind":"{kind}","auditID":"{id}","requestReceivedTimestamp":"{time}"}}"#))
            })
            .collect();
        let log: Vec<&str> = lines.iter().map(|(_, _, line)| line.as_str()).collect();
        let world = world(Some(&log.join("\n")), size);
        world.set_faults([Fault::ThrottleEvery { every }]);
        let until = from + long;
        let mut expected: Vec<_> =
            lines.iter().filter(|(second, is_event, _)| *is_event && (from..=until).contains(second)).collect();
        expected.sort_by_key(|(second, _, _)| *second);
        let expected: Vec<&str> = expected.into_iter().map(|(_, _, line)| line.as_str()).collect();
        prop_assert_eq!(read(&world, from, until).unwrap(), expected);
    }
}

#[test]
fn no_group_and_no_right_are_told_at_once_and_others_are_asked_again() {
    let kind = |world: &Simulator| match read(world, 0, 1) {
        Err(ApiError::Aws(error)) => (error.operation, error.kind),
        other => panic!("{other:?}"),
    };
    let calls = |world: &Simulator| world.calls().len();
    let none = world(None, 1);
    assert_eq!((kind(&none), calls(&none)), (("logs:FilterLogEvents", AwsErrorKind::NotFound), 1));
    let denied = world(Some(""), 1);
    denied.set_faults(["deny:logs:FilterLogEvents".parse().unwrap()]);
    assert_eq!((kind(&denied), calls(&denied)), (("logs:FilterLogEvents", AwsErrorKind::AccessDenied), 1));
    let lost = world(Some(""), 1);
    lost.set_faults(["lost-answer:logs:FilterLogEvents:1".parse().unwrap()]);
    assert_eq!((read(&lost, 0, 1), calls(&lost)), (Ok(Vec::new()), 2));
}
