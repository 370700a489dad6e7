//! Lines that are no events.

use proptest::prelude::*;
use serde_json::json;

use super::super::blocks::LONGEST;
use super::super::read_events;
use super::{event, read};

#[test]
fn broken_lines_are_counted_and_shown_and_others_are_no_fault() {
    let good = event("1", json!({})).to_string();
    let half = &good[..good.len() / 2];
    let log = [
        half.to_owned(),
        good.clone(),
        String::new(),
        "garbage".to_owned(),
        "I0506 12:53:20.123456 1 httplog.go:132] \"HTTP\"".to_owned(),
        json!({"message": half}).to_string(),
        "2026-05-06T12:53:20Z {\"kind\":".to_owned(),
        event("2", json!({"stage": "Halfway"})).to_string(),
        event("3", json!({"user": "alice"})).to_string(),
        "[1]".to_owned(),
        format!("{good} {good}"),
        // escaped once, so that its own text has what no string may have
        json!({"message": "{\"kind\":\"a\u{1}\"}"}).to_string(),
        // whole, and about something else
        "2026-05-06T12:53:20Z I0506 12:53:20.123456 1 controller.go:1] hello".to_owned(),
        json!({"@message": "time=\"2026\" level=info msg=\"access granted\""}).to_string(),
        json!({"message": ["a", {"b": 1}]}).to_string(),
        json!({"message": 1.5}).to_string(),
        json!({"kind": "Pod", "stage": "x"}).to_string(),
        "{}".to_owned(),
    ];
    let (reading, events) = read(log.join("\n").as_bytes());
    assert_eq!(events.len(), 1);
    assert_eq!((reading.broken, reading.others, reading.lines), (10, 6, 18), "{reading:?}");
    let shown: Vec<(u64, &str)> =
        reading.first_broken.iter().map(|broken| (broken.line, broken.what.as_str())).collect();
    let expected = [
        (1, format!("it ends in the middle, after {} bytes", half.len())),
        (4, "neither JSON nor a time with JSON after it".to_owned()),
        (5, "neither JSON nor a time with JSON after it".to_owned()),
        (6, format!("in its message: it ends in the middle, after {} bytes", half.len())),
        (7, "it ends in the middle, after 8 bytes".to_owned()),
    ];
    let expected: Vec<(u64, &str)> = expected.iter().map(|(line, what)| (*line, what.as_str())).collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_line_longer_than_any_event_is_broken_and_the_next_one_is_read() {
    let good = event("1", json!({})).to_string();
    let long = |length: usize| {
        let mut line = event("2", json!({})).to_string();
        line.insert_str(1, &format!("\"padding\":\"{}\",", "x".repeat(length - line.len() - 13)));
        assert_eq!(line.len(), length);
        line
    };
    let (reading, events) = read(format!("{}\n{good}", long(LONGEST + 1)).as_bytes());
    assert_eq!((events.len(), reading.broken), (1, 1));
    assert_eq!(reading.first_broken[0].what, "longer than 4 MiB");
    assert_eq!(read(format!("{}\n{good}", long(LONGEST)).as_bytes()).0.events, 2);
}

#[test]
fn an_empty_log_and_one_without_events_have_no_period() {
    for log in ["", "\n\n", "{}\n"] {
        let (reading, _) = read(log.as_bytes());
        assert_eq!((reading.events, reading.broken, reading.period), (0, 0, None));
    }
}

#[test]
fn an_error_of_the_disk_is_one() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::UnexpectedEof.into())
        }
    }
    let error = read_events(std::io::Read::chain("{}\n".as_bytes(), Broken), |_| ()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

proptest! {
    /// A log with bytes changed, cut out and put in: nothing is fatal, every line is accounted for, and lines that were
    /// not touched are read.
    #[test]
    fn whatever_happens_to_a_line_the_others_are_read(
        hurt in 0_usize..5,
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0_usize..3), 1..12),
    ) {
        let lines: Vec<String> = (0..5).map(|n| event(&n.to_string(), json!({})).to_string()).collect();
        let mut victim = lines[hurt].clone().into_bytes();
        for (at, byte, kind) in edits {
            let at = at.index(victim.len());
            let byte = if byte == b'\n' { b' ' } else { byte };
            match kind {
                0 => victim[at] = byte,
                1 => victim.insert(at, byte),
                _ => victim.truncate(at.max(1)),
            }
        }
        let mut log = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            log.extend_from_slice(if n == hurt { &victim } else { line.as_bytes() });
            log.push(b'\n');
        }
        let (reading, events) = read(&log);
        prop_assert!(events.len() >= 4, "{:?}", reading);
        prop_assert_eq!(reading.lines, 5);
        let blank = u64::from(victim.trim_ascii().is_empty());
        prop_assert_eq!(reading.events + reading.repeated + reading.others + reading.broken + blank, 5);
        prop_assert!(reading.first_broken.iter().all(|broken| broken.line == hurt as u64 + 1));
    }

    #[test]
    fn no_bytes_are_too_much(log in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&log);
    }
}
