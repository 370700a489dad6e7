use super::{TO_COME, alike, assuming, by, missing, near, powers, questions, row, theorem, to_come, who};
use crate::parity::{Change, Parity, PrincipalParity, Verdict};
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{BAD, CARE, FAINT, GOOD, HEADING};
use crate::render::words::count;

/// What is proved, right below the verdict.
pub fn theorem_of(page: &mut Page, parity: &Parity) {
    let summary = &parity.summary;
    let style = match (summary.lose + summary.gain, summary.unknown) {
        (0, 0) => GOOD,
        (0, _) => CARE,
        (_, _) => BAD,
    };
    page.line(0, paint(style, theorem(parity)));
    let assuming = assuming(parity);
    if !assuming.is_empty() {
        page.line(0, paint(FAINT, "Assuming that"));
        assuming.iter().for_each(|it| page.line(1, paint(FAINT, format!("- {it}"))));
    }
    page.line(0, paint(FAINT, format!("Not covered: {}.", super::NOT_COVERED)));
}

/// Everybody who may do more or less, the gravest first.
pub fn changes(page: &mut Page, parity: &Parity) {
    if parity.principals.is_empty() {
        return;
    }
    page.heading(HEADING, "who may do more or less", 0);
    for group in alike(parity) {
        principals(page, &group);
    }
}

fn principals(page: &mut Page, group: &[&PrincipalParity]) {
    let Some(first) = group.first() else { return };
    for of in group {
        let ids = [&of.lost, &of.gained].into_iter().flatten().map(|change| change.id.as_str());
        let ids = ids.collect::<Vec<_>>().join(", ");
        let verdict = match first.verdict {
            Verdict::Loses if of.gained.is_some() => "loses and gains",
            Verdict::Loses => "loses",
            Verdict::Gains => "gains",
            Verdict::DiffersInForm => "differs in form",
            Verdict::Unknown => "unknown",
            Verdict::Equal => "equal",
        };
        let ids = if ids.is_empty() { ids } else { format!("  [{ids}]") };
        page.line(1, Shown::from(format!("{}  ", who(of))).and(paint(BAD, verdict)).and(paint(FAINT, ids)));
    }
    if let Some(powers) = powers(first) {
        page.line(2, powers);
    }
    for input in &first.missing {
        page.line(2, paint(CARE, format!("unknown: {}", missing(input))));
    }
    side(page, first, first.lost.as_ref(), '-', "loses");
    side(page, first, first.gained.as_ref(), '+', "gains");
    let to_come = to_come(first);
    if !to_come.is_empty() {
        page.line(2, TO_COME);
    }
    for (is_lost, row) in to_come {
        page.signed(2, if is_lost { '-' } else { '+' }, &row);
    }
}

fn side(page: &mut Page, of: &PrincipalParity, change: Option<&Change>, sign: char, verb: &str) {
    let Some(change) = change else { return };
    page.line(
        2,
        format!("{verb} {} in phase {}", count(change.permissions, "permission", "permissions"), of.phase),
    );
    if let Some(accepted) = &change.accepted {
        page.line(2, format!("accepted through {}: {}", accepted.until, accepted.reason));
    }
    for difference in &change.rows {
        page.signed(2, sign, &row(difference));
        page.line(4, format!("by {}", by(&difference.by)));
        if let Some(near) = near(difference) {
            page.line(4, near);
        }
        for question in questions(difference, of.before.as_ref(), of.after.as_ref(), sign == '-') {
            page.line(4, paint(FAINT, question));
        }
    }
}
