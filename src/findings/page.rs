//! What `docs/rules.md` says of each rule, for those who have the program and not its repository.

use super::RuleId;

const PAGES: &str = include_str!("../../docs/rules.md");

/// The page of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulePage {
    /// Its first paragraph: what the rule is about.
    pub about: &'static str,
    /// All of it, in Markdown, without heading and weight.
    pub text: &'static str,
}

impl RuleId {
    /// Where the page is on the web, as an absolute URI: a heading of the repository that `Cargo.toml` names, else a name that
    /// leads nowhere.
    pub fn uri(self) -> String {
        match env!("CARGO_PKG_REPOSITORY") {
            "" => format!("urn:eksodus:rule:{self}"),
            repository => {
                format!("{repository}/blob/v{}/docs/rules.md#{self}", env!("CARGO_PKG_VERSION"))
            }
        }
    }

    /// Empty for a rule without a heading; the tests of the documentation let there be none.
    pub fn page(self) -> RulePage {
        let heading = format!("\n### `{self}`\n");
        let behind = PAGES.find(&heading).map_or("", |at| &PAGES[at + heading.len()..]);
        let end = ["\n### ", "\n## "].iter().filter_map(|next| behind.find(next)).min();
        let page = behind[..end.unwrap_or(behind.len())].trim();
        // the weight stands in a paragraph of its own
        let text = page.split_once("\n\n").map_or("", |(_, text)| text).trim();
        RulePage { about: text.split("\n\n").next().unwrap_or_default(), text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_and_none_has_a_part_of_another() {
        for id in RuleId::ALL {
            let RulePage { about, text } = id.page();
            assert!(!about.is_empty() && text.starts_with(about), "{id}");
            assert!(!about.starts_with('*') && !text.contains("\n### ") && !text.contains("\n## "), "{id}");
            assert!(id.uri().ends_with(id.as_str()), "{id}");
        }
        let page = RuleId::NeedsPath.page();
        assert!(page.about.starts_with("A role of IAM Identity Center"), "{}", page.about);
        assert!(page.text.contains("- **Do:** Add") && page.text.ends_with("```"), "{}", page.text);
    }
}
