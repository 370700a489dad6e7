use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::lines::some;
use super::with_expected;
use super::words::{caveats, is_by_everybody, unknown};
use crate::access::{Explained, Held, Login, Sides, When};
use crate::parity::{Assumption, Difference, GrantedBy, MissingInput, Verdict};
use crate::rbac::{Binding, BindingRef, PolicyRule, Subject};
use crate::render::page::{Page, Shown, paint};
use crate::render::parity::{TO_COME, ask, by, near, questions, row};
use crate::render::style::{BAD, CARE, GOOD, HEADING};
use crate::render::whois::Answer;
use crate::render::words::count;

/// Namespaces of equal bindings that are named.
const NAMED: usize = 8;

/// Rows of what is lost, or gained, that are told.
const GRAVEST: usize = 10;

/// Who somebody is, and all that they may do, before and after.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    #[serde(flatten)]
    pub who: Answer,
    /// Without these no answer is whole.
    pub missing: BTreeSet<MissingInput>,
    pub assumptions: BTreeSet<Assumption>,
    /// Each way in which it authenticates: that of any session first. Empty: EKS takes no such ARN.
    pub logins: Vec<Explained>,
}

impl Explanation {
    pub fn new(who: Answer, sides: &Sides<'_>, logins: &[Login]) -> Self {
        let who = with_expected(who, logins);
        let assumptions = sides.assumptions.clone();
        let mut logins: Vec<Explained> = logins.iter().map(|login| sides.explain(login)).collect();
        let missing = if logins.is_empty() { BTreeSet::new() } else { sides.missing.clone() };
        logins.sort_by_key(|login| login.mapping.as_ref().map(|place| place.entry));
        Self { who, missing, assumptions, logins }
    }

    /// `file` is the name of what the mappings stand in. `verbose`: also what everybody has, and a question for kubectl.
    pub fn text(&self, file: &str, verbose: bool) -> Page {
        let mut page = self.who.text(file);
        for login in &self.logins {
            page.blank();
            self.login(&mut page, login, verbose);
        }
        if !(self.missing.is_empty() && self.assumptions.is_empty()) {
            page.blank();
            caveats(&mut page, &self.missing, &self.assumptions);
        }
        page
    }

    fn login(&self, page: &mut Page, login: &Explained, verbose: bool) {
        let any = self
            .logins
            .iter()
            .find(|any| login.session.is_some() && any.session.is_none() && any.mapping == login.mapping);
        page.line(0, Shown::from("").and(paint(HEADING, self.title(login))).and(": ").and(verdict(login)));
        let is_told = |held: &&Held| any.is_some_and(|any| any.sources.contains(held));
        let (told, own): (Vec<&Held>, Vec<&Held>) = login.sources.iter().partition(is_told);
        let of_everybody = |held: &&Held| !verbose && held.when == When::Both && is_by_everybody(&held.by);
        let (of_everybody, own): (Vec<&Held>, Vec<&Held>) = own.into_iter().partition(of_everybody);
        if !told.is_empty() {
            page.line(1, "  as any session, and");
        }
        for held in alike(&own) {
            source(page, &held, verbose);
        }
        if !of_everybody.is_empty() {
            let names = of_everybody.iter().map(|held| name(&held.by)).collect::<Vec<_>>().join(", ");
            page.signed(1, ' ', &format!("what everyone who authenticates has, by {names} (-v shows it)"));
        }
        let own = |input: &&MissingInput| !self.missing.contains(input);
        for input in login.missing.iter().filter(own) {
            unknown(page, 1, input);
        }
        changes(page, login, '-', &login.lost, verbose);
        changes(page, login, '+', &login.gained, verbose);
        if !login.to_come.is_empty() {
            page.line(1, TO_COME);
        }
        changes(page, login, '-', &login.to_come.lost, verbose);
        changes(page, login, '+', &login.to_come.gained, verbose);
    }

    fn title(&self, login: &Explained) -> String {
        match (&login.session, &login.mapping) {
            (Some(session), _) => format!("session {session}"),
            (None, Some(mapping)) => format!("by {mapping}"),
            (None, None) if self.logins.len() > 1 => "any session".to_owned(),
            (None, None) => "permissions".to_owned(),
        }
    }
}

fn verdict(login: &Explained) -> Shown {
    let number = |rows: &[Difference]| rows.iter().map(|row| row.permissions).sum::<usize>();
    let permissions = |rows: &[Difference]| count(number(rows), "permission", "permissions");
    let Explained { lost, gained, sources, .. } = login;
    let said = match login.verdict {
        Verdict::Equal if login.before.is_none() && login.after.is_none() => {
            "none: it does not authenticate".to_owned()
        }
        Verdict::Loses if gained.is_empty() => format!("loses {}", permissions(lost)),
        Verdict::Loses => format!("loses {}, gains {}", permissions(lost), number(gained)),
        Verdict::Gains => format!("gains {}", permissions(gained)),
        Verdict::Unknown => "unknown".to_owned(),
        Verdict::DiffersInForm => "the same on every resource served today".to_owned(),
        Verdict::Equal if sources.is_empty() => "none, before and after".to_owned(),
        Verdict::Equal if sources.iter().any(|held| held.when != When::Both) => {
            "the same before and after, by other sources".to_owned()
        }
        Verdict::Equal => "the same before and after".to_owned(),
    };
    let style = match login.verdict {
        Verdict::Equal | Verdict::DiffersInForm => GOOD,
        Verdict::Unknown => CARE,
        Verdict::Loses | Verdict::Gains => BAD,
    };
    let also = match (login.verdict, login.missing.is_empty()) {
        (Verdict::Loses | Verdict::Gains, false) => " (incomplete)",
        _ => "",
    };
    paint(style, said + also)
}

/// Sources that give the same, and differ only in their namespace.
struct Alike<'h> {
    held: &'h Held,
    namespaces: Vec<&'h str>,
}

fn alike<'h>(sources: &[&'h Held]) -> Vec<Alike<'h>> {
    let mut found: Vec<Alike<'h>> = Vec::new();
    let mut places: BTreeMap<(When, &str, &str, &Subject), Vec<usize>> = BTreeMap::new();
    for held in sources {
        let GrantedBy::Binding { binding, subject } = &held.by else {
            found.push(Alike { held, namespaces: Vec::new() });
            continue;
        };
        let BindingRef { namespace: Some(namespace), name, role_ref } = binding else {
            found.push(Alike { held, namespaces: Vec::new() });
            continue;
        };
        let like = places.entry((held.when, name, &role_ref.name, subject)).or_default();
        let is_it = |other: &&usize| {
            found.get(**other).is_some_and(|it| it.held.rules == held.rules && it.held.lacks == held.lacks)
        };
        match like.iter().find(is_it).copied().and_then(|at| found.get_mut(at)) {
            Some(other) => other.namespaces.push(namespace),
            None => {
                like.push(found.len());
                found.push(Alike { held, namespaces: vec![namespace] });
            }
        }
    }
    found
}

fn source(page: &mut Page, Alike { held, namespaces }: &Alike<'_>, verbose: bool) {
    let sign = match held.when {
        When::Both => ' ',
        When::Before => '-',
        When::After => '+',
    };
    let title = match &held.by {
        GrantedBy::Binding { binding, subject } if namespaces.len() > 1 => {
            let BindingRef { name, role_ref, .. } = binding;
            let kind = String::from(subject.kind.clone());
            format!(
                "RoleBinding {name} ({} {}) to {kind} {} in namespaces {}",
                role_ref.kind,
                role_ref.name,
                subject.name,
                some(namespaces.iter().copied(), NAMED, verbose)
            )
        }
        GrantedBy::NodeAuthorizer => "the Node authorizer: its own Node, and what its Pods use".to_owned(),
        other => by(other),
    };
    page.signed(1, sign, &title);
    let gives = |page: &mut Page, text: &str| page.signed(1, sign, &format!("  {text}"));
    if held.by == GrantedBy::Masters {
        gives(page, "everything: it bypasses all authorization");
        return;
    }
    held.rules.iter().for_each(|rule| gives(page, &rule_words(rule)));
    match &held.lacks {
        Some(why) => {
            gives(page, &format!("{}: {why}", if held.rules.is_empty() { "nothing" } else { "and more" }))
        }
        None if held.rules.is_empty() && held.by != GrantedBy::NodeAuthorizer => gives(page, "nothing"),
        None => {}
    }
}

fn rule_words(rule: &PolicyRule) -> String {
    match *rule == PolicyRule::every_resource() {
        true => format!("{rule}: every verb on every resource"),
        false => rule.to_string(),
    }
}

fn name(source: &GrantedBy) -> String {
    match source {
        GrantedBy::Binding { binding, .. } => Binding::full_name(binding.namespace.as_deref(), &binding.name),
        other => by(other),
    }
}

/// What is lost, or gained, with what comes near.
fn changes(page: &mut Page, login: &Explained, sign: char, rows: &[Difference], verbose: bool) {
    if rows.is_empty() {
        return;
    }
    page.line(1, if sign == '-' { "loses" } else { "gains" });
    // the gravest come first
    let shown = if verbose { rows.len() } else { GRAVEST };
    for difference in rows.iter().take(shown) {
        page.signed(2, sign, &row(difference));
        page.line(4, format!("by {}", by(&difference.by)));
        if let Some(near) = near(difference) {
            let then = if sign == '-' { "afterwards" } else { "today" };
            page.line(4, format!("{then}: {near}"));
        }
        if verbose {
            for question in questions(difference, login.before.as_ref(), login.after.as_ref(), sign == '-') {
                ask(page, &question);
            }
        }
    }
    if shown < rows.len() {
        let permissions: usize = rows.iter().skip(shown).map(|row| row.permissions).sum();
        let permissions = count(permissions, "lesser permission", "lesser permissions");
        page.signed(2, sign, &format!("and {permissions} (-v shows them)"));
    }
}
