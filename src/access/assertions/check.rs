use serde::Serialize;

use super::ground::{Side, Whom};
use super::words::{allowed_by, missing, not_known, who};
use super::{Answer, Asserted, Assertion, Assertions, AssertionsError, AssertionsErrorKind, Ground, When};
use crate::access::{self, Login, Sides};
use crate::parity::{Access, Identity, MissingInput, Source};
use crate::rbac::Attributes;
use crate::reader::Place;

/// What came of each assertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub assertions: Vec<Checked>,
}

/// One assertion, and what there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Its position in the file, from 0.
    pub index: usize,
    /// Of [`When::Same`]: the answer before the plan.
    pub expected: Answer,
    /// Of [`When::Same`]: the answer after it. Of [`When::Both`]: that of the side that is not as expected, if one is not.
    pub actual: Answer,
    pub pass: bool,
    /// By what it is allowed, in the words of the API server; or what is missing.
    pub why: String,
    #[serde(skip)]
    pub at: Option<Place>,
    /// Such as `user "bob" cannot get secrets in namespace kube-system`.
    #[serde(skip)]
    pub asserted: String,
}

impl Report {
    pub fn failed(&self) -> impl Iterator<Item = &Checked> {
        self.assertions.iter().filter(|checked| !checked.pass)
    }
}

/// An answer, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decided {
    pub answer: Answer,
    pub why: String,
}

impl Ground<'_> {
    /// Holds every assertion against what there is.
    ///
    /// # Errors
    /// The first assertion about a principal, where there are roles and bindings alone.
    pub fn check(&self, assertions: &Assertions) -> Result<Report, AssertionsError> {
        let Assertions { name, list } = assertions;
        let checked = list.iter().enumerate().map(|(index, assertion)| {
            self.check_one(index, assertion).ok_or_else(|| AssertionsError {
                name: name.clone(),
                place: assertion.at,
                kind: AssertionsErrorKind::WhoIsPrincipal(match &assertion.who {
                    Asserted::Principal { arn, .. } => arn.clone(),
                    Asserted::User(user) => user.username.clone(),
                }),
            })
        });
        Ok(Report { assertions: checked.collect::<Result<_, _>>()? })
    }

    fn check_one(&self, index: usize, assertion: &Assertion) -> Option<Checked> {
        let Assertion { at, who: asserted, when, what, expected } = assertion;
        let (first, second) = self.decide(asserted, *when, what)?;
        let (expected, actual) = match when {
            When::Before | When::After | When::Both => {
                let both = [Some(&first), second.as_ref()].into_iter().flatten();
                let other = both.map(|it| it.answer).find(|answer| answer != expected);
                (*expected, other.unwrap_or(*expected))
            }
            When::Same => (first.answer, second.as_ref().unwrap_or(&first).answer),
        };
        let (who, verb) =
            (who(asserted), if assertion.expected == Answer::Allowed { "can" } else { "cannot" });
        let asserted = match when {
            When::Both => format!("{who} {verb} {what}"),
            When::Before => format!("{who} {verb} {what}, before the plan"),
            When::After => format!("{who} {verb} {what}, after the plan"),
            When::Same => format!("{who} as before: {what}"),
        };
        Some(Checked {
            index,
            expected,
            actual,
            pass: expected == actual && expected != Answer::Unknown,
            why: why(first, second),
            at: *at,
            asserted,
        })
    }

    /// On the sides that it is about; on both, in their order. `None`: nothing says who the principal is.
    pub(super) fn decide(
        &self,
        asserted: &Asserted,
        when: When,
        what: &Attributes,
    ) -> Option<(Decided, Option<Decided>)> {
        let whom = self.whom(asserted)?;
        let (first, second) = self.sides(when);
        Some((self.on(first, &whom, what), second.map(|side| self.on(side, &whom, what))))
    }

    fn on(&self, side: Side<'_, '_>, whom: &Whom, what: &Attributes) -> Decided {
        let logins = match whom {
            Whom::User(identity) => return self.user(side, identity, what),
            Whom::Principal(logins) => logins,
        };
        let mut all = logins.iter().map(|login| self.login(side, login, what));
        match all.next() {
            None => denied("nothing of its kind authenticates"),
            Some(first) if all.all(|other| other.answer == first.answer) => first,
            Some(_) => unknown("mappings differ only in case, and each login takes one of them at random"),
        }
    }

    fn login(&self, side: Side<'_, '_>, login: &Login, what: &Attributes) -> Decided {
        let Self::Sides(sides) = self else { return unknown("nothing says who it is") };
        let identity = if side.is_after { &login.after } else { &login.before };
        if self.lacks(&MissingInput::AccessEntries) {
            return unknown(
                "access entries were not read, and one of the principal would be what is effective",
            );
        }
        let access = Sides::access(side.index, identity.as_ref());
        match (sides.answer(&access, identity.as_ref(), what), identity) {
            (access::Answer::Yes { .. }, Some(identity)) => self.allowed(&access, identity, what),
            (access::Answer::No, Some(identity)) => denied(missing(&access, identity, what)),
            (access::Answer::Node, _) => unknown("the Node authorizer decides it, by what runs on the node"),
            (access::Answer::Unknown { missing }, _) => unknown(not_known(&missing)),
            (access::Answer::NoLogin | access::Answer::Yes { .. } | access::Answer::No, _) => {
                denied(match (side.is_after, &login.before) {
                    (true, Some(_)) => ENDS,
                    _ => NOBODY,
                })
            }
        }
    }

    fn user(&self, side: Side<'_, '_>, identity: &Identity, what: &Attributes) -> Decided {
        self.allowed(&Access::of(side.index, identity), identity, what)
    }

    /// Of what is given alone; roles and bindings that were not read are those that every cluster has, or not even these.
    fn allowed(&self, access: &Access<'_>, identity: &Identity, what: &Attributes) -> Decided {
        let is_assumed = self.lacks(&MissingInput::Rbac);
        match access.allowed_by(what).map(|granted| &granted.source) {
            Some(Source::Binding(_)) | None if is_assumed => unknown("roles and bindings were not read"),
            Some(source) => Decided { answer: Answer::Allowed, why: allowed_by(source) },
            None => denied(missing(access, identity, what)),
        }
    }
}

const NOBODY: &str = "it does not authenticate: no mapping and no access entry lets it";
const ENDS: &str = "it does not authenticate: its mapping becomes no access entry, and ends with API mode";

fn denied(why: impl Into<String>) -> Decided {
    Decided { answer: Answer::Denied, why: why.into() }
}

fn unknown(why: impl Into<String>) -> Decided {
    Decided { answer: Answer::Unknown, why: why.into() }
}

fn why(first: Decided, second: Option<Decided>) -> String {
    match second {
        Some(second) if second != first => {
            let told = |it: &Decided, other: &Decided| match it.answer == other.answer {
                true => it.why.clone(),
                false => format!("{}: {}", it.answer, it.why),
            };
            format!("before {}; after {}", told(&first, &second), told(&second, &first))
        }
        _ => first.why,
    }
}
