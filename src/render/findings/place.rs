use crate::reader::Place;

/// The nearest character boundary at or before a byte, inside the text.
pub(super) fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Line and column of a byte, as an editor counts them.
pub(in crate::render) fn place(text: &str, at: usize) -> Place {
    let before = &text[..floor(text, at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    // a byte order mark is not a character one sees
    let column = before[line_start..].chars().filter(|c| *c != '\u{feff}').count() + 1;
    Place { line: before.matches('\n').count() + 1, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_nothing_lies_outside() {
        let text = "\u{feff}é: 1\nß x";
        assert_eq!(place(text, text.find(':').unwrap()), Place { line: 1, column: 2 });
        assert_eq!(place(text, text.find('x').unwrap() - 2), Place { line: 2, column: 1 });
        assert_eq!(place(text, usize::MAX), Place { line: 2, column: 4 });
    }
}
