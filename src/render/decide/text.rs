use super::{head, permissions, says};
use crate::findings::{Ask, choice_words};
use crate::planner::{Changed, Effect, Offer, OpenQuestion, Plan, Question};
use crate::render::names::Names;
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{CARE, FAINT, GOOD, HEADING};
use crate::render::words::count;

/// A question with its options, each with a number and what it does; `of`: its place among how many.
pub fn question(plan: &Plan, question: &Question, offers: &[Offer], of: (usize, usize), full: bool) -> Page {
    let names = Names::of(plan, full);
    let mut page = Page::default();
    let (at, all) = of;
    page.blank();
    page.line(0, paint(HEADING, format!("{at} of {all}  {}", names.prose(&head(plan, question)))));
    says(question).iter().for_each(|said| page.line(1, names.prose(said)));
    page.blank();
    for (at, offer) in offers.iter().enumerate() {
        let words = names.prose(&choice_words(&offer.choice));
        page.line(1, Shown::from(format!("{}  ", at + 1)).and(words));
        let style = match &offer.effect {
            None => FAINT,
            Some(effect) if effect.loses.is_empty() && effect.gains.is_empty() => GOOD,
            Some(_) => CARE,
        };
        page.line(3, paint(style, names.prose(&effect_or_ask(offer))));
    }
    page
}

fn effect_or_ask(offer: &Offer) -> String {
    match (&offer.effect, offer.choice.open()) {
        (Some(effect), _) => effect_words(effect),
        (None, Some(ask)) => format!("asks for {}; what it does is said then", asked(&ask)),
        (None, None) => String::new(),
    }
}

/// What is asked for.
pub(in crate::render) fn asked(ask: &Ask) -> String {
    match ask {
        Ask::Arn => "the ARN".to_owned(),
        Ask::Arns(account) => format!("the ARNs of account {account}"),
        Ask::Username => "the username".to_owned(),
        Ask::Group => "the group".to_owned(),
        Ask::Groups => "the groups".to_owned(),
        Ask::Reason => "the reason".to_owned(),
        Ask::Until => "the last day".to_owned(),
    }
}

/// `1 binding copied; nobody loses or gains permissions; 2 questions left`.
pub fn effect_words(effect: &Effect) -> String {
    let Effect { bindings_copied, entries, loses, gains, opens, left } = effect;
    let mut parts = Vec::new();
    match entries {
        0 => parts.push("no entry is created or changed".to_owned()),
        n => parts.push(format!("{} created or changed", count(*n, "entry", "entries"))),
    }
    if !bindings_copied.is_empty() {
        parts.push(format!("{} created", count(bindings_copied.len(), "binding", "bindings")));
    }
    match (loses.as_slice(), gains.as_slice()) {
        ([], []) => parts.push("nobody loses or gains permissions".to_owned()),
        (loses, gains) => {
            parts.extend(loses.iter().map(|it| changed(it, "loses")));
            parts.extend(gains.iter().map(|it| changed(it, "gains")));
        }
    }
    if !opens.is_empty() {
        let rules: Vec<&str> = opens.iter().map(|(rule, _)| rule.as_str()).collect();
        parts.push(format!("then open: {}", rules.join(", ")));
    }
    parts.push(match left {
        0 => "no question is left".to_owned(),
        n => format!("{} left", count(*n, "question", "questions")),
    });
    parts.join("; ")
}

fn changed(of: &Changed, verb: &str) -> String {
    let Changed { principal, session, permissions: n, .. } = of;
    let session = session.as_ref().map(|name| format!(" (session {name})")).unwrap_or_default();
    format!("{principal}{session} {verb} {}", permissions(*n))
}

/// A question as it stands in the file, commented out.
pub fn written(plan: &Plan, question: &Question, offers: Vec<Offer>) -> OpenQuestion {
    let option =
        |offer: Offer| (format!("{} ({})", choice_words(&offer.choice), effect_or_ask(&offer)), offer.choice);
    OpenQuestion {
        head: head(plan, question),
        says: says(question),
        options: offers.into_iter().map(option).collect(),
    }
}
