//! Requests that were decided alike, as lines.

use super::words::{both, cause, log, minute, ruling};
use crate::access::near;
use crate::access::replay::{Row, Ruling, Who};
use crate::parity::GrantedBy;
use crate::rbac::{Attributes, UserInfo};
use crate::render::page::{Page, Shown, paint};
use crate::render::parity::{Question, ask, can_i};
use crate::render::style::{BAD, FAINT};
use crate::render::words::or_empty;

/// What a list of rows is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Otherwise,
    Change,
}

/// Rows below whom they are of; each principal once, with all of its rows.
pub fn rows(page: &mut Page, rows: &[Row], about: About) {
    let mut told: Vec<&Who> = Vec::new();
    for first in rows {
        if told.contains(&&first.who) {
            continue;
        }
        told.push(&first.who);
        page.line(1, who(first));
        for of_who in rows.iter().filter(|row| row.who == first.who) {
            row(page, of_who, about);
        }
    }
}

fn who(row: &Row) -> Shown {
    match &row.who {
        Who::User(username) => Shown::from(username.as_str()),
        Who::Principal(arn) => {
            if row.usernames == [arn.as_str()] {
                return Shown::from(arn.as_str());
            }
            let names: Vec<&str> = row.usernames.iter().map(|name| or_empty(name)).collect();
            Shown::from(arn.as_str()).and(paint(FAINT, format!("  as {}", some(&names))))
        }
    }
}

fn row(page: &mut Page, row: &Row, about: About) {
    let sign = match (about, row.after.is_allowed()) {
        (About::Otherwise, _) => '!',
        (About::Change, true) => '+',
        (About::Change, false) => '-',
    };
    let when = row.log.at.map(|at| format!(", last {}", minute(at))).unwrap_or_default();
    page.signed(2, sign, &format!("{}: {}{when}", request(row), both(row.count)));
    match about {
        About::Otherwise => {
            let said = format!("the log: {}; {}", log(&row.log), cause(&row.log, &row.before));
            page.line(4, paint(BAD, said));
            page.line(4, format!("the snapshot: {}", ruling(&row.before)));
        }
        About::Change => page.line(4, format!("before: {}", ruling(&row.before))),
    }
    let phase = row.phase.filter(|_| about == About::Change);
    let phase = phase.map(|phase| format!(", from phase {phase}")).unwrap_or_default();
    page.line(4, format!("after: {}{phase}", ruling(&row.after)));
    if let Some(it) = &row.near {
        page.line(4, near(it, &row.request));
    }
    for question in questions(row) {
        ask(page, &question);
    }
}

/// `get secrets in namespace shop (named db, tls)`.
fn request(row: &Row) -> String {
    let mut what = row.request.clone();
    match &mut what {
        Attributes::Resource { name, .. } if row.count.distinct > 1 => *name = None,
        Attributes::Resource { .. } | Attributes::NonResource { .. } => return what.to_string(),
    }
    let names: Vec<&str> = row.names.iter().map(String::as_str).collect();
    if names.is_empty() { what.to_string() } else { format!("{what} (named {})", some(&names)) }
}

/// Three of them at most.
fn some(names: &[&str]) -> String {
    match names {
        [first @ .., _] if first.len() == 3 => format!("{} and others", first.join(", ")),
        all => all.join(", "),
    }
}

/// The questions that kubectl asks, with the answers of both sides; who has it by an access policy is not seen by `--as`.
pub fn questions(row: &Row) -> Vec<Question> {
    let command = |who: &UserInfo| can_i(&row.request, who);
    match (&row.before_user, &row.after_user) {
        (Some(before), Some(after)) if before == after => {
            let answers = format!("before: {}; after: {}", answer(&row.before), answer(&row.after));
            vec![Question { command: command(before), answers }]
        }
        (before, after) => {
            let side = |who: &Option<UserInfo>, when: &str, ruling: &Ruling| {
                let answers = format!("{when}: {}", answer(ruling));
                who.as_ref().map(|who| Question { command: command(who), answers })
            };
            let sides = [side(before, "before", &row.before), side(after, "after", &row.after)];
            sides.into_iter().flatten().collect()
        }
    }
}

fn answer(ruling: &Ruling) -> &'static str {
    match ruling {
        Ruling::Allowed { by: GrantedBy::AccessPolicy { .. } } => {
            "yes, when it asks itself: --as does not see access policies"
        }
        Ruling::Allowed { .. } => "yes",
        Ruling::Denied | Ruling::NoLogin => "no",
        Ruling::Unknown { .. } => "not known",
    }
}
