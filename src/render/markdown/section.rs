use super::block::Block;

/// A part of the comment: a head that stays, and items that may have to go.
pub(super) struct Section {
    pub head: Block,
    pub items: Vec<Block>,
    /// Behind them.
    pub tail: Block,
    /// What the items are, for the line that says how many were left out.
    noun: &'static str,
}

impl Section {
    /// Stays whatever happens.
    pub(super) fn fixed(head: Block) -> Self {
        Self { head, items: Vec::new(), tail: Block::default(), noun: "" }
    }

    /// Not shown at all while it has no items.
    pub(super) fn titled(title: &'static str, noun: &'static str) -> Self {
        Self { head: Block::heading(title), items: Vec::new(), tail: Block::default(), noun }
    }

    /// Items without a heading.
    pub(super) fn unheaded(noun: &'static str) -> Self {
        Self { noun, ..Self::fixed(Block::default()) }
    }

    /// The same, folded: what a reviewer need not read.
    pub(super) fn folded(title: &'static str, noun: &'static str) -> Self {
        let head = Block::fold(title);
        Self { head, items: Vec::new(), tail: Block::own("\n</details>\n"), noun }
    }

    fn is_empty(&self) -> bool {
        let has_tail = !self.tail.is_empty() && !self.is_folded();
        self.items.is_empty() && !has_tail && (!self.noun.is_empty() || self.head.is_empty())
    }

    fn is_folded(&self) -> bool {
        self.tail == Block::own("\n</details>\n")
    }
}

/// One text of at most `limit` characters. Details go first, what blocks last, and the reader is told.
pub(super) fn fit(mut sections: Vec<Section>, limit: usize) -> String {
    sections.retain(|section| !section.is_empty());
    let mut left_out = vec![0; sections.len()];
    let mut over = render(&sections, &left_out).size().saturating_sub(limit);
    for i in by_dispensability(&sections) {
        if over == 0 {
            break;
        }
        // the line that tells of it needs room too
        over += TOLD;
        while over > 0
            && let Some(item) = sections[i].items.pop()
        {
            over = over.saturating_sub(item.size());
            left_out[i] += 1;
        }
    }
    render(&sections, &left_out).finish()
}

/// At most so long is the line that says what was left out.
const TOLD: usize = 160;

/// The order of `markdown::plan` is the order of weight, but for the folded details, which go first.
fn by_dispensability(sections: &[Section]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sections.len()).rev().filter(|i| !sections[*i].noun.is_empty()).collect();
    order.sort_by_key(|i| sections[*i].noun != DETAILS);
    order
}

/// The noun of the folded details.
pub(super) const DETAILS: &str = "principals";

fn render(sections: &[Section], left_out: &[usize]) -> Block {
    let mut all = Block::default();
    for (i, (section, left_out)) in sections.iter().zip(left_out).enumerate() {
        if i > 0 {
            all = all.and(&Block::own("\n"));
        }
        all = section.items.iter().fold(all.and(&section.head), Block::and);
        if *left_out > 0 {
            all = all.and(&Block::truncated(*left_out, section.noun));
        }
        all = all.and(&section.tail);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::markdown::inline::Inline;

    fn section(title: &'static str, noun: &'static str, items: usize) -> Section {
        let mut section = Section::titled(title, noun);
        let item = |i| Inline::default().own(title).own(" item ").number(i).prose(" x".repeat(50));
        section.items = (0..items).map(|i| Block::item(0, &item(i))).collect();
        section
    }

    fn fixed(text: &'static str) -> Section {
        Section::fixed(Block::own(text))
    }

    #[test]
    fn details_go_first_and_the_reader_is_told() {
        let sections = || {
            vec![
                fixed("verdict\n"),
                section("Blocked", "findings", 3),
                section("Details", DETAILS, 50),
                section("Nodes", "roles", 3),
                fixed("next\n"),
            ]
        };
        let whole = fit(sections(), 100_000);
        assert!(!whole.contains("Truncated"));
        let cut = fit(sections(), 3_000);
        assert!(cut.chars().count() <= 3_000, "{}", cut.chars().count());
        assert!(cut.contains("Blocked item 2") && cut.contains("Nodes item 2") && cut.ends_with("next\n"));
        assert_eq!(cut.matches("Truncated: ").count(), 1);
        assert!(cut.contains(" principals left out"));
    }

    #[test]
    fn when_details_are_not_enough_the_weightiest_findings_stay() {
        let sections = vec![
            fixed("verdict\n"),
            section("Blocked", "findings", 100),
            section("Details", DETAILS, 10),
            fixed("next\n"),
        ];
        let cut = fit(sections, 3_000);
        assert!(cut.chars().count() <= 3_000);
        assert!(cut.contains("Blocked item 0") && cut.contains("findings left out"));
    }

    #[test]
    fn an_empty_section_has_no_heading() {
        assert_eq!(fit(vec![Section::titled("Nodes", "roles")], 100), "");
    }
}
