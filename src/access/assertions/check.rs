use serde::Serialize;

use super::ground::{Login, Side};
use super::words::{allowed_by, missing, who};
use super::{Answer, Asserted, Assertion, Assertions, AssertionsError, AssertionsErrorKind, Ground, When};
use crate::model::AccessScope;
use crate::parity::{Access, Identity, Source};
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
        let logins = self.logins(asserted)?;
        let (first, second) = self.sides(when);
        let login = if when == When::After { &logins.after } else { &logins.before };
        Some((first.decide(login, what), second.map(|side| side.decide(&logins.after, what))))
    }
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

impl Side<'_> {
    pub fn decide(&self, login: &Login, what: &Attributes) -> Decided {
        match login {
            Login::As(identity) => self.decide_as(identity, what, false),
            Login::Plain(identity) => self.decide_as(identity, what, true),
            Login::Nobody(why) => Decided { answer: Answer::Denied, why: why.clone() },
            Login::Unknown(why) => Decided { answer: Answer::Unknown, why: why.clone() },
            Login::OneOf(each) => {
                let mut all = each.iter().map(|identity| self.decide_as(identity, what, false));
                let random = "mappings differ only in case, and each login takes one of them at random";
                match all.next() {
                    Some(first) if all.all(|other| other.answer == first.answer) => first,
                    _ => Decided { answer: Answer::Unknown, why: random.to_owned() },
                }
            }
        }
    }

    fn decide_as(&self, identity: &Identity, what: &Attributes, is_plain: bool) -> Decided {
        let access = Access::of(&self.index, identity);
        let of = |answer: Answer, why: String| Decided { answer, why };
        let is_known = |source: &Source<'_>| self.is_rbac_known || !matches!(source, Source::Binding(_));
        if let Some(granted) = access.allowed_by(what).filter(|granted| is_known(&granted.source)) {
            return of(Answer::Allowed, allowed_by(&granted.source));
        }
        let reaches = |scope: &AccessScope| match scope {
            AccessScope::Cluster => true,
            AccessScope::Namespaces(names) => what.namespace().is_some_and(|namespace| {
                names.iter().any(|name| match name.strip_suffix('*') {
                    Some(prefix) => namespace.starts_with(prefix),
                    None => name == namespace,
                })
            }),
        };
        let beyond =
            access.incomplete.iter().find(|policy| identity.policies.get(**policy).is_some_and(&reaches));
        if let Some(policy) = beyond {
            let name = policy.name();
            return of(Answer::Unknown, format!("AWS has not published all that {name} allows"));
        }
        if access.is_node && !is_plain {
            let why = "the Node authorizer decides it, by what runs on the node";
            return of(Answer::Unknown, why.to_owned());
        }
        if !self.is_rbac_known {
            return of(Answer::Unknown, "roles and bindings were not read".to_owned());
        }
        of(Answer::Denied, missing(&access, identity, what))
    }
}
