//! Names come from a ConfigMap, from IAM and from a decisions file: text that somebody else wrote.
//! Each place it is shown in has its own way of being fooled.

use std::borrow::Cow;
use std::fmt::Write as _;

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

/// Control characters, spaces that are none, and what Unicode gives no shape: bidi controls (UAX 9), zero-width
/// characters, variation selectors and tags.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
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

/// Words in GitHub's Markdown, table cells included: nothing of it is markup, a link, a mention or a reference.
pub fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 16);
    let text = terminal(text);
    let mut rest = text.as_ref();
    while let Some(c) = rest.chars().next() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            // a backslash before a pipe would end a table cell, whatever stands before the backslash
            '\\' | '|' | '`' | '$' => {
                let _ = write!(shown, "&#{};", u32::from(c));
            }
            '*' | '_' | '[' | ']' | '~' => {
                shown.push('\\');
                shown.push(c);
            }
            // GitHub looks for mentions and references in the finished text; a comment parts it
            '@' | '#' => {
                shown.push(c);
                shown.push_str("<!-- -->");
            }
            ':' if rest.starts_with("://") => shown.push_str("&#58;"),
            'w' | 'W' if rest.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("www.")) => {
                shown.push_str(&rest[..3]);
                shown.push_str("&#46;");
                rest = &rest[3..];
            }
            c => shown.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    shown
}

/// A value in GitHub's Markdown, set as code, in which GitHub finds no mention either; also for a table cell.
pub fn code(text: &str) -> String {
    let text = terminal(text);
    if !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ') && text.chars().all(is_plain) {
        return format!("`{text}`");
    }
    let mut shown = String::from("<code>");
    for c in text.chars() {
        match c {
            ' ' => shown.push_str("&#32;"),
            c if is_plain(c) && !matches!(c, '*' | '_' | '[' | ']' | '~' | '$' | '@' | '#')
                || !c.is_ascii() =>
            {
                shown.push(c)
            }
            c => {
                let _ = write!(shown, "&#{};", u32::from(c));
            }
        }
    }
    shown.push_str("</code>");
    shown
}

/// Safe between backticks, in a table too.
fn is_plain(c: char) -> bool {
    c == ' ' || !c.is_ascii() || (c.is_ascii_graphic() && !matches!(c, '`' | '|' | '\\' | '<' | '>' | '&'))
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
    fn words_are_no_markup() {
        assert_eq!(markdown("**a** _b_ [c](d)"), "\\*\\*a\\*\\* \\_b\\_ \\[c\\](d)");
        assert_eq!(markdown("<img src=x>&"), "&lt;img src=x&gt;&amp;");
        assert_eq!(markdown("a\\|b`c`"), "a&#92;&#124;b&#96;c&#96;");
        assert_eq!(markdown("@org/team #12"), "@<!-- -->org/team #<!-- -->12");
        assert_eq!(markdown("https://x.example Www.x"), "https&#58;//x.example Www&#46;x");
        assert_eq!(markdown("a\n# b"), "a&#92;n#<!-- --> b");
    }

    #[test]
    fn code_cannot_be_left() {
        assert_eq!(code("system:node:{{EC2PrivateDNSName}}"), "`system:node:{{EC2PrivateDNSName}}`");
        assert_eq!(code("@admins"), "`@admins`");
        assert_eq!(code("a`b"), "<code>a&#96;b</code>");
        assert_eq!(code("a|b</code>@x"), "<code>a&#124;b&#60;/code&#62;&#64;x</code>");
        assert_eq!(code(" a*"), "<code>&#32;a&#42;</code>");
        assert_eq!(code("x\ny"), "<code>x&#92;ny</code>");
        assert_eq!(code(""), "<code></code>");
    }

    #[test]
    fn html_is_text() {
        assert_eq!(html("<script>\"'&\u{1b}"), "&lt;script&gt;&quot;&#39;&amp;\\u{1b}");
    }
}
