use aws_smithy_types::DateTime;

/// As the AWS CLI prints times: ISO 8601 in UTC, and a fraction where there is one.
pub fn time(at: &DateTime) -> String {
    let Ok(time) = jiff::Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).unwrap_or_default())
    else {
        // beyond the year 9999: still a time where seconds are read
        return at.secs().to_string();
    };
    let fraction = match time.subsec_microsecond() {
        0 if time.subsec_millisecond() == 0 => "",
        _ => "%.6f",
    };
    time.strftime(&format!("%Y-%m-%dT%H:%M:%S{fraction}+00:00")).to_string()
}

/// Empty where the answer has none.
pub fn maybe(at: Option<DateTime>) -> String {
    at.map(|at| time(&at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_cli() {
        let at = |seconds, nanos| time(&DateTime::from_secs_and_nanos(seconds, nanos));
        assert_eq!(at(1_715_000_000, 0), "2024-05-06T12:53:20+00:00");
        assert_eq!(at(1_715_000_000, 573_000_000), "2024-05-06T12:53:20.573000+00:00");
        assert_eq!(at(1_715_000_000, 573_210_999), "2024-05-06T12:53:20.573210+00:00");
        assert_eq!(at(i64::MAX, 0), i64::MAX.to_string());
        assert_eq!(maybe(None), "");
    }
}
