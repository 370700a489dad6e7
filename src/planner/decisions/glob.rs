/// Whether a pattern matches a whole text: `*` stands for any text, `?` for one character, all else for itself.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // the last star, and where the text behind it begins: only that one need ever take more
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match &mut star {
                Some((at, behind)) => {
                    *behind += 1;
                    p = *at + 1;
                    t = *behind;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_take_any_text_and_question_marks_one_character() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("a*c", "abbc"),
            ("a*c", "ac"),
            ("*a*b", "xaxbab"),
            ("?é", "xé"),
            ("arn:aws:iam::111122223333:role/Dev*", "arn:aws:iam::111122223333:role/Dev/x"),
            ("a**", "a"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("", "a"), ("a", "A"), ("?", ""), ("a*c", "acb"), ("*ab", "aab c"), ("[a]", "a")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_do_not_explode() {
        assert!(!matches(&"a*".repeat(60), &"a".repeat(59)));
        assert!(matches(&"*a".repeat(200), &"a".repeat(2000)));
    }
}
