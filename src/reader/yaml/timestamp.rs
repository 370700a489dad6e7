/// Whether go-yaml v2 takes a text for a timestamp. It matters only behind an explicit `!!timestamp`:
/// everywhere else a timestamp comes through as its text.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut rest = Rest(text);
    let year = rest.digits_up_to(4);
    let (Some(year), true) = (year, text.len() > 4 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit))
    else {
        return false;
    };
    let Some((month, day)) = rest.month_and_day() else { return false };
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return false;
    }
    if rest.0.is_empty() {
        return true;
    }
    if rest.eat('T') || rest.eat('t') {
        return rest.time() && rest.zone() && rest.0.is_empty();
    }
    if rest.eat(' ') {
        rest.0 = rest.0.trim_start_matches(' ');
        return rest.time() && rest.0.is_empty();
    }
    false
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

struct Rest<'t>(&'t str);

impl Rest<'_> {
    fn eat(&mut self, char: char) -> bool {
        let rest = self.0.strip_prefix(char);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// A number of one digit to `most` digits.
    fn digits_up_to(&mut self, most: usize) -> Option<u32> {
        let length = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        digits.parse().ok()
    }

    fn below(&mut self, limit: u32) -> bool {
        self.digits_up_to(2).is_some_and(|number| number < limit)
    }

    fn month_and_day(&mut self) -> Option<(u32, u32)> {
        let month = self.eat('-').then(|| self.digits_up_to(2))??;
        let day = self.eat('-').then(|| self.digits_up_to(2))??;
        Some((month, day))
    }

    fn time(&mut self) -> bool {
        let fits = self.below(24) && self.eat(':') && self.below(60) && self.eat(':') && self.below(60);
        let fraction =
            self.0.strip_prefix(['.', ',']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if let Some(fraction) = fraction {
            self.0 = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        fits
    }

    /// `Z` or an offset such as `+01:00`.
    fn zone(&mut self) -> bool {
        if self.eat('Z') {
            return true;
        }
        let bytes = self.0.as_bytes();
        let &[b'+' | b'-', h1, h2, b':', m1, m2, ..] = bytes else { return false };
        if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
            return false;
        }
        let number = |tens: u8, ones: u8| (tens - b'0') * 10 + (ones - b'0');
        self.0 = &self.0[6..];
        number(h1, h2) <= 24 && number(m1, m2) < 60
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_formats_are_known() {
        for text in [
            "2001-01-02",
            "2001-1-2",
            "2024-02-29",
            "2001-12-14T21:59:43.10-05:00",
            "2001-12-14t21:59:43Z",
            "2001-12-14   1:2:3.5",
        ] {
            assert!(is_timestamp(text), "{text}");
        }
        for text in [
            "",
            "2001",
            "2001-",
            "201-01-01",
            "20011-01-01",
            "2001-13-01",
            "2023-02-29",
            "2001-01-02 ",
            "2001-12-14T21:59:43",
            "2001-12-14 21:59:43 -5",
            "2001-12-14T24:00:00Z",
            "2001-12-14 é",
        ] {
            assert!(!is_timestamp(text), "{text}");
        }
    }
}
