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

/// Runs of exactly twelve digits, with their places.
fn twelve_digits(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive(|c: char| !c.is_ascii_digit()).filter_map(move |piece| {
        let run = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
        let found = (at, run);
        at += piece.len();
        (run.len() == 12).then_some(found)
    })
}

/// Part of a hexadecimal word as long as a digest, or as the hash at the end of an SSO role's name.
fn within_hash(text: &str, at: usize, run: &str) -> bool {
    let is_hex = |c: &char| c.is_ascii_hexdigit();
    let head = text[..at].chars().rev().take_while(is_hex).count();
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
    fn a_seed_fixes_the_numbers() {
        let mut redactor = Redactor::seeded("111122223333 444455556666");
        assert_eq!(redactor.redact("444455556666"), "‹account-02›");
    }
}
