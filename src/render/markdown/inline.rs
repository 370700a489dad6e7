//! Words and values within a block of GitHub's Markdown.
//!
//! Somebody else's text must not become a link, an image, a mention, a reference, HTML or the end of a table cell. GitHub
//! makes these in three stages, and each undoes what would have helped in the one before:
//!
//! 1. Its parser (<https://github.github.com/gfm/>) reads markup and autolinks. Backslashes and entities hold off
//!    markup, but not what comes later: by then they are the characters that they stood for.
//! 2. Its sanitizer takes out what HTML may not have, comments included, and joins what they parted.
//! 3. Filters look in the finished text for `@name`, `#1`, `GH-1`, `owner/repo#1`, hashes of commits, `:emoji:` and `$math$`
//!    (<https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>).
//!    As <https://github.com/gjtorikian/html-pipeline> had it, which GitHub began, they leave `code` and `pre` alone.
//!
//! So a value is a code span, in which the parser reads nothing (GFM 6.3) and the filters look for nothing. A sentence that
//! names such values stays a sentence: words of plain letters and small numbers are none of all this, and every other word
//! becomes a code span. `<code>` around escaped text would not do: it is HTML within a paragraph, where the parser goes on
//! to look for e-mail addresses.

use std::fmt::Display;

use crate::render::escape::terminal;

/// Of cmark-gfm, which takes longer runs of backticks for text (`MAXBACKTICKS` in `src/inlines.c`).
const LONGEST_FENCE: usize = 80;

/// Part of a block. What is ours goes in by [`own`](Self::own), which takes nothing that was not known when this was
/// compiled; all else by [`code`](Self::code) or [`prose`](Self::prose).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Inline(String);

impl Inline {
    /// Text of ours, with what markup there is in it.
    pub(super) fn own(self, text: &'static str) -> Self {
        self.pushed(text)
    }

    pub(super) fn number(self, n: usize) -> Self {
        self.pushed(&n.to_string())
    }

    /// `1 entry`, `2 entries`.
    pub(super) fn count(self, n: usize, one: &'static str, many: &'static str) -> Self {
        self.number(n).own(" ").own(if n == 1 { one } else { many })
    }

    pub(super) fn and(self, other: &Self) -> Self {
        self.pushed(&other.0)
    }

    /// A value.
    pub(super) fn code(mut self, value: impl Display) -> Self {
        let value = value.to_string();
        let value = terminal(&value);
        // GFM has no way to write a backslash before a pipe within code within a table
        for (i, part) in value.split('|').enumerate() {
            if i > 0 {
                self = self.pushed("&#124;");
            }
            if !part.is_empty() {
                self = self.pushed(&span(part));
            }
        }
        self
    }

    /// A sentence.
    pub(super) fn prose(mut self, text: impl AsRef<str>) -> Self {
        let text = terminal(text.as_ref().trim());
        if text.is_empty() {
            return self.own("(empty)");
        }
        let mut rest = text.as_ref();
        // our messages have commands and keys between backticks
        while let Some((before, behind)) = rest.split_once('`')
            && let Some((quoted, behind)) = behind.split_once('`')
            && !quoted.is_empty()
        {
            self = self.words(before).code(quoted);
            rest = behind;
        }
        self.words(rest)
    }

    pub(super) fn strong(inner: &Self) -> Self {
        Self(format!("**{}**", inner.0))
    }

    pub(super) fn list(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for (i, part) in parts.into_iter().enumerate() {
            all = if i > 0 { all.own(", ") } else { all }.and(&part);
        }
        all
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn words(mut self, text: &str) -> Self {
        for (i, word) in text.split(' ').enumerate() {
            if i > 0 && !self.0.ends_with(' ') {
                self.0.push(' ');
            }
            self = self.word(word);
        }
        self
    }

    fn word(self, word: &str) -> Self {
        let bare = word.trim_start_matches(['(', '"', '\'', '‹']);
        let core = bare.trim_end_matches([')', '"', '\'', '›', ',', ';', ':', '.', '!', '?', '…']);
        let (before, behind) = (&word[..word.len() - bare.len()], &bare[core.len()..]);
        // as a number does, with one of these behind it
        let begins_list = self.0.is_empty()
            && before.is_empty()
            && core.bytes().all(|b| b.is_ascii_digit())
            && behind.starts_with(['.', ')']);
        if core.is_empty() || (is_plain(core) && !begins_list) {
            self.pushed(word)
        } else {
            self.pushed(before).code(core).pushed(behind)
        }
    }

    fn pushed(mut self, text: &str) -> Self {
        // or they would be one run
        if self.0.ends_with('`') && text.starts_with('`') {
            self.0.push(' ');
        }
        self.0.push_str(text);
        self
    }
}

/// Nothing of GitHub's, wherever it stands: letters, a small number, `2/3`, `×2`, an arrow.
fn is_plain(word: &str) -> bool {
    let is_number =
        |part: &str| part.len() < 7 && part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty();
    // the hash of a commit has seven digits or more
    let is_word = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphabetic())
            && (part.len() < 7 || !part.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    matches!(word, "→" | "–")
        || word.split(['-', '\'']).all(is_word)
        || word.split('/').all(is_number)
        || word.strip_prefix('×').is_some_and(is_number)
}

/// A code span (GFM 6.3) between runs of backticks of a length that is not in the text.
fn span(text: &str) -> String {
    let runs: Vec<usize> = text.split(|c| c != '`').map(str::len).filter(|length| *length > 0).collect();
    let Some(length) = (1..=LONGEST_FENCE).find(|length| !runs.contains(length)) else {
        return span(&text.replace('`', "\\u{60}"));
    };
    let fence = "`".repeat(length);
    // one space on both sides belongs to the fence
    let is_blank = text.bytes().all(|b| b == b' ');
    let touches = text.starts_with('`') || text.ends_with('`');
    let pad = if touches || (!is_blank && text.starts_with(' ') && text.ends_with(' ')) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Inline::default().code(text).0
    }

    fn prose(text: &str) -> String {
        Inline::default().prose(text).0
    }

    #[test]
    fn a_value_cannot_leave_its_code_span() {
        assert_eq!(code("system:node:{{EC2PrivateDNSName}}"), "`system:node:{{EC2PrivateDNSName}}`");
        assert_eq!(code("@admins #1 </code>"), "`@admins #1 </code>`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("``a"), "` ``a `");
        assert_eq!(code(" a "), "`  a  `");
        assert_eq!(code("  "), "`  `");
        assert_eq!(code("x\ny\u{202e}"), "`x\\ny\\u{202e}`");
    }

    #[test]
    fn a_pipe_is_no_code_and_ends_no_cell() {
        assert_eq!(code("a\\|b"), "`a\\`&#124;`b`");
        assert_eq!(code("|"), "&#124;");
        assert_eq!(code("`||"), "`` ` ``&#124;&#124;");
    }

    #[test]
    fn no_fence_is_longer_than_github_knows() {
        let all: String = (1..=LONGEST_FENCE).map(|n| "`".repeat(n) + "x").collect();
        let shown = code(&all);
        assert!(shown.starts_with("`\\u{60}x") && shown.ends_with("x`") && !shown.contains("``"), "{shown}");
        assert!(code(&"`".repeat(500)).starts_with("` ```"));
    }

    #[test]
    fn a_sentence_stays_one_and_what_is_no_word_is_code() {
        assert_eq!(
            prose("the username system:ci begins with system:, which EKS refuses; the mapping stays."),
            "the username `system:ci` begins with system:, which EKS refuses; the mapping stays."
        );
        assert_eq!(
            prose("run `aws sts get-caller-identity` first"),
            "run `aws sts get-caller-identity` first"
        );
        assert_eq!(prose("fixes #1, GH-1 (o/r#1)"), "fixes `#1`, `GH-1` (`o/r#1`)");
        assert_eq!(prose("ask @octocat: www.x.example"), "ask `@octocat`: `www.x.example`");
        assert_eq!(prose("**a** _b_ [c](d) <b> a|b"), "`**a**` `_b_` `[c](d`) `<b>` `a`&#124;`b`");
        assert_eq!(prose("deadbeef defaced 1234567 decade"), "`deadbeef` `defaced` `1234567` decade");
        assert_eq!(prose("3 lines → 2 entries; 1/2, ×3"), "3 lines → 2 entries; 1/2, ×3");
        assert_eq!(prose("EKS's re-created (line 52) in 3."), "EKS's re-created (line 52) in 3.");
    }

    #[test]
    fn a_sentence_begins_no_block() {
        for (text, shown) in [("1. a", "`1`. a"), ("# a", "`#` a"), ("- a", "`-` a"), ("+ a", "`+` a")] {
            assert_eq!(prose(text), shown);
        }
        assert_eq!(prose("    a\n# b"), "`a\\n#` b");
        assert_eq!(prose("==="), "`===`");
    }

    #[test]
    fn backticks_that_do_not_match_are_text() {
        assert_eq!(prose("a ` b"), "a `` ` `` b");
        assert_eq!(prose("`a``b` ``"), "`a` `b` ` `` `");
        assert_eq!(prose("x`@y`z"), "x`@y`z");
        assert_eq!(prose(""), "(empty)");
    }
}
