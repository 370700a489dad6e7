use std::borrow::Cow;

use crate::hidden::is_hidden;

/// A text as lines of it are shown: what nobody sees is drawn as one visible character each, so that lines and columns stay
/// what they are. An escape would be wider; what a finding is about, its label spells out.
pub(super) struct Excerpt<'t> {
    text: Cow<'t, str>,
    /// Where a character was replaced, and by how many bytes the rest of the text has moved.
    moved: Vec<(usize, isize)>,
}

impl<'t> Excerpt<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        if !text.chars().any(is_replaced) {
            return Self { text: Cow::Borrowed(text), moved: Vec::new() };
        }
        let mut shown = String::with_capacity(text.len() + 16);
        let mut moved = Vec::new();
        for (at, c) in text.char_indices() {
            if !is_replaced(c) {
                shown.push(c);
                continue;
            }
            // a line that ends in CRLF ends there, and a byte order mark is not a character one sees
            let ends_line = c == '\r' && text[at..].starts_with("\r\n");
            if !ends_line && (at, c) != (0, '\u{feff}') {
                shown.push(picture(c));
            }
            let behind = at + c.len_utf8();
            moved.push((behind, shown.len() as isize - behind as isize));
        }
        Self { text: Cow::Owned(shown), moved }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where the byte at `at` of the text is in the excerpt.
    pub(super) fn at(&self, at: usize) -> usize {
        let before = self.moved.partition_point(|(behind, _)| *behind <= at);
        let by = before.checked_sub(1).and_then(|last| self.moved.get(last)).map_or(0, |(_, by)| *by);
        at.saturating_add_signed(by).min(self.text.len())
    }
}

/// The renderer makes spaces of tabs, and lines of newlines.
fn is_replaced(c: char) -> bool {
    is_hidden(c) && c != '\n' && c != '\t'
}

/// U+2400 and on are pictures of the control characters.
fn picture(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hidden_character_is_one_that_is_seen_and_places_follow() {
        let text = "\u{feff}a\u{1b}[31mb\r\nc\u{202e}\td\u{9b}e\rf";
        let excerpt = Excerpt::of(text);
        assert_eq!(excerpt.text(), "a␛[31mb\nc\u{fffd}\td\u{fffd}e␍f");
        for c in ['a', 'b', 'c', 'd', 'e', 'f'] {
            assert_eq!(excerpt.at(text.find(c).unwrap()), excerpt.text().find(c).unwrap(), "{c}");
        }
        assert_eq!(excerpt.at(text.len()), excerpt.text().len());
        assert_eq!(excerpt.at(0), 0);
    }

    #[test]
    fn a_text_with_nothing_hidden_is_itself() {
        let excerpt = Excerpt::of("é: [x]\n\ty\n");
        assert!(matches!(excerpt.text, Cow::Borrowed(_)));
        assert_eq!(excerpt.at(5), 5);
    }
}
