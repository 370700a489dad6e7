use std::collections::BTreeMap;

use super::Annotation;

/// What tells a finding from others of the same file, however its lines move: the rule, whom it is about, and which of several
/// alike it is. Account ids are no part of it: whoever knows the rest could try all that there are.
pub(super) fn fingerprints(annotations: &[Annotation]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = Vec::with_capacity(annotations.len());
    for annotation in annotations {
        let hash = hash(annotation);
        let nth = seen.entry(hash.clone()).or_default();
        *nth += 1;
        // GitHub's own have this form too: a hash, and how many have had it so far
        all.push(format!("{hash}:{nth}"));
    }
    all
}

/// In 32 hexadecimal digits.
fn hash(annotation: &Annotation) -> String {
    let Annotation { rule, severity: _, subject, section, title: _, lines: _, file: _, region: _ } =
        annotation;
    let section = section.map_or("", |section| section.as_str());
    let mut hasher = blake3::Hasher::new();
    for part in [rule.as_str(), section, &without_accounts(subject)] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(32).collect()
}

/// Each run of twelve digits becomes one sign.
fn without_accounts(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, behind) = rest.split_at(at);
        let end = behind.find(|c: char| !c.is_ascii_digit()).unwrap_or(behind.len());
        let (run, behind) = behind.split_at(end);
        shown.push_str(before);
        shown.push_str(if run.len() == 12 { "#" } else { run });
        rest = behind;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_account_can_be_guessed_from_it() {
        let shown = without_accounts("arn:aws:iam::111122223333:role/tf-444455556666-2024 1234567890123");
        assert_eq!(shown, "arn:aws:iam::#:role/tf-#-2024 1234567890123");
        assert_eq!(without_accounts("111122223333é"), "#é");
    }
}
