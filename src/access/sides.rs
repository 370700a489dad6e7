use std::collections::{BTreeMap, BTreeSet};

use super::Login;
use crate::facts::{EffectiveBy, Facts};
use crate::model::{
    Associations, AuthenticationMode, CanonicalArn, IamArn, LoginValues, Token, UsernameTemplate,
    parse_any_case,
};
use crate::parity::{Access, Assumption, Identity, MissingInput, Served};
use crate::planner::{After, BeforeAfter, LoginTemplate, Person, Plan};
use crate::rbac::{DEFAULTS_OF, Index};
use crate::reader::{self, LinePlace, Mapping, Status};

/// Both sides of a plan, to be asked.
pub struct Sides<'p> {
    facts: &'p Facts<'p>,
    plan: &'p Plan,
    pub people: &'p [Person<'p>],
    by_key: BTreeMap<CanonicalArn, usize>,
    /// Principals of which each login takes one of several mappings.
    random: BTreeSet<CanonicalArn>,
    pub before: Index<'p>,
    pub after: Index<'p>,
    /// What the API server serves, if that is known.
    pub(super) served: Option<Served>,
    /// Without these no answer is whole.
    pub missing: BTreeSet<MissingInput>,
    pub assumptions: BTreeSet<Assumption>,
}

impl<'p> Sides<'p> {
    /// `both` is of the plan and the facts.
    pub fn of(facts: &'p Facts<'p>, plan: &'p Plan, both: &'p BeforeAfter<'p>) -> Self {
        let people = both.people.as_slice();
        let keys = people.iter().enumerate().map(|(at, person)| (key_of(person), at));
        let has_entries = facts.mode.is_some_and(AuthenticationMode::has_entries);
        let missing = [
            (!both.is_rbac_known, MissingInput::Rbac),
            (has_entries && !facts.entries.observable, MissingInput::AccessEntries),
        ];
        let missing = missing.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, input)| input);
        let by_default = Assumption::RbacByDefault { version: DEFAULTS_OF.to_owned() };
        let assumptions =
            [(!both.is_rbac_known, by_default), (facts.mode.is_none(), Assumption::MappingsEffective)];
        Self {
            facts,
            plan,
            people,
            by_key: keys.collect(),
            random: random(facts),
            before: both.before.index(),
            after: both.after.index(),
            served: facts.served().map(Served::of),
            missing: missing.collect(),
            assumptions: assumptions.into_iter().filter(|(is_made, _)| *is_made).map(|(_, it)| it).collect(),
        }
    }

    /// How a principal authenticates: in each session that a binding names, and in any other; and where its mappings differ
    /// only in case, by each of them.
    pub fn logins(&self, person: &Person<'_>) -> Vec<Login> {
        let of_one = |(by, person): (Option<LinePlace>, Person<'_>)| {
            if !is_role(&person) {
                return vec![self.in_session(&person, by, "")];
            }
            let sessions = person.sessions(&self.before, &self.after).into_iter();
            sessions.map(|session| Login::of(&person, by.clone(), session)).collect()
        };
        self.variants(person).into_iter().flat_map(of_one).collect()
    }

    /// How the identity authenticates, in the session that is known of it or in all; one login without identities where it
    /// does not. Empty: nothing of its kind authenticates anywhere.
    pub fn logins_of(&self, asked: &reader::Identity, session: Option<&str>) -> Vec<Login> {
        let Ok(canonical) = asked.canonical_arn() else { return Vec::new() };
        let key = CanonicalArn::of(&canonical);
        if let Some(person) = self.by_key.get(&key).and_then(|at| self.people.get(*at)) {
            let Some(session) = session else { return self.logins(person) };
            let variants = self.variants(person).into_iter();
            return variants.map(|(by, person)| self.in_session(&person, by, session)).collect();
        }
        let name = session.unwrap_or_default();
        if !matches!(self.facts.effective(&key, &asked.account).by, EffectiveBy::Account(_)) {
            return vec![Login::between(None, None, None, name)];
        }
        // mapAccounts: its ARN is its username, and there are no groups
        let before = Identity::authenticated(canonical, [], Associations::new());
        let stays = matches!(self.plan.after(self.facts, &key, &asked.account), After::Waits(_));
        let after = stays.then(|| before.clone());
        vec![Login::between(Some(before), after, None, name)]
    }

    /// In one session; a mapping with a placeholder that it has no value for ends the login (authenticator:
    /// `pkg/server/server.go`, renderTemplate). Access entries leave such a one as it is.
    fn in_session(&self, person: &Person<'_>, by: Option<LinePlace>, session: &str) -> Login {
        let login = Login::in_session(person, by, session);
        let account = person.arn.split(':').nth(4).unwrap_or_default();
        let values = LoginValues { account, session_name: Some(session), access_key_id: None, dns: None };
        let fails = |text: &String| {
            Token::Ec2PrivateDnsName.is_in(text) && UsernameTemplate::new(text).render(&values).is_err()
        };
        let mut texts =
            person.before.iter().flat_map(|before| before.groups.iter().chain([&before.username]));
        let is_refused = texts.any(fails) && self.facts.entries.live(&key_of(person)).is_none();
        if is_refused { Login { before: None, shown_before: None, ..login } } else { login }
    }

    /// The person by each of the mappings that it may get, with the place of each; as it is, where there is one.
    fn variants<'a>(&self, person: &Person<'a>) -> Vec<(Option<LinePlace>, Person<'a>)> {
        let key = key_of(person);
        let account = person.arn.split(':').nth(4).unwrap_or_default();
        let mappings = match self.random.contains(&key) {
            true => match self.facts.effective(&key, account).by {
                EffectiveBy::AnyOf(mappings) => mappings,
                _ => Vec::new(),
            },
            false => Vec::new(),
        };
        if mappings.is_empty() {
            return vec![(None, person.clone())];
        }
        let variant = |mapping: &Mapping| {
            let groups = mapping.groups.as_deref().unwrap_or_default();
            let before = LoginTemplate::of_mapping(account, &mapping.username, groups);
            let place = LinePlace { entry: mapping.at, place: mapping.place };
            let after = if person.waits { Some(before.clone()) } else { person.after.clone() };
            (Some(place), Person { before: Some(before), after, ..person.clone() })
        };
        mappings.into_iter().map(variant).collect()
    }

    pub(super) fn is_named(&self, arn: &CanonicalArn) -> bool {
        self.by_key.contains_key(arn)
    }

    /// Nobody knows who authenticates at all: what decides was not read, entries alone, or neither they nor `aws-auth`.
    pub(super) fn nobody_is_known(&self) -> bool {
        let Facts { snapshot, mode, entries, .. } = self.facts;
        let is_unread = match mode {
            Some(mode) => *mode == AuthenticationMode::Api,
            None => snapshot.aws_auth.is_none(),
        };
        is_unread && !entries.observable
    }

    pub(super) fn access<'i>(index: &Index<'i>, identity: Option<&'i Identity>) -> Access<'i> {
        identity.map_or_else(Access::none, |identity| Access::of(index, identity))
    }
}

fn key_of(person: &Person<'_>) -> CanonicalArn {
    match &person.principal {
        Some(principal) => CanonicalArn::of_principal(principal),
        None => CanonicalArn::as_mapped(&person.arn),
    }
}

fn is_role(person: &Person<'_>) -> bool {
    match &person.principal {
        Some(principal) => principal.is_role(),
        // a mapping may spell it in any case
        None => {
            matches!(parse_any_case(&person.arn), Ok(IamArn::Principal(principal)) if principal.is_role())
        }
    }
}

fn random(facts: &Facts<'_>) -> BTreeSet<CanonicalArn> {
    let mappings =
        facts.aws_auth().into_iter().flat_map(|it| it.roles.entries.iter().chain(&it.users.entries));
    let random = mappings.filter(|mapping| matches!(mapping.status, Status::Random { .. }));
    random.map(|mapping| CanonicalArn::as_mapped(&mapping.arn)).collect()
}
