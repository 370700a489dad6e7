//! How young a journal is: what its calls have written EKS may show later.
//!
//! Records are dated by the clock of the machine that wrote them, and nothing says that it is right. So an age is only ever a
//! reason to wait less than the whole time, and what may be wrong with it makes the wait longer, up to that and no further.

use std::time::Duration;

use jiff::Timestamp;

use super::{Journal, Reading, Record, Stamp};

/// AWS takes what is signed by a clock that is up to five minutes off (IAM user guide, "Signing AWS API requests"): two
/// machines that it has answered are no more than twice that apart.
const SKEW: Duration = Duration::from_secs(600);

/// A call that was written down may have been sent for the last time so much later, for it is sent again while it fails.
const TRIED_FOR: Duration = Duration::from_secs(300);

/// The last record of a journal that is about a call: when, and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LastCall {
    None,
    /// `None` in a journal of format 1.
    At(Option<Stamp>),
}

impl LastCall {
    pub fn of(records: &[Record], stamps: &[Option<Stamp>]) -> Self {
        // the first stamp is the header's
        let mut dated = records.iter().zip(stamps.iter().skip(1)).rev();
        match dated.find(|(record, _)| is_of_a_call(record)) {
            Some((_, stamp)) => Self::At(stamp.clone()),
            None => Self::None,
        }
    }

    /// `is_open`: a call has no outcome; `shown`: after so long what was written is seen.
    fn unseen_for(&self, is_open: bool, shown: Duration, now: &Stamp) -> Duration {
        let last = match self {
            Self::None => return Duration::ZERO,
            Self::At(None) => return shown,
            Self::At(Some(last)) => last,
        };
        let time = |stamp: &Stamp| stamp.at.parse::<Timestamp>().ok();
        let (Some(then), Some(today)) = (time(last), time(now)) else { return shown };
        // a record of the future is of a clock that is wrong, or this one is
        let Ok(age) = Duration::try_from(today.duration_since(then)) else { return shown };
        let skew = if last.host == now.host { Duration::ZERO } else { SKEW };
        let tried_for = if is_open { TRIED_FOR } else { Duration::ZERO };
        (shown + skew + tried_for).saturating_sub(age).min(shown)
    }
}

fn is_of_a_call(record: &Record) -> bool {
    match record {
        Record::Intended { .. }
        | Record::Updating { .. }
        | Record::Applied { .. }
        | Record::Already { .. }
        | Record::Failed { .. }
        | Record::Unknown { .. } => true,
        // of what was seen, or of nothing
        Record::Header(_)
        | Record::Started { .. }
        | Record::Baseline { .. }
        | Record::Adopted { .. }
        | Record::Done { .. } => false,
    }
}

impl Reading {
    /// For how long, from `now` on, the cluster may show less than this journal tells; `shown`, after which whatever was
    /// written is seen, at most.
    pub fn unseen_for(&self, shown: Duration, now: &Stamp) -> Duration {
        let last = LastCall::of(&self.records, &self.stamps);
        last.unseen_for(self.progress.has_open(), shown, now)
    }
}

impl Journal {
    /// The same of what it told when it was opened.
    pub fn unseen_for(&self, shown: Duration) -> Duration {
        self.last_call.unseen_for(self.progress.has_open(), shown, &self.stamps.stamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn stamp(at: &str, host: &str) -> Stamp {
        Stamp {
            at: at.to_owned(),
            caller: None,
            host: host.to_owned(),
            built: None,
            version: String::new(),
            commit: String::new(),
            note: None,
            ci: None,
        }
    }

    fn left(at: &str, host: &str, is_open: bool) -> u64 {
        let now = stamp("2026-01-01T12:00:00.000Z", "here");
        LastCall::At(Some(stamp(at, host))).unseen_for(is_open, MINUTE, &now).as_secs()
    }

    #[test]
    fn what_is_left_of_the_minute_counts_from_the_last_record() {
        assert_eq!(left("2026-01-01T12:00:00.000Z", "here", false), 60);
        assert_eq!(left("2026-01-01T11:59:43.000Z", "here", false), 43);
        assert_eq!(left("2026-01-01T11:59:00.000Z", "here", false), 0);
        assert_eq!(left("2025-01-01T11:59:00.000Z", "here", false), 0);
        let now = stamp("2026-01-01T12:00:00.000Z", "here");
        assert_eq!(LastCall::None.unseen_for(false, MINUTE, &now), Duration::ZERO);
    }

    #[test]
    fn a_call_without_an_outcome_may_have_been_sent_again_since() {
        assert_eq!(left("2026-01-01T11:58:00.000Z", "here", true), 60);
        assert_eq!(left("2026-01-01T11:54:20.000Z", "here", true), 20);
        assert_eq!(left("2026-01-01T11:54:00.000Z", "here", true), 0);
    }

    #[test]
    fn another_machine_may_be_as_far_off_as_aws_lets_it() {
        assert_eq!(left("2026-01-01T11:55:00.000Z", "there", false), 60);
        assert_eq!(left("2026-01-01T11:49:30.000Z", "there", false), 30);
        assert_eq!(left("2026-01-01T11:49:00.000Z", "there", false), 0);
    }

    #[test]
    fn a_time_that_cannot_be_right_or_read_counts_as_now_and_never_as_more() {
        for at in ["2026-01-01T12:00:01.000Z", "2031-01-01T00:00:00.000Z", "yesterday"] {
            for host in ["here", "there"] {
                for is_open in [false, true] {
                    assert_eq!(left(at, host, is_open), 60, "{at} {host} {is_open}");
                }
            }
        }
        let now = stamp("2026-01-01T12:00:00.000Z", "here");
        assert_eq!(LastCall::At(None).unseen_for(true, MINUTE, &now), MINUTE);
    }
}
