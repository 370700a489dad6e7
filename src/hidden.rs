//! Which characters nobody sees. Names come from a ConfigMap, from AWS, from a decisions file and from file names: text
//! that somebody else wrote, in which such a character makes one thing look like another.

/// Control characters (C0, C1, DEL), spaces that are none, and what Unicode gives no shape: bidi controls (UAX 9),
/// zero-width characters, line separators, variation selectors and tags.
pub fn is_hidden(c: char) -> bool {
    // almost all text ends here
    if matches!(c, ' '..='~') {
        return false;
    }
    c.is_control()
        || c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}
