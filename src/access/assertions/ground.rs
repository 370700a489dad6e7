//! What assertions are held against, and who somebody is there.

use std::collections::BTreeMap;

use super::{Asserted, When};
use crate::facts::{Facts, Login as Today};
use crate::model::{AuthenticationMode, CanonicalArn, LoginValues};
use crate::parity::Identity;
use crate::planner::{After, BeforeAfter, Person, Plan};
use crate::rbac::{Index, Rbac};
use crate::reader;

/// A cluster before and after its plan; or roles and bindings alone, which have one side and no principals.
pub struct Ground<'g> {
    pub(super) before: Side<'g>,
    /// `None`: nothing is planned.
    pub(super) after: Option<Side<'g>>,
    planned: Option<Planned<'g>>,
}

pub(super) struct Side<'g> {
    pub index: Index<'g>,
    /// Roles and bindings were read.
    pub is_rbac_known: bool,
}

struct Planned<'g> {
    plan: &'g Plan,
    facts: &'g Facts<'g>,
    people: &'g [Person<'g>],
    by_arn: BTreeMap<CanonicalArn, &'g Person<'g>>,
}

/// As whom a request comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Login {
    As(Identity),
    /// Groups as they are written, and RBAC alone.
    Plain(Identity),
    /// Each login is one of them, at random.
    OneOf(Vec<Identity>),
    /// It does not authenticate; why.
    Nobody(String),
    /// What is missing to say.
    Unknown(String),
}

/// The same one on both sides of the plan.
#[derive(Debug, Clone)]
pub(super) struct Logins {
    pub before: Login,
    pub after: Login,
}

impl<'g> Ground<'g> {
    /// `facts` are of the snapshot that the plan was made from, and so is `sides`.
    pub fn of_plan(plan: &'g Plan, facts: &'g Facts<'g>, sides: &'g BeforeAfter<'g>) -> Self {
        let side = |rbac: &'g Rbac| Side { index: rbac.index(), is_rbac_known: sides.is_rbac_known };
        let by_arn = sides.people.iter().map(|person| (CanonicalArn::of(&person.arn), person)).collect();
        Self {
            before: side(&sides.before),
            after: Some(side(&sides.after)),
            planned: Some(Planned { plan, facts, people: &sides.people, by_arn }),
        }
    }

    pub fn of_rbac(rbac: &'g Rbac) -> Self {
        let before = Side { index: rbac.index(), is_rbac_known: true };
        Self { before, after: None, planned: None }
    }

    /// The sides that an assertion is about, one or two.
    pub(super) fn sides(&self, when: When) -> (&Side<'g>, Option<&Side<'g>>) {
        match (when, &self.after) {
            (When::After, Some(after)) => (after, None),
            (When::Both | When::Same, Some(after)) => (&self.before, Some(after)),
            (When::Before, _) | (_, None) => (&self.before, None),
        }
    }

    pub(super) fn people(&self) -> &'g [Person<'g>] {
        self.planned.as_ref().map_or(&[], |planned| planned.people)
    }

    pub(super) fn has_plan(&self) -> bool {
        self.planned.is_some()
    }

    /// `None` for a principal where nothing says who that is.
    pub(super) fn logins(&self, who: &Asserted) -> Option<Logins> {
        match who {
            Asserted::User(user) => {
                let login = Login::Plain(Identity { user: user.clone(), policies: Default::default() });
                Some(Logins { before: login.clone(), after: login })
            }
            Asserted::Principal { arn, session } => {
                Some(self.planned.as_ref()?.principal(self, arn, session.as_deref()))
            }
        }
    }
}

impl Planned<'_> {
    fn principal(&self, ground: &Ground<'_>, arn: &str, session: Option<&str>) -> Logins {
        let alike = |login: Login| Logins { before: login.clone(), after: login };
        if let Some(missing) = self.missing() {
            return alike(Login::Unknown(missing.to_owned()));
        }
        let identity = reader::Identity::from_arn(arn, session.unwrap_or_default());
        let values =
            LoginValues { account: &identity.account, session_name: session, access_key_id: None, dns: None };
        let today = match self.facts.today(&identity, &values) {
            Ok(today) => today.login,
            Err(why) => return alike(Login::Nobody(why.to_string())),
        };
        let key = CanonicalArn::of(arn);
        let Some(person) = self.by_arn.get(&key) else {
            let before = of_today(today);
            let after = match self.plan.after(self.facts, &key, &identity.account) {
                After::Ends(_) => Login::Nobody(ENDS.to_owned()),
                _ => before.clone(),
            };
            return Logins { before, after };
        };
        let Logins { before, after } = self.person(ground, person, session);
        // what it gives at random, or not at all, it gives until the plan changes it
        let is_kept = person.before == person.after;
        match today {
            today @ (Today::OneOf(_) | Today::Fails(_)) => {
                let before = of_today(today);
                Logins { after: if is_kept { before.clone() } else { after }, before }
            }
            _ => Logins { before, after },
        }
    }

    fn person(&self, ground: &Ground<'_>, person: &Person<'_>, session: Option<&str>) -> Logins {
        let (before, after) = match (session, &ground.after) {
            (Some(session), _) => {
                let of = |login: &Option<crate::planner::LoginTemplate>| {
                    login.as_ref().map(|login| login.identity(session))
                };
                (of(&person.before), of(&person.after))
            }
            (None, after) => {
                let index = &ground.before.index;
                let after = after.as_ref().map_or(index, |after| &after.index);
                let any = person.sessions(index, after).into_iter().find(|session| session.name.is_none());
                any.map_or((None, None), |session| (session.before, session.after))
            }
        };
        Logins {
            before: before.map_or_else(|| Login::Nobody(NOBODY.to_owned()), Login::As),
            after: after.map_or_else(|| Login::Nobody(ENDS.to_owned()), Login::As),
        }
    }

    /// What was not read, and could give anybody another identity.
    fn missing(&self) -> Option<&'static str> {
        let Facts { snapshot, mode, entries, .. } = self.facts;
        match mode {
            Some(mode) if mode.has_entries() && !entries.observable => {
                Some("access entries were not read, and one of the principal would be what is effective")
            }
            None if snapshot.aws_auth.is_none() && !entries.observable => {
                Some("neither aws-auth nor access entries were read")
            }
            Some(AuthenticationMode::ConfigMap) | Some(_) | None => None,
        }
    }
}

const NOBODY: &str = "it does not authenticate: no mapping and no access entry names it";
const ENDS: &str = "it does not authenticate: its mapping becomes no access entry, and ends with API mode";

fn of_today(today: Today<'_>) -> Login {
    let of = |who: crate::facts::Who| Identity::authenticated(who.username, who.groups, who.policies);
    match today {
        Today::As(who) => Login::As(of(who)),
        Today::Fails(why) => Login::Nobody(format!("it does not authenticate: {why}")),
        Today::Nobody => Login::Nobody(NOBODY.to_owned()),
        Today::Unknown => Login::Unknown("access entries were not read".to_owned()),
        // one that cannot be filled in refuses the login
        Today::OneOf(each) => {
            Login::OneOf(each.into_iter().filter_map(|(_, who)| who.ok()).map(of).collect())
        }
    }
}
