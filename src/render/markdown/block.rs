use super::inline::Inline;
use crate::render::escape::{html, terminal};
use crate::render::fields::FieldChange;

/// Whole lines of Markdown, made of [`Inline`]s and of text that was known when this was compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Block(String);

impl Block {
    pub(super) fn own(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// By which a bot finds its comment again; nothing in it can end the HTML comment that it is.
    pub(super) fn marker(name: &str) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_./:".contains(c) { c } else { '_' };
        let plain = name.chars().map(plain).collect::<String>().replace("--", "__");
        Self(format!("<!-- eksodus:{plain} -->\n"))
    }

    /// The title of the whole.
    pub(super) fn title(inline: &Inline) -> Self {
        Self(format!("### {}\n\n", inline.as_str()))
    }

    /// The beginning of a fold; its end is the caller's.
    pub(super) fn fold(title: &'static str) -> Self {
        Self(format!("<details><summary>{title}</summary>\n\n"))
    }

    /// An alert of GitHub, `CAUTION` or `IMPORTANT`.
    pub(super) fn alert(kind: &'static str, lines: &[Inline]) -> Self {
        let lines: String = lines.iter().map(|line| format!("> {}\n", line.as_str())).collect();
        Self(format!("> [!{kind}]\n{lines}"))
    }

    /// A command to be copied.
    pub(super) fn command(text: &str) -> Self {
        let text = terminal(text);
        let fence = "`".repeat((longest_run(&text) + 1).max(3));
        Self(format!("{fence}sh\n{text}\n{fence}\n"))
    }

    pub(super) fn heading(title: &'static str) -> Self {
        Self(format!("#### {title}\n\n"))
    }

    pub(super) fn line(inline: &Inline) -> Self {
        Self(format!("{}\n", inline.as_str()))
    }

    /// What [`fit`](super::section::fit) made of blocks.
    pub(super) fn of_fitted(text: String) -> Self {
        Self(text)
    }

    /// Of a list, or of one within it.
    pub(super) fn item(level: usize, inline: &Inline) -> Self {
        Self(format!("{}- {}\n", "  ".repeat(level), inline.as_str()))
    }

    /// Of a table.
    pub(super) fn row<const N: usize>(cells: [Inline; N]) -> Self {
        let cells = cells.map(|cell| cell.as_str().to_owned());
        Self(format!("| {} |\n", cells.join(" | ")))
    }

    /// Every line begins with its sign and a space. The fence is longer than any run of backticks, and shorter than the
    /// 255 that cmark-gfm counts to (`fence_length` is a byte).
    pub(super) fn diff(changes: &[FieldChange]) -> Self {
        let mut lines: String =
            changes.iter().map(|change| format!("{} {}\n", change.sign, terminal(&change.text))).collect();
        if longest_run(&lines) >= 80 {
            lines = lines.replace('`', "\\u{60}");
        }
        let fence = "`".repeat((longest_run(&lines) + 1).max(3));
        Self(format!("{fence}diff\n{lines}{fence}\n"))
    }

    /// `<summary>` is HTML to the end of its line, so the parser reads nothing in it, and filters leave `code` alone.
    pub(super) fn folded(subject: &str, what: &'static str, content: &Self) -> Self {
        let (subject, content) = (html(subject), &content.0);
        Self(format!(
            "<details><summary><code>{subject}</code>: {what}</summary>\n\n{content}\n</details>\n\n"
        ))
    }

    /// That so many items are missing here.
    pub(super) fn truncated(n: usize, noun: &'static str) -> Self {
        Self(format!(
            "\n**Truncated: {n} {noun} left out here. `eksodus show` of the plan file has them all.**\n"
        ))
    }

    #[must_use]
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In characters, as GitHub counts.
    pub(super) fn size(&self) -> usize {
        self.0.chars().count()
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_diff_ends_its_block() {
        let changes = [FieldChange { sign: ' ', text: "```\n~~~".to_owned() }];
        assert_eq!(Block::diff(&changes).finish(), "````diff\n  ```\\n~~~\n````\n");
        let changes = [FieldChange { sign: ' ', text: "`".repeat(300) }];
        assert!(Block::diff(&changes).finish().starts_with("```diff\n  \\u{60}\\u{60}"));
    }

    #[test]
    fn a_name_ends_neither_the_marker_nor_the_summary() {
        assert_eq!(Block::marker("x --> @y <b>--!>").finish(), "<!-- eksodus:x______y__b_____ -->\n");
        let folded = Block::folded("</code></summary>\n\n# x", "create", &Block::own("y\n")).finish();
        assert!(
            folded
                .starts_with("<details><summary><code>&lt;/code&gt;&lt;/summary&gt;\\n\\n# x</code>: create")
        );
    }
}
