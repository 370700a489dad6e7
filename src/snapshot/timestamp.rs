use jiff::{SignedDuration, Timestamp};

/// A time as the AWS CLI prints it: ISO 8601, or seconds since 1970 with `cli_timestamp_format = none`.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let seconds = SignedDuration::try_from_secs_f64(text.parse().ok()?).ok()?;
    Timestamp::from_duration(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_styles_of_the_cli_are_one_time() {
        let at = |text| timestamp(text).map(Timestamp::as_second);
        for text in [
            "2024-05-06T12:53:20+00:00",
            "2024-05-06T14:53:20.000000+02:00",
            "2024-05-06T12:53:20Z",
            "1715000000",
            "1715000000.0",
            "1.715e9",
        ] {
            assert_eq!(at(text), Some(1_715_000_000), "{text}");
        }
        for text in ["", "yesterday", "NaN", "inf", "1e300", "2024-05-06"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
