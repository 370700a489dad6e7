use std::time::Duration;

use jiff::Timestamp;

/// 2026-01-01: where the clock starts when the snapshot names no time.
const START: i64 = 1_767_225_600;

/// A time as AWS documents print it: ISO 8601, or seconds since 1970.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    match text.parse::<f64>() {
        Ok(seconds) => Timestamp::from_microsecond((seconds * 1e6) as i64).ok(),
        Err(_) => text.parse().ok(),
    }
}

/// The logical clock's zero: an hour after the latest of the times, so that whatever happens next is newer.
pub(super) fn start_after<'a>(times: impl Iterator<Item = &'a str>) -> Timestamp {
    let hour = Duration::from_secs(3600);
    times
        .filter_map(parse)
        .max()
        .and_then(|latest| latest.checked_add(hour).ok())
        .or_else(|| Timestamp::from_second(START).ok())
        .unwrap_or_default()
}

pub(super) fn text(start: Timestamp, elapsed: Duration) -> String {
    start.checked_add(elapsed).unwrap_or(start).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_the_aws_cli_are_read() {
        assert_eq!(parse("2024-05-01T10:00:00.123000+02:00"), parse("1714550400.123"));
        assert!(parse("yesterday").is_none());
    }

    #[test]
    fn the_clock_starts_after_everything_the_snapshot_knows() {
        let start = start_after(["2031-01-01T00:00:00Z", "?", "1714550400"].into_iter());
        assert_eq!(text(start, Duration::from_millis(1500)), "2031-01-01T01:00:01.5Z");
        assert_eq!(text(start_after([].into_iter()), Duration::ZERO), "2026-01-01T00:00:00Z");
    }
}
