//! The page of a rule, for those who have the program and not its repository.

use serde::Serialize;

use super::page::{Page, paint};
use super::style::{FAINT, HEADING};
use crate::findings::{RuleId, Severity};

/// A rule with what there is to say about it. `text` is Markdown.
#[derive(Debug, Clone, Serialize)]
pub struct RuleView {
    pub rule: RuleId,
    /// Where the reason of a finding says nothing else.
    pub severity: Severity,
    pub about: &'static str,
    pub text: &'static str,
}

pub fn rule(id: RuleId) -> RuleView {
    let page = id.page();
    RuleView { rule: id, severity: id.severity(), about: page.about, text: page.text }
}

impl RuleView {
    /// Paragraphs and lists are wrapped, examples are not.
    pub fn page(&self) -> Page {
        let mut page = Page::default();
        page.line(0, paint(HEADING, self.rule.as_str()).and(paint(FAINT, format!("  {}", self.severity))));
        page.blank();
        let mut is_example = false;
        for line in self.text.lines() {
            if line.starts_with("```") {
                is_example = !is_example;
            } else if is_example {
                page.verbatim(1, line);
            } else if line.is_empty() {
                page.blank();
            } else {
                page.line(0, line.replace("**", ""));
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_prose_with_its_example_as_it_is() {
        for id in RuleId::ALL {
            let text = rule(*id).page().at(60);
            assert!(text.contains(id.as_str()) && !text.contains("```") && !text.contains("**"), "{text}");
        }
        let text = rule(RuleId::NeedsPath).page().at(60);
        assert!(text.contains("\n  data:\n    mapRoles: |\n"), "{text}");
    }
}
