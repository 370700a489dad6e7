//! The second opinion on a plan: a request of each class, asked of everybody before and after, and held against what the plan
//! says of parity.

use std::collections::BTreeMap;

use super::Plan;
use crate::facts::Facts;
use crate::parity::exhaustive::{Classes, Found, Request, Side};
use crate::parity::{Difference, GrantedBy, PrincipalParity};

/// What asking found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    pub alike: Vec<Alike>,
}

/// Those who have the same rules on both sides, and so the same answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alike {
    pub who: Vec<Asked>,
    pub classes: u64,
    /// Fewer than `classes`: a sample.
    pub asked: u64,
    /// How many of the requests asked are allowed before alone.
    pub lost: u64,
    pub gained: u64,
    /// Lost or gained, and in no row of the plan.
    pub unreported: Found,
    /// Rows of the plan of which no request was found, although every class was asked.
    pub not_found: Vec<Difference>,
}

/// A principal, or one session of it that a binding names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub principal: String,
    pub session: Option<String>,
}

impl Proof {
    /// What the plan says of parity, asking says as well.
    pub fn agrees(&self) -> bool {
        self.alike.iter().all(Alike::agrees)
    }

    /// Every class was asked, of everybody.
    pub fn is_complete(&self) -> bool {
        self.alike.iter().all(Alike::is_complete)
    }
}

impl Alike {
    pub fn agrees(&self) -> bool {
        self.unreported.count == 0 && self.not_found.is_empty()
    }

    pub fn is_complete(&self) -> bool {
        self.asked == self.classes
    }
}

impl Plan {
    /// Asks on behalf of everybody a request of each class, at most `limit` one by one
    /// (see [`Classes::walk`]); `facts` are of the snapshot that the plan was made from.
    pub fn ask_all(&self, facts: &Facts<'_>, limit: u64) -> Proof {
        let sides = self.before_after(facts);
        let (before, after) = (sides.before.index(), sides.after.index());
        let sessions: Vec<_> = sides
            .people
            .iter()
            .flat_map(|person| person.sessions(&before, &after).into_iter().map(move |it| (&person.arn, it)))
            .collect();
        let mut groups = Vec::new();
        let mut known = BTreeMap::new();
        for (arn, session) in &sessions {
            let classes = Classes::of(
                Side { identity: session.before.as_ref(), rbac: &sides.before },
                Side { identity: session.after.as_ref(), rbac: &sides.after },
            );
            let at = *known.entry(classes.of_whom()).or_insert(groups.len());
            if at == groups.len() {
                groups.push((classes, Vec::new()));
            }
            if let Some((_, who)) = groups.get_mut(at) {
                who.push(Asked { principal: arn.to_string(), session: session.name.clone() });
            }
        }
        let alike = groups.into_iter().flat_map(|(classes, who)| self.ask(&classes, who, limit));
        Proof { alike: alike.collect() }
    }

    /// Of those who have the same rules, apart by what the plan says of them.
    fn ask(&self, classes: &Classes<'_>, who: Vec<Asked>, limit: u64) -> Vec<Alike> {
        let mut told: Vec<(Told<'_>, Vec<Asked>)> = Vec::new();
        for asked in who {
            let rows = Told::of(self.told_of(&asked));
            match told.iter_mut().find(|(other, _)| other.rows == rows.rows) {
                Some((_, who)) => who.push(asked),
                None => told.push((rows, vec![asked])),
            }
        }
        let (mut lost, mut gained) = (0, 0);
        let asked = classes.walk(limit, |request, before, after| {
            if before == after {
                return;
            }
            *(if before { &mut lost } else { &mut gained }) += 1;
            told.iter_mut().for_each(|(told, _)| told.note(request, before));
        });
        let classes = classes.count();
        let alike = told.into_iter().map(|(told, who)| Alike {
            who,
            classes,
            asked,
            lost,
            gained,
            not_found: if asked == classes { told.not_found() } else { Vec::new() },
            unreported: told.unreported,
        });
        alike.collect()
    }

    /// What the plan says of a session: itself, or with all others of the principal when these may do more or less alike.
    fn told_of(&self, asked: &Asked) -> Option<&PrincipalParity> {
        let of_principal = |it: &&PrincipalParity| it.principal == asked.principal;
        let all = || self.parity.iter().flat_map(|parity| &parity.principals).filter(of_principal);
        all().find(|it| it.session == asked.session).or_else(|| all().find(|it| it.session.is_none()))
    }
}

/// What the plan says that somebody loses and gains, and what was found of it.
struct Told<'p> {
    /// With whether it is lost.
    rows: Vec<(bool, &'p Difference)>,
    is_found: Vec<bool>,
    unreported: Found,
}

impl<'p> Told<'p> {
    fn of(parity: Option<&'p PrincipalParity>) -> Self {
        let of = |is_lost: bool| {
            parity.into_iter().flat_map(move |it| it.rows(is_lost)).map(move |row| (is_lost, row))
        };
        let rows: Vec<_> = of(true)
            .chain(of(false))
            // its rules are no rules of RBAC: nobody can ask for them
            .filter(|(_, row)| row.by != GrantedBy::NodeAuthorizer)
            .collect();
        Self { is_found: vec![false; rows.len()], rows, unreported: Found::default() }
    }

    fn note(&mut self, request: &Request<'_>, is_lost: bool) {
        let mut is_told = false;
        for ((of_lost, row), is_found) in self.rows.iter().zip(&mut self.is_found) {
            let is_meant = *of_lost == is_lost
                && row.reach.includes(request.namespace())
                && request.is_allowed_by(&row.rule);
            *is_found |= is_meant;
            is_told |= is_meant;
        }
        if !is_told {
            self.unreported.note(request);
        }
    }

    fn not_found(&self) -> Vec<Difference> {
        let found = self.rows.iter().zip(&self.is_found);
        found.filter(|(_, is_found)| !**is_found).map(|((_, row), _)| (*row).clone()).collect()
    }
}
