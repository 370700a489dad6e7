//! Names come from a ConfigMap, from IAM and from a decisions file: text that somebody else wrote.
//! Each place it is shown in has its own way of being fooled. [`Page`](super::Page) is made of nothing else, and so is the
//! Markdown of `render/markdown`; JSON is written by [`json`](crate::json).

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::hidden::is_hidden;

/// For a terminal, and first of all for everything else: no control character, escape sequence or invisible
/// character gets through, so one value stays on one line and reads as what it is.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            c if is_hidden(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Text of an HTML element, or of a quoted attribute.
pub fn html(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for c in terminal(text).chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_no_escape_sequence_and_no_second_line() {
        assert_eq!(terminal("a\u{1b}[2Jb\u{9b}m"), "a\\u{1b}[2Jb\\u{9b}m");
        assert_eq!(terminal("a\r\nb\tc\u{7f}"), "a\\r\\nb\\tc\\u{7f}");
        assert_eq!(terminal("dev\u{202e}nimda\u{2066}\u{200b}x"), "dev\\u{202e}nimda\\u{2066}\\u{200b}x");
        assert_eq!(terminal("role\u{a0}"), "role\\u{a0}");
        assert_eq!(terminal("\u{2028}\u{feff}\u{e0041}\u{ad}"), "\\u{2028}\\u{feff}\\u{e0041}\\u{ad}");
    }

    #[test]
    fn what_can_be_read_stays_as_it_is() {
        for text in ["arn:aws:iam::111122223333:role/x+=,.@_-", "개발팀", "é 🦀", "{{SessionName}}"] {
            assert!(matches!(terminal(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn html_is_text() {
        assert_eq!(html("<script>\"'&\u{1b}"), "&lt;script&gt;&quot;&#39;&amp;\\u{1b}");
    }
}
