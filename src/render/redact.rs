use std::collections::BTreeMap;

/// Account ids replaced by `‹account-01›`, `‹account-02›`, …: the same one by the same word wherever it stands. The words
/// are as wide as the ids, so that what is drawn under a line stays where it belongs.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    numbers: BTreeMap<String, usize>,
}

impl Redactor {
    /// Numbers the account ids in the order in which `text` has them, so that all views of one plan agree.
    pub fn seeded(text: &str) -> Self {
        let mut redactor = Self::default();
        redactor.learn(text);
        redactor
    }

    pub fn redact(&mut self, text: &str) -> String {
        self.learn(text);
        let mut shown = String::with_capacity(text.len());
        let mut copied = 0;
        for (at, run) in twelve_digits(text) {
            if let Some(number) = self.numbers.get(run) {
                shown.push_str(&text[copied..at]);
                shown.push_str(&format!("‹account-{number:02}›"));
                copied = at + run.len();
            }
        }
        shown.push_str(&text[copied..]);
        shown
    }

    fn learn(&mut self, text: &str) {
        for (at, run) in twelve_digits(text) {
            if !within_hash(text, at, run) {
                let next = self.numbers.len() + 1;
                self.numbers.entry(run.to_owned()).or_insert(next);
            }
        }
    }
}

/// Runs of exactly twelve digits, with their places. What JSON or YAML escapes ends in digits that are none of the text.
fn twelve_digits(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive(|c: char| !c.is_ascii_digit()).filter_map(move |piece| {
        let run = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
        let start = at;
        at += piece.len();
        if run.len() == 12 {
            return Some((start, run));
        }
        let escaped = behind_escape(text, start)?.checked_sub(start)?;
        let behind = run.get(escaped..)?;
        (behind.len() == 12).then_some((start + escaped, behind))
    })
}

/// What JSON and YAML write for a character, and how long it is.
const ESCAPES: [(&str, usize); 2] = [("\\u", 6), ("\\U", 10)];

/// The end of the `\u202e` in which the digits at `at` begin.
fn behind_escape(text: &str, at: usize) -> Option<usize> {
    let found = |(begin, all): (&str, usize)| {
        let before = at.saturating_sub(all - 1)..at;
        before.into_iter().find(|from| is_escape(text, *from, begin, all)).map(|from| from + all)
    };
    ESCAPES.into_iter().find_map(found)
}

fn is_escape(text: &str, at: usize, begin: &str, all: usize) -> bool {
    let digits = text.get(at..at + all).and_then(|escape| escape.strip_prefix(begin));
    digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn ends_in_escape(text: &str, at: usize) -> bool {
    let is_one = |(begin, all): (&str, usize)| {
        at.checked_sub(all).is_some_and(|from| is_escape(text, from, begin, all))
    };
    ESCAPES.into_iter().any(is_one)
}

/// Part of a hexadecimal word as long as a digest, or as the hash at the end of an SSO role's name.
fn within_hash(text: &str, at: usize, run: &str) -> bool {
    let is_hex = |c: &char| c.is_ascii_hexdigit();
    let head = match ends_in_escape(text, at) {
        true => 0,
        false => text[..at].chars().rev().take_while(is_hex).count(),
    };
    let tail = text[at + run.len()..].chars().take_while(is_hex).count();
    head + run.len() + tail >= 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_account_gets_the_same_word_everywhere() {
        let mut redactor = Redactor::default();
        let text = "arn:aws:iam::111122223333:role/tf-444455556666 (444455556666, acct111122223333)";
        let expected = "arn:aws:iam::‹account-01›:role/tf-‹account-02› (‹account-02›, acct‹account-01›)";
        assert_eq!(redactor.redact(text), expected);
        assert_eq!(redactor.redact("444455556666"), "‹account-02›");
    }

    #[test]
    fn an_account_that_is_known_is_found_in_any_word() {
        let mut redactor = Redactor::default();
        let text = "role/feed111122223333 of 111122223333";
        assert_eq!(redactor.redact(text), "role/feed‹account-01› of ‹account-01›");
    }

    #[test]
    fn other_numbers_and_digests_stay() {
        let mut redactor = Redactor::default();
        for text in [
            "1234567890123",
            "12345678901",
            "blake3:ab111122223333cdef",
            "AWSReservedSSO_A_0a111122223333ff",
            "é 12",
        ] {
            assert_eq!(redactor.redact(text), text);
        }
    }

    #[test]
    fn what_json_and_a_terminal_escape_hides_no_account() {
        for hidden in [
            "\\u202e",
            "\\U000e0041",
            "\\u2028",
            "\\u200b",
            "\\udb40\\udc41",
            "\\u{202e}",
            "\\n",
            "\\\"",
            "\\\\u{9b}",
        ] {
            let mut redactor = Redactor::default();
            let shown = redactor.redact(&format!("a{hidden}111122223333{hidden}b"));
            assert_eq!(shown, format!("a{hidden}‹account-01›{hidden}b"));
        }
        assert_eq!(Redactor::default().redact("\\u2028111122223333444"), "\\u2028111122223333444");
    }

    #[test]
    fn a_seed_fixes_the_numbers() {
        let mut redactor = Redactor::seeded("111122223333 444455556666");
        assert_eq!(redactor.redact("444455556666"), "‹account-02›");
    }
}
