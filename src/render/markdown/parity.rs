use super::block::Block;
use super::inline::Inline;
use super::section::Section;
use crate::parity::{Change, Difference, Parity, PrincipalParity};
use crate::render::names::Names;
use crate::render::parity::{
    NOT_COVERED, TO_COME, alike, assuming, by, missing, near, powers, questions, row, theorem, to_come,
};

/// What is proved.
pub(super) fn proof(parity: &Parity) -> Block {
    Block::line(&Inline::strong(&Inline::default().prose(theorem(parity))))
}

/// On what it relies.
pub(super) fn assumptions(parity: &Parity) -> Section {
    let mut section = Section::folded("What this relies on", "assumptions");
    let item = |text: String| Block::item(0, &Inline::default().prose(text));
    section.items.extend(assuming(parity).into_iter().map(|it| item(format!("Assuming: {it}."))));
    section.items.push(item(format!("Not covered: {NOT_COVERED}.")));
    section
}

/// Everybody who may do more or less, the gravest first.
pub(super) fn changes(parity: &Parity, names: &Names) -> Section {
    let mut section = Section::titled("Permissions lost and gained", "groups of principals");
    section.items.extend(alike(parity).iter().map(|group| principals(group, names)));
    section
}

fn principals(group: &[&PrincipalParity], names: &Names) -> Block {
    let Some(first) = group.first() else { return Block::default() };
    let mut block = Block::default();
    for of in group {
        let session = of.session.as_ref().map(|it| format!(" as session {it}")).unwrap_or_default();
        let mut line = Inline::default().code(format_args!("{}{session}", names.principal(&of.principal)));
        for change in of.lost.iter().chain(&of.gained) {
            line = line.own(" ").code(format_args!("[{}]", change.id));
        }
        block = block.and(&Block::item(0, &line));
    }
    if let Some(powers) = powers(first) {
        block = block.and(&Block::item(1, &Inline::default().prose(powers)));
    }
    for input in &first.missing {
        let line = Inline::default().own("**unknown**: ").prose(missing(input).to_string());
        block = block.and(&Block::item(1, &line));
    }
    for (change, word, is_lost) in [(&first.lost, "loses", true), (&first.gained, "gains", false)] {
        if let Some(change) = change {
            block = block.and(&side(first, change, word, is_lost));
        }
    }
    let to_come = to_come(first);
    if !to_come.is_empty() {
        block = block.and(&Block::item(1, &Inline::default().own(TO_COME)));
    }
    for (is_lost, row) in to_come {
        let sign = if is_lost { "loses " } else { "gains " };
        block = block.and(&Block::item(2, &Inline::default().own(sign).code(row)));
    }
    block
}

fn side(of: &PrincipalParity, change: &Change, word: &'static str, is_lost: bool) -> Block {
    let mut line = Inline::default().own("**").own(word).own(" ");
    line = line.count(change.permissions, "permission", "permissions").own("** in phase ").code(of.phase);
    if let Some(accepted) = &change.accepted {
        line = line.own("; accepted until ").code(&accepted.until).own(": ").prose(&accepted.reason);
    }
    let differences = change.rows.iter().map(|difference| difference_of(of, difference, is_lost));
    differences.fold(Block::item(1, &line), |block, difference| block.and(&difference))
}

fn difference_of(of: &PrincipalParity, difference: &Difference, is_lost: bool) -> Block {
    let line = Inline::default().code(row(difference)).own(" by ").code(by(&difference.by));
    let mut block = Block::item(2, &line);
    if let Some(near) = near(difference) {
        block = block.and(&Block::item(3, &Inline::default().prose(near)));
    }
    for question in questions(difference, of.before.as_ref(), of.after.as_ref(), is_lost) {
        block = block.and(&Block::item(3, &Inline::default().code(question)));
    }
    block
}
