use anstyle::Style;

use crate::render::style::{GONE, GOOD, paint};

/// Lines of text, two spaces for each level.
#[derive(Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// `text` is escaped already.
    pub(super) fn line(&mut self, level: usize, text: String) {
        for _ in 0..level {
            self.text.push_str("  ");
        }
        self.text.push_str(&text);
        self.text.push('\n');
    }

    /// With a blank line before it; a count of 0 is not shown.
    pub(super) fn heading(&mut self, style: Style, title: &str, count: usize) {
        self.text.push('\n');
        let title = title.to_uppercase();
        let counted = if count == 0 { title } else { format!("{title} ({count})") };
        self.line(0, paint(style, &counted));
    }

    /// A line of a diff.
    pub(super) fn signed(&mut self, level: usize, sign: char, text: &str) {
        let line = format!("{sign} {text}");
        self.line(
            level,
            match sign {
                '+' => paint(GOOD, &line),
                '-' => paint(GONE, &line),
                _ => line,
            },
        );
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}
