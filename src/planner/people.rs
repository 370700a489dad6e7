//! Everybody whom a plan is about: how each authenticates before it, and after all of it is done.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::existing::switch::expected;
use super::{Action, Line, Outcome, Phase, Plan, Standing, Step, Target};
use crate::facts::{EffectiveBy, Facts, session_of, written};
use crate::findings::Note;
use crate::model::{
    AccessEntry, Associations, CanonicalArn, EntryType, GroupName, PrincipalArn, Token, UsernameTemplate,
};
use crate::parity::Identity;
use crate::rbac::{Index, Rbac, default_rbac};
use crate::reader::LinePlace;

/// How somebody authenticates, for all their sessions at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoginTemplate {
    /// With placeholders for what a session brings; the account is written out.
    pub username: String,
    pub groups: BTreeSet<String>,
    pub policies: Associations,
}

/// A principal before and after; `None`: it does not authenticate.
#[derive(Debug, Clone)]
pub struct Person<'p> {
    /// As the entry, or else the mapping, spells it.
    pub arn: Cow<'p, str>,
    pub principal: Option<PrincipalArn>,
    pub at: Option<&'p LinePlace>,
    pub before: Option<LoginTemplate>,
    pub after: Option<LoginTemplate>,
    /// The phase that brings the change.
    pub phase: Phase,
    /// Its mapping needs a decision: until then all stays as it is.
    pub waits: bool,
}

/// Everybody before and after a plan, and the roles and bindings of each side.
pub struct BeforeAfter<'p> {
    pub people: Vec<Person<'p>>,
    pub before: Cow<'p, Rbac>,
    pub after: Cow<'p, Rbac>,
    /// Roles and bindings were read; else they are those that every cluster has.
    pub is_rbac_known: bool,
}

impl Plan {
    /// Who authenticates how, on both sides; `facts` are of the snapshot that the plan was made from.
    pub fn before_after<'p>(&'p self, facts: &'p Facts<'_>) -> BeforeAfter<'p> {
        let before = rbac_before(facts);
        BeforeAfter {
            people: people(facts, &self.lines, self.targets.iter()),
            after: rbac_after(before, &self.steps),
            before: Cow::Borrowed(before),
            is_rbac_known: facts.snapshot.rbac.is_some(),
        }
    }
}

/// As it was read; not read, what every cluster has.
pub(super) fn rbac_before<'s>(facts: &Facts<'s>) -> &'s Rbac {
    facts.snapshot.rbac.as_ref().unwrap_or_else(|| default_rbac())
}

/// With the bindings that the steps make, and without those that they take away.
pub(super) fn rbac_after<'r>(before: &'r Rbac, steps: &[Step]) -> Cow<'r, Rbac> {
    let mut rbac = Cow::Borrowed(before);
    for step in steps {
        let Action::Binding { before, after } = &step.action else { continue };
        let rbac = rbac.to_mut();
        if let Some(gone) = before {
            rbac.bindings.retain(|it| (&it.namespace, &it.name) != (&gone.namespace, &gone.name));
        }
        rbac.bindings.extend(after.clone());
    }
    rbac
}

/// One login of a principal, or of all its sessions that nothing names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// `None`: any other, or the only one there is.
    pub name: Option<String>,
    pub before: Option<Identity>,
    pub after: Option<Identity>,
}

/// Everybody with an effective mapping or access entry, or a target.
pub fn people<'p>(
    facts: &'p Facts<'_>,
    lines: &'p [Line],
    targets: impl Iterator<Item = &'p Target>,
) -> Vec<Person<'p>> {
    let mut people: Vec<Person<'p>> = Vec::new();
    let mut seen: FxHashSet<CanonicalArn> = FxHashSet::default();
    for target in targets {
        seen.insert(CanonicalArn::of_principal(&target.entry.principal));
        people.push(of_target(target));
    }
    for line in lines {
        let key = CanonicalArn::as_mapped(&line.arn);
        let is_entry = facts.entries.live(&key).is_some();
        if !is_entry
            && !seen.contains(&key)
            && let Some(person) = of_line(line)
        {
            seen.insert(key);
            people.push(person);
        }
    }
    for made in expected(facts) {
        let key = CanonicalArn::of_principal(&made.principal);
        let after = Some(by_entry(&AccessEntry::of_type(made.principal.clone(), made.entry_type)));
        match people.iter_mut().find(|person| person.principal.as_ref() == Some(&made.principal)) {
            // whose target takes the place of the entry that EKS makes
            Some(person) if person.after.is_some() && !person.waits => {}
            Some(person) => (person.after, person.phase, person.waits) = (after, Phase::DualMode, false),
            None if !seen.insert(key) => {}
            None => people.push(Person {
                arn: Cow::Owned(made.principal.to_string()),
                before: today(facts, &made.principal),
                principal: Some(made.principal),
                at: None,
                after,
                phase: Phase::DualMode,
                waits: false,
            }),
        }
    }
    for entry in facts.entries.iter().filter(|entry| !entry.liveness.is_dead()) {
        if seen.insert(entry.key.clone()) {
            let observed = entry.observed;
            let groups = with_type(observed.groups.iter().cloned(), &observed.entry_type);
            let (username, policies) = (observed.username.clone(), observed.policies.clone());
            let login = Some(LoginTemplate { username, groups, policies });
            people.push(Person {
                arn: Cow::Borrowed(&observed.principal),
                principal: entry.principal.clone(),
                at: None,
                before: login.clone(),
                after: login,
                phase: Phase::Entries,
                waits: false,
            });
        }
    }
    people
}

/// How a principal without a target authenticates by `aws-auth`, such as by its account.
fn today(facts: &Facts<'_>, principal: &PrincipalArn) -> Option<LoginTemplate> {
    let account = principal.account().as_str();
    match facts.effective(&CanonicalArn::of_principal(principal), account).by {
        EffectiveBy::Mapping(mapping) => Some(LoginTemplate::of_mapping(
            account,
            &mapping.username,
            mapping.groups.as_deref().unwrap_or_default(),
        )),
        EffectiveBy::Account(_) => Some(LoginTemplate::of_mapping(account, &principal.canonical(), &[])),
        EffectiveBy::Entry(_) | EffectiveBy::AnyOf(_) | EffectiveBy::Nobody => None,
    }
}

fn of_target(target: &Target) -> Person<'_> {
    let Target { entry, username_today, groups_today, from, standing, is_caller: _, notes } = target;
    let by_mapping = notes.iter().any(|note| matches!(note, Note::BroughtToMapping));
    let before = match standing {
        Standing::Equal => by_entry(entry),
        Standing::Update { from } | Standing::Replace { from, dead: false } if !by_mapping => by_entry(from),
        Standing::NotYetObservable
        | Standing::Create
        | Standing::Update { .. }
        | Standing::Replace { .. } => {
            LoginTemplate::of_mapping(entry.principal.account().as_str(), username_today, groups_today)
        }
    };
    Person {
        arn: Cow::Borrowed(entry.principal.as_str()),
        principal: Some(entry.principal.clone()),
        at: Some(from),
        before: Some(before),
        after: Some(by_entry(entry)),
        phase: Phase::Entries,
        waits: false,
    }
}

/// Of a mapping that becomes no entry, or waits for a decision.
fn of_line(line: &Line) -> Option<Person<'_>> {
    let (phase, waits) = match &line.outcome {
        // it is effective until the cluster no longer reads it
        Outcome::Skipped { .. } => (Phase::ApiMode, false),
        Outcome::Blocked { .. } => (Phase::ApiMode, true),
        // these are targets, or give nobody anything today
        Outcome::Migrates { .. }
        | Outcome::Superseded { .. }
        | Outcome::NeverMatches { .. }
        | Outcome::Dropped { .. }
        | Outcome::Gone
        | Outcome::NotRead
        | Outcome::Overridden { .. }
        | Outcome::Expanded { .. } => return None,
    };
    let account = line.arn.split(':').nth(4).filter(|account| !account.is_empty())?;
    let before = LoginTemplate::of_mapping(account, &line.username, &line.groups);
    Some(Person {
        arn: Cow::Borrowed(&line.arn),
        principal: line.arn.parse().ok(),
        at: Some(&line.at),
        after: waits.then(|| before.clone()),
        before: Some(before),
        phase,
        waits,
    })
}

fn by_entry(entry: &AccessEntry) -> LoginTemplate {
    let groups = with_type(entry.groups.iter().map(ToString::to_string), &entry.entry_type);
    let username = entry.effective_username().unwrap_or_default();
    LoginTemplate { username, groups, policies: entry.policies.clone() }
}

/// With the groups that the type of an entry brings. EC2_LINUX shows `system:nodes`; what the others bring AWS does not say,
/// and a node is none without that group. Those of Windows and Fargate are what their mappings have to have
/// (EKS user guide, "Windows support", "Pod execution role").
fn with_type(groups: impl Iterator<Item = String>, entry_type: &EntryType) -> BTreeSet<String> {
    let of_type: &[&str] = match entry_type {
        EntryType::Ec2Linux | EntryType::HybridLinux | EntryType::Ec2 | EntryType::HyperpodLinux => {
            &[GroupName::NODES]
        }
        EntryType::Ec2Windows => &[GroupName::NODES, GroupName::WINDOWS],
        EntryType::FargateLinux => &[GroupName::NODES, GroupName::NODE_PROXIER],
        EntryType::Standard | EntryType::Other(_) => &[],
    };
    groups.chain(of_type.iter().map(|group| (*group).to_owned())).collect()
}

impl LoginTemplate {
    /// By a mapping; groups have placeholders as usernames have.
    pub fn of_mapping(account: &str, username: &str, groups: &[String]) -> Self {
        let written = |text: &str| UsernameTemplate::new(text).with(Token::AccountId, account).to_string();
        Self {
            username: written(username),
            groups: groups.iter().map(|group| written(group)).collect(),
            policies: Associations::new(),
        }
    }

    /// Its login in one session.
    pub fn identity(&self, session: &str) -> Identity {
        let username = written(&UsernameTemplate::new(&self.username), session);
        self.named(username, session)
    }

    fn named(&self, username: String, session: &str) -> Identity {
        let groups = self.groups.iter().map(|group| written(&UsernameTemplate::new(group), session));
        Identity::authenticated(username, groups, self.policies.clone())
    }

    /// Of a session that no binding names; other placeholders have a value that none names either.
    pub fn of_any(&self, index: &Index<'_>) -> Identity {
        let mut stand_in = ANY_SESSION.to_owned();
        let template = UsernameTemplate::new(&self.username)
            .with(Token::Ec2PrivateDnsName, "any-node")
            .with(Token::AccessKeyId, "ANYACCESSKEYID00");
        loop {
            let username = written(&template, &stand_in);
            let is_bound = template.as_str() != username && !index.bindings_of_user(&username).is_empty();
            if !is_bound {
                return self.named(username, &stand_in);
            }
            stand_in.push('x');
        }
    }
}

/// What stands for a session that nothing names.
pub const ANY_SESSION: &str = "any-session";

impl Person<'_> {
    /// The logins to be compared: of each session that a binding names by User, and of any other.
    pub fn sessions(&self, before: &Index<'_>, after: &Index<'_>) -> Vec<Session> {
        let of_any = |login: &Option<LoginTemplate>, index| login.as_ref().map(|login| login.of_any(index));
        let mut sessions = vec![Session {
            name: None,
            before: of_any(&self.before, before),
            after: of_any(&self.after, after),
        }];
        let mut named: BTreeMap<String, ()> = BTreeMap::new();
        for (login, index) in [(&self.before, before), (&self.after, after)] {
            let (Some(login), Some(principal)) = (login, &self.principal) else { continue };
            let template = UsernameTemplate::new(&login.username);
            if !(template.has(Token::SessionName) || template.has(Token::SessionNameRaw)) {
                continue;
            }
            for (username, _) in index.bindings_of_template(&template) {
                if let Some(session) = session_of(principal, &template, username) {
                    named.insert(session.to_owned(), ());
                }
            }
        }
        let of = |login: &Option<LoginTemplate>, name: &str| login.as_ref().map(|login| login.identity(name));
        sessions.extend(named.into_keys().map(|name| Session {
            before: of(&self.before, &name),
            after: of(&self.after, &name),
            name: Some(name),
        }));
        sessions
    }
}
