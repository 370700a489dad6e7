//! Which principal an identity of a log is, and who that is before and after the plan.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::{LoginKind, Who};
use crate::audit;
use crate::facts::{EffectiveBy, Facts, Known, session_of, written};
use crate::model::{
    Associations, AuthenticationMode, CanonicalArn, GroupName, Phase, PrincipalArn, Token, UsernameTemplate,
};
use crate::parity::Identity;
use crate::planner::{BeforeAfter, LoginTemplate, Person};
use crate::rbac::{Index, UserInfo, could_become};
use crate::reader::Mapping;

/// How somebody authenticates on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Login {
    As(Identity),
    Nobody,
    /// Access entries decide, and were not read.
    Unknown,
}

impl Login {
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::As(identity) => Some(identity),
            Self::Nobody | Self::Unknown => None,
        }
    }

    fn of(identity: Option<Identity>) -> Self {
        identity.map_or(Self::Nobody, Self::As)
    }
}

/// An identity of a log on both sides.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    pub who: Who,
    pub kind: LoginKind,
    /// As the log has it.
    pub logged: UserInfo,
    pub before: Login,
    pub after: Login,
    pub phase: Phase,
    /// Its mapping needs a decision, until which it stays.
    pub waits: bool,
}

/// Everybody whom the identities of a log may be.
pub(super) struct People<'p> {
    facts: &'p Facts<'p>,
    by_key: BTreeMap<CanonicalArn, &'p Person<'p>>,
    before: &'p Index<'p>,
    after: &'p Index<'p>,
}

impl<'p> People<'p> {
    pub fn of(
        facts: &'p Facts<'p>,
        both: &'p BeforeAfter<'p>,
        before: &'p Index<'p>,
        after: &'p Index<'p>,
    ) -> Self {
        let by_key = both.people.iter().map(|person| {
            let key = match &person.principal {
                Some(principal) => CanonicalArn::of_principal(principal),
                None => CanonicalArn::as_mapped(&person.arn),
            };
            (key, person)
        });
        Self { facts, by_key: by_key.collect(), before, after }
    }

    pub fn resolve(&self, of: &audit::Identity<'_>) -> Resolved {
        let logged = logged(of);
        if of.canonical_arn.is_empty() {
            let login = Login::As(Identity { user: logged.clone(), policies: Associations::new() });
            return Resolved {
                who: Who::User(of.username.to_owned()),
                kind: LoginKind::Same,
                logged,
                before: login.clone(),
                after: login,
                phase: Phase::Entries,
                waits: false,
            };
        }
        let key = CanonicalArn::of(of.canonical_arn);
        if self.is_gone(of, &key) {
            return Resolved {
                who: Who::Principal(of.canonical_arn.to_owned()),
                kind: LoginKind::Gone,
                logged,
                before: Login::Nobody,
                after: Login::Nobody,
                phase: Phase::Entries,
                waits: false,
            };
        }
        match self.by_key.get(&key) {
            Some(person) if person.before.is_some() => self.of_person(of, &key, person, logged),
            // EKS makes it an entry; until then it may have what its account has
            Some(person) => {
                let principal: Option<PrincipalArn> = of.canonical_arn.parse().ok();
                let after = Login::of(self.both(person, principal.as_ref(), &logged).1);
                Resolved { after, phase: person.phase, ..self.of_unnamed(of, &key, logged) }
            }
            None => self.of_unnamed(of, &key, logged),
        }
    }

    fn of_person(
        &self,
        of: &audit::Identity<'_>,
        key: &CanonicalArn,
        person: &Person<'p>,
        logged: UserInfo,
    ) -> Resolved {
        let principal: Option<PrincipalArn> = of.canonical_arn.parse().ok();
        let variants = self.variants(of, key, person);
        let both = |person: &Person<'_>| self.both(person, principal.as_ref(), &logged);
        let is_it = |sides: &(Option<Identity>, Option<Identity>)| {
            sides.0.as_ref().is_some_and(|before| before.user == logged)
        };
        let mut sides = variants.iter().map(|person| both(person));
        // of mappings that differ in case, the one that the login took
        let (before, after) = sides.find(is_it).unwrap_or_else(|| both(person));
        let is_logged = |side: &Option<Identity>| side.as_ref().is_some_and(|side| side.user == logged);
        let kind = match (&before, is_logged(&before), is_logged(&after)) {
            (_, true, _) => LoginKind::Same,
            (_, false, true) => LoginKind::AsAfter,
            (Some(_), false, false) => LoginKind::Other,
            (None, false, false) => LoginKind::Nobody,
        };
        Resolved {
            who: Who::Principal(of.canonical_arn.to_owned()),
            kind,
            logged,
            before: Login::of(before),
            after: Login::of(after),
            phase: person.phase,
            waits: person.waits,
        }
    }

    /// By each of the mappings that the principal may get, where they differ only in the case of its ARN; else as it is.
    fn variants<'a>(
        &self,
        of: &audit::Identity<'_>,
        key: &CanonicalArn,
        person: &'a Person<'p>,
    ) -> Vec<Cow<'a, Person<'p>>> {
        let account = of.canonical_arn.split(':').nth(4).unwrap_or_default();
        let EffectiveBy::AnyOf(mappings) = self.facts.effective(key, account).by else {
            return vec![Cow::Borrowed(person)];
        };
        let variant = |mapping: &Mapping| {
            let groups = mapping.groups.as_deref().unwrap_or_default();
            let before = LoginTemplate::of_mapping(account, &mapping.username, groups);
            let after = if person.waits { Some(before.clone()) } else { person.after.clone() };
            Cow::Owned(Person { before: Some(before), after, ..person.clone() })
        };
        mappings.into_iter().map(variant).collect()
    }

    /// Both sides, in the session that the login tells.
    fn both(
        &self,
        person: &Person<'_>,
        principal: Option<&PrincipalArn>,
        logged: &UserInfo,
    ) -> (Option<Identity>, Option<Identity>) {
        let sides = [&person.before, &person.after].into_iter().flatten();
        let mut by_template = sides.filter_map(|login| Some((login, spelled(login, principal, logged)?)));
        let Some((by, session)) = by_template.next() else {
            // it is another name, and nobody knows which session it was
            let any = person.sessions(self.before, self.after).into_iter().next();
            return any.map_or((None, None), |session| (session.before, session.after));
        };
        let side = |login: &LoginTemplate, index: &Index<'_>| {
            let any = || login.of_any(index);
            let mut asker = session.as_ref().map_or_else(any, |session| login.identity(session));
            if login.username == by.username {
                asker.user.username.clone_from(&logged.username);
            }
            asker
        };
        let before = person.before.as_ref().map(|login| side(login, self.before));
        (before, person.after.as_ref().map(|login| side(login, self.after)))
    }

    /// Of a principal that no effective mapping and no entry names.
    fn of_unnamed(&self, of: &audit::Identity<'_>, key: &CanonicalArn, logged: UserInfo) -> Resolved {
        let facts = self.facts;
        let account = of.canonical_arn.split(':').nth(4).unwrap_or_default();
        let could_be_entry =
            facts.mode.is_some_and(AuthenticationMode::has_entries) && !facts.entries.observable;
        let as_logged = || Login::As(Identity { user: logged.clone(), policies: Associations::new() });
        let (kind, before, after) = match facts.effective(key, account).by {
            _ if could_be_entry => (LoginKind::Unknown, Login::Unknown, Login::Unknown),
            // by the name of its ARN, and without groups
            EffectiveBy::Account(_) => {
                let by = Identity::authenticated(of.canonical_arn, [], Associations::new());
                let kind = if by.user == logged { LoginKind::Same } else { LoginKind::Other };
                (kind, Login::As(by), Login::Nobody)
            }
            EffectiveBy::Nobody if self.is_creator(&logged) => (LoginKind::Same, as_logged(), as_logged()),
            EffectiveBy::Nobody => (LoginKind::Nobody, Login::Nobody, Login::Nobody),
            // a mapping or entry that the plan has no outcome for
            EffectiveBy::Mapping(_) | EffectiveBy::AnyOf(_) | EffectiveBy::Entry(_) => {
                (LoginKind::Same, as_logged(), Login::Nobody)
            }
        };
        let who = Who::Principal(of.canonical_arn.to_owned());
        Resolved { who, kind, logged, before, after, phase: Phase::ApiMode, waits: false }
    }

    /// Whole lists of IAM may still lack the roles of services, which have entries that are alive.
    fn is_gone(&self, of: &audit::Identity<'_>, key: &CanonicalArn) -> bool {
        let is_gone = |it: PrincipalArn| self.facts.iam.find(&it) == Known::Gone;
        of.canonical_arn.parse().is_ok_and(is_gone) && self.facts.entries.live(key).is_none()
    }

    /// In CONFIG_MAP mode the cluster's creator, whom no API names, is an administrator, and stays one by the entry that EKS
    /// makes at the switch (EKS user guide, "access entries", Cluster creator).
    fn is_creator(&self, logged: &UserInfo) -> bool {
        let has_entries = self.facts.mode.is_none_or(AuthenticationMode::has_entries);
        !has_entries && logged.groups.contains(GroupName::MASTERS)
    }
}

/// Whether the login could be by this template, and then its session: empty for who has none, `None` where nothing tells it.
fn spelled(
    login: &LoginTemplate,
    principal: Option<&PrincipalArn>,
    logged: &UserInfo,
) -> Option<Option<String>> {
    let template = UsernameTemplate::new(&login.username);
    let is_else = |token: Token| !matches!(token, Token::SessionName | Token::SessionNameRaw);
    let is_filled = || template.tokens().any(is_else) && could_become(&template, &logged.username);
    let Some(role) = principal.filter(|principal| principal.is_role()) else {
        // only roles have sessions
        let is_it = written(&template, "") == logged.username || is_filled();
        return is_it.then(|| Some(String::new()));
    };
    match session_of(role, &template, &logged.username) {
        Some("") => Some(of_groups(login, role, logged)),
        Some(session) => Some(Some(session.to_owned())),
        None => is_filled().then(|| of_groups(login, role, logged)),
    }
}

/// The session that groups tell where the username does not; of several that could be it, one that makes all of the login.
fn of_groups(login: &LoginTemplate, principal: &PrincipalArn, logged: &UserInfo) -> Option<String> {
    let templates: Vec<UsernameTemplate> = login.groups.iter().map(UsernameTemplate::new).collect();
    let sessions = || {
        let each = templates.iter().flat_map(|it| logged.groups.iter().map(move |group| (it, group)));
        each.filter_map(|(template, group)| session_of(principal, template, group))
            .filter(|session| !session.is_empty())
    };
    let whole = sessions().find(|session| login.identity(session).user.groups == logged.groups);
    whole.or_else(|| sessions().next()).map(str::to_owned)
}

/// With the group that the API server adds, whether the log has it or not.
fn logged(of: &audit::Identity<'_>) -> UserInfo {
    let groups: BTreeSet<String> = of.groups.iter().map(|group| (*group).to_owned()).collect();
    Identity::authenticated(of.username, groups, Associations::new()).user
}
