//! What a group of principals loses and gains: permissions, by what they have them, and a question that shows it.

use super::element::{Element, Html, el};
use super::parts::{Tone, command, names};
use crate::parity::{Change, Consequence, Difference, PrincipalParity};
use crate::rbac::UserInfo;
use crate::render::parity::{TO_COME, by, missing, near, powers, questions, row, to_come, who};
use crate::render::words::count;

/// Folded, below the rows of those whom it is about.
pub(super) fn of_group(group: &[&PrincipalParity], index: usize) -> Html {
    let Some(first) = group.first() else { return Html::default() };
    let mut content = Html::default();
    if group.len() > 1 {
        let asked =
            format!("The same holds for all {}; the questions are those of {}.", group.len(), who(first));
        content = content.and(el("p").class("faint").with(asked));
    }
    content = content.and(logins(first));
    if let Some(said) = powers(first) {
        content = content.and(el("p").with(said));
    }
    content = first.missing.iter().fold(content, |content, input| {
        content.and(el("p").with(Tone::Care.badge("unknown")).with(" ").with(missing(input).to_string()))
    });
    content = content.and(side(first, first.lost.as_ref(), "Loses", true));
    content = content.and(side(first, first.gained.as_ref(), "Gains", false)).and(form(first));
    let summary = el("summary").with(what(group));
    el("details")
        .id("change", index)
        .class("change")
        .with(summary)
        .with(el("div").class("drill").with(content))
        .into()
}

/// The line that is there before it is opened.
fn what(group: &[&PrincipalParity]) -> Html {
    let Some(first) = group.first() else { return Html::default() };
    let mut said = Vec::new();
    let side = |change: &Change, word: &str| {
        format!("{word} {}", count(change.permissions, "permission", "permissions"))
    };
    said.extend(first.lost.as_ref().map(|change| side(change, "loses")));
    said.extend(first.gained.as_ref().map(|change| side(change, "gains")));
    if !first.missing.is_empty() {
        said.push("something is unknown".to_owned());
    }
    if said.is_empty() {
        said.push("differs in form alone".to_owned());
    }
    let all = if group.len() > 1 { format!("each of these {} ", group.len()) } else { String::new() };
    let mut changes = [&first.lost, &first.gained].into_iter().flatten().peekable();
    let accepted = changes.peek().is_some() && changes.all(|change| change.accepted.is_some());
    let accepted = (accepted && first.missing.is_empty()).then(|| Tone::Good.badge("accepted"));
    Html::from(format!("{all}{} in phase {}", said.join(", "), first.phase)).and(" ").and(accepted)
}

fn logins(of: &PrincipalParity) -> Element {
    let side = |title: &'static str, user: Option<&UserInfo>| {
        let who = match user {
            Some(user) => {
                let groups = names(user.groups.iter().map(String::as_str));
                Html::from(el("code").with(user.username.as_str())).and(groups)
            }
            None => "does not authenticate".into(),
        };
        el("div").with(el("h3").with(title)).with(who)
    };
    el("div")
        .class("before-after")
        .with(side("Before: username and groups", of.before.as_ref()))
        .with(side("After", of.after.as_ref()))
}

fn side(
    of: &PrincipalParity,
    change: Option<&Change>,
    title: &'static str,
    is_lost: bool,
) -> Option<Element> {
    let change = change?;
    let permissions = count(change.permissions, "permission", "permissions");
    let mut content = Html::from(
        el("h3")
            .with(title)
            .with(" ")
            .with(permissions)
            .with(" ")
            .with(el("code").class("faint").with(change.id.as_str())),
    );
    if let Some(accepted) = &change.accepted {
        let said = format!("until {}: {}", accepted.until, accepted.reason);
        content = content.and(el("p").with(Tone::Good.badge("accepted")).with(" ").with(said));
    }
    let rows = change.rows.iter().map(|difference| permission(of, difference, is_lost));
    let class = if is_lost { "permissions del" } else { "permissions add" };
    Some(el("div").with(content).with(el("ul").class(class).with_all(rows)))
}

fn permission(of: &PrincipalParity, difference: &Difference, is_lost: bool) -> Element {
    let grave = match difference.consequence {
        Consequence::Admin | Consequence::Escalate | Consequence::Secrets | Consequence::Exec => Tone::Bad,
        Consequence::Wildcard => Tone::Care,
        Consequence::Other => Tone::Plain,
    };
    let grave =
        (difference.consequence != Consequence::Other).then(|| grave.badge(difference.consequence.as_str()));
    let mut content = Html::from(el("p").with(el("strong").with(row(difference))).with(" ").with(grave));
    let source = if is_lost { "had by " } else { "given by " };
    content = content.and(el("p").with(source).with(by(&difference.by)));
    if let Some(near) = near(difference) {
        content = content.and(el("p").class("faint").with("nearest: ").with(near));
    }
    let questions = questions(difference, of.before.as_ref(), of.after.as_ref(), is_lost);
    el("li").with(content).with_all(questions.iter().map(|question| command(question.to_string())))
}

/// What no request can meet today.
fn form(of: &PrincipalParity) -> Option<Element> {
    let rows = to_come(of);
    if rows.is_empty() {
        return None;
    }
    let item = |(is_lost, row): (bool, String)| {
        let sign = if is_lost { "loses " } else { "gains " };
        el("li").with(el("p").with(sign).with(row))
    };
    let list = el("ul").class("permissions").with_all(rows.into_iter().map(item));
    Some(el("div").with(el("h3").with("Differs in form")).with(el("p").with(TO_COME)).with(list))
}
