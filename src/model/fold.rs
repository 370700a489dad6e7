//! Case as Go's `strings` and `encoding/json` see it.

/// One letter for all that Unicode simple case folding makes equal, as in Go's `strings.EqualFold`.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(fold_char).collect()
}

/// Go's `strings.ToLower`: wider folding, such as of U+017F to `s`, does not happen here.
pub(crate) fn lower(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(|char| char.to_lowercase().next().unwrap_or(char)).collect()
}

pub(crate) fn equal_fold(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().map(fold_char).eq(b.chars().map(fold_char))
}

fn fold_char(char: char) -> char {
    match char {
        'A'..='Z' => char.to_ascii_lowercase(),
        '\0'..='\u{7f}' => char,
        // these two have case mappings, and fold to nothing but themselves
        '\u{130}' | '\u{131}' => char,
        _ => {
            let upper = single(char, char.to_uppercase());
            single(upper, upper.to_lowercase())
        }
    }
}

fn single(char: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_s_and_the_kelvin_sign_are_letters_of_arns() {
        assert!(equal_fold("arn:aWſ:iam::1:role/K", "arn:aws:iam::1:role/k"));
        assert_eq!(lower("ſK"), "ſk");
    }

    #[test]
    fn one_to_many_mappings_do_not_fold() {
        assert!(!equal_fold("ß", "SS"));
        assert!(equal_fold("ß", "ẞ"));
        assert!(!equal_fold("ı", "i"));
        assert!(!equal_fold("İ", "i"));
        assert!(equal_fold("Σ", "ς"));
    }
}
