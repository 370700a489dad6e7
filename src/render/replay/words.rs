//! Numbers, times and answers as they are said.

use jiff::Timestamp;

use crate::access::replay::{Count, Open, Ruling};
use crate::audit::{DecidedBy, LastDecision, Period};
use crate::rbac::UserInfo;
pub use crate::render::number;
use crate::render::parity;

pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// `312 requests, 3 distinct`.
pub fn both(count: Count) -> String {
    let requests = counted(count.requests, "request", "requests");
    if count.distinct == 1 { requests } else { format!("{requests}, {} distinct", number(count.distinct)) }
}

/// `30 days`.
pub fn span(period: Period) -> String {
    const HOUR: u64 = 60;
    let seconds = period.last.as_second().saturating_sub(period.first.as_second());
    let minutes = u64::try_from(seconds).unwrap_or_default().div_ceil(60).max(1);
    let hours = (minutes + HOUR / 2) / HOUR;
    match hours {
        48.. => counted((hours + 12) / 24, "day", "days"),
        2.. => counted(hours, "hour", "hours"),
        _ => counted(minutes, "minute", "minutes"),
    }
}

pub fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

pub fn ruling(ruling: &Ruling) -> String {
    match ruling {
        Ruling::Allowed { by } => format!("allowed by {}", parity::by(by)),
        Ruling::Denied => "denied".to_owned(),
        Ruling::NoLogin => "denied: it does not authenticate".to_owned(),
        Ruling::Unknown { missing } => {
            format!("unknown: {}", missing.iter().map(open).collect::<Vec<_>>().join("; "))
        }
    }
}

pub fn open(of: &Open) -> String {
    match of {
        Open::NodeAuthorizer => "the Node authorizer decides by what runs on the node".to_owned(),
        Open::Input(input) => parity::missing(input).to_string(),
    }
}

/// `allowed by RBAC`.
pub fn log(log: &LastDecision) -> String {
    let word = if log.is_allowed() { "allowed" } else { "denied" };
    match (log.by, log.is_allowed()) {
        (DecidedBy::Rbac, _) => format!("{word} by RBAC"),
        (DecidedBy::AccessPolicy, _) => format!("{word} by an access policy"),
        (DecidedBy::Other, _) => format!("{word} by another authorizer"),
        (DecidedBy::Unsaid, true) => format!("{word} without a reason, as system:masters and nodes are"),
        (DecidedBy::Unsaid, false) => word.to_owned(),
    }
}

/// What a decision that the snapshot does not have points at.
pub fn cause(log: &LastDecision, before: &Ruling) -> &'static str {
    match (before, log.is_allowed(), log.by) {
        (Ruling::NoLogin, ..) => "the snapshot has no login for it",
        (_, true, DecidedBy::Rbac) => "roles, bindings or groups were different",
        (_, true, DecidedBy::AccessPolicy) => "other access policies were associated",
        (_, _, DecidedBy::Other) => "decided by an authorizer that no snapshot has",
        (_, true, DecidedBy::Unsaid) => "it was in system:masters, or a node",
        (_, false, _) => "it was granted later",
    }
}

/// `dev:alice in dev, ops`.
pub fn user(user: &UserInfo) -> String {
    let groups: Vec<&str> = user.groups.iter().map(String::as_str).collect();
    let groups = if groups.is_empty() { "no groups".to_owned() } else { groups.join(", ") };
    let name = if user.username.is_empty() { "(empty)" } else { &user.username };
    format!("{name} in {groups}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_comma_before_each_three_digits() {
        let of = [(0, "0"), (999, "999"), (1_000, "1,000"), (1_204_551, "1,204,551"), (12_345, "12,345")];
        for (n, shown) in of {
            assert_eq!(number(n), shown);
        }
    }

    #[test]
    fn a_period_is_told_in_what_it_has_at_least_two_of() {
        let of = |seconds: i64| {
            let at = |second| Timestamp::from_second(second).unwrap();
            span(Period { first: at(1_700_000_000), last: at(1_700_000_000 + seconds) })
        };
        assert_eq!(of(0), "1 minute");
        assert_eq!(of(89), "2 minutes");
        assert_eq!(of(3 * 3600), "3 hours");
        assert_eq!(of(47 * 3600), "47 hours");
        assert_eq!(of(30 * 86_400 - 100), "30 days");
        assert_eq!(of(-5), "1 minute");
    }
}
