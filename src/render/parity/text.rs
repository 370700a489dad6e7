use super::{
    Question, TO_COME, alike, assuming, by, missing, near, powers, questions, row, theorem, to_come,
};
use crate::parity::{Change, Parity, PrincipalParity, Verdict};
use crate::render::names::Names;
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
        page.line(1, paint(FAINT, format!("Assuming: {}.", assuming.join("; "))));
    }
    page.line(1, paint(FAINT, format!("Not covered: {}.", super::NOT_COVERED)));
}

/// Everybody who may do more or less, the gravest first.
pub fn changes(page: &mut Page, parity: &Parity, names: &Names) {
    if parity.principals.is_empty() {
        return;
    }
    page.heading(HEADING, "permissions lost and gained", parity.principals.len());
    for (at, group) in alike(parity).iter().enumerate() {
        if at > 0 {
            page.blank();
        }
        principals(page, group, names);
    }
}

fn principals(page: &mut Page, group: &[&PrincipalParity], names: &Names) {
    let Some(first) = group.first() else { return };
    let verdict = match first.verdict {
        Verdict::Loses if first.gained.is_some() => "loses and gains",
        Verdict::Loses => "loses",
        Verdict::Gains => "gains",
        Verdict::DiffersInForm => "differs in form",
        Verdict::Unknown => "unknown",
        Verdict::Equal => "equal",
    };
    let style = match first.verdict {
        Verdict::Equal | Verdict::DiffersInForm => GOOD,
        Verdict::Unknown => CARE,
        Verdict::Loses | Verdict::Gains => BAD,
    };
    for of in group {
        let session = of.session.as_ref().map(|it| format!(" as session {it}")).unwrap_or_default();
        let who = format!("{}{session}  ", names.principal(&of.principal));
        page.line(1, Shown::from(who).and(paint(style, verdict)));
    }
    if let Some(powers) = powers(first) {
        page.line(2, powers);
    }
    for input in &first.missing {
        let said = missing(input);
        page.line(2, paint(CARE, format!("unknown: {}", said.what)));
        if let Some(command) = said.command {
            page.command(3, command);
        }
    }
    let ids = |of: fn(&PrincipalParity) -> Option<&Change>| {
        group.iter().filter_map(|it| Some(of(it)?.id.as_str())).collect::<Vec<_>>().join(", ")
    };
    side(page, first, first.lost.as_ref(), ('-', "loses"), &ids(|it| it.lost.as_ref()));
    side(page, first, first.gained.as_ref(), ('+', "gains"), &ids(|it| it.gained.as_ref()));
    let to_come = to_come(first);
    if !to_come.is_empty() {
        page.line(2, paint(FAINT, TO_COME));
    }
    for (is_lost, row) in to_come {
        page.signed(2, if is_lost { '-' } else { '+' }, &row);
    }
}

/// A question and its answers; the question can be pasted.
pub fn ask(page: &mut Page, question: &Question) {
    page.line(4, paint(FAINT, question.answers.as_str()));
    page.command(4, paint(FAINT, question.command.as_str()));
}

fn side(
    page: &mut Page,
    of: &PrincipalParity,
    change: Option<&Change>,
    (sign, verb): (char, &str),
    ids: &str,
) {
    let Some(change) = change else { return };
    let permissions = count(change.permissions, "permission", "permissions");
    let head = format!("{verb} {permissions} in phase {}  ", of.phase);
    page.line(2, Shown::from(head).and(paint(FAINT, format!("[{ids}]"))));
    if let Some(accepted) = &change.accepted {
        page.line(2, format!("accepted until {}: {}", accepted.until, accepted.reason));
    }
    for difference in &change.rows {
        page.signed(2, sign, &row(difference));
        page.line(4, format!("by {}", by(&difference.by)));
        if let Some(near) = near(difference) {
            page.line(4, near);
        }
        for question in questions(difference, of.before.as_ref(), of.after.as_ref(), sign == '-') {
            ask(page, &question);
        }
    }
}
