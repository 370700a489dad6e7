//! A first file of assertions, of what holds today: of each principal the dangerous requests, and some of its ordinary ones.

use std::collections::BTreeSet;

use serde::Serialize;

use super::ground::Whom;
use super::{Answer, Asserted, Ground, When};
use crate::access::Login;
use crate::access::dangerous::dangerous_requests;
use crate::model::GroupName;
use crate::parity::{Access, Granted, Identity, Source};
use crate::rbac::{Attributes, Index, PolicyRule, UserInfo};

/// Assertions about what there is, all of which hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recording {
    version: Version,
    assertions: Vec<Recorded>,
    /// Who is left out, and why.
    #[serde(skip)]
    pub left_out: Vec<(String, &'static str)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(into = "u8")]
struct Version;

impl From<Version> for u8 {
    fn from(Version: Version) -> Self {
        1
    }
}

/// An assertion as the file has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recorded {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cannot: Option<Request>,
    /// Who that is today; on the first assertion about them.
    #[serde(skip)]
    pub(super) heading: Option<String>,
    /// The answer after the plan, where it is another one.
    #[serde(skip)]
    pub(super) changes: Option<Answer>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Request {
    pub verb: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

impl Recording {
    pub fn is_empty(&self) -> bool {
        self.assertions.is_empty()
    }

    pub fn assertions(&self) -> &[Recorded] {
        &self.assertions
    }
}

/// Of whom something is recorded.
struct Subject {
    asserted: Asserted,
    name: String,
    /// Who that is today.
    heading: String,
}

/// What people and pipelines ask for every day.
const TYPICAL: [(&str, &str, &str); 8] = [
    ("get", "", "pods"),
    ("get", "", "pods/log"),
    ("update", "apps", "deployments"),
    ("create", "batch", "jobs"),
    ("update", "", "configmaps"),
    ("delete", "", "pods"),
    ("list", "", "namespaces"),
    ("get", "", "nodes"),
];

/// Of each, per principal or namespace.
const DENIED: usize = 4;
const ORDINARY: usize = 3;
const NAMESPACES: usize = 3;

impl Ground<'_> {
    /// Deterministic: principals by ARN, with the sessions that bindings name; without a plan, the users and groups of the
    /// bindings, those of Kubernetes itself apart.
    pub fn record(&self) -> Recording {
        let mut recording = Recording::default();
        for Subject { asserted, name, heading } in self.subjects(&mut recording.left_out) {
            if let Err(why) = self.record_one(&asserted, heading, &mut recording.assertions) {
                recording.left_out.push((name, why));
            }
        }
        recording
    }

    fn subjects(&self, left_out: &mut Vec<(String, &'static str)>) -> Vec<Subject> {
        let sides = match self {
            Self::Sides(sides) => sides,
            Self::Rbac(index) => return bound(index),
        };
        let mut people: Vec<_> = sides.people.iter().collect();
        people.sort_by(|a, b| a.arn.cmp(&b.arn));
        let mut subjects = Vec::new();
        for person in people {
            let Some(principal) = &person.principal else {
                left_out.push((person.arn.to_string(), "not the ARN of a role or user"));
                continue;
            };
            let logins = sides.logins(person);
            if logins.iter().any(|login| login.by.is_some()) {
                left_out.push((person.arn.to_string(), "each login takes one of several mappings at random"));
                continue;
            }
            for login in logins {
                let arn = principal.to_string();
                let name = match &login.session {
                    Some(session) => format!("{arn} (session {session})"),
                    None => arn.clone(),
                };
                let heading = heading(&name, &login);
                let session = login.session.or_else(|| (!principal.is_role()).then(String::new));
                let asserted = Asserted::Principal { arn, session };
                subjects.push(Subject { asserted, name, heading });
            }
        }
        subjects
    }

    fn record_one(
        &self,
        asserted: &Asserted,
        heading: String,
        into: &mut Vec<Recorded>,
    ) -> Result<(), &'static str> {
        let identity = match self.whom(asserted).ok_or("not known")? {
            Whom::User(identity) => identity,
            Whom::Principal(logins) => {
                logins.into_iter().find_map(|login| login.before).ok_or("does not authenticate")?
            }
        };
        let access = Access::of(self.before().index, &identity);
        if access.is_node {
            return Err("a node: the Node authorizer decides by what runs on it");
        }
        let mut heading = Some(heading);
        for what in requests(&access) {
            let Some((before, after)) = self.decide(asserted, When::Both, &what) else { continue };
            if before.answer == Answer::Unknown {
                continue;
            }
            let changes = after.map(|after| after.answer).filter(|after| *after != before.answer);
            let (principal, session, user, groups) = named(asserted);
            let request = Some(request(&what));
            let is_allowed = before.answer == Answer::Allowed;
            let (can, cannot) = if is_allowed { (request, None) } else { (None, request) };
            into.push(Recorded {
                principal,
                session,
                user,
                groups,
                when: changes.map(|_| When::Before),
                can,
                cannot,
                heading: heading.take(),
                changes,
            });
        }
        if heading.is_none() {
            Ok(())
        } else {
            Err("roles and bindings, or the rules of its access policies, are not known")
        }
    }
}

type Named = (Option<String>, Option<String>, Option<String>, Option<Vec<String>>);

fn named(asserted: &Asserted) -> Named {
    match asserted {
        Asserted::Principal { arn, session } => {
            (Some(arn.clone()), session.clone().filter(|session| !session.is_empty()), None, None)
        }
        Asserted::User(UserInfo { username, groups }) => {
            let groups = (!groups.is_empty()).then(|| groups.iter().cloned().collect());
            (None, None, Some(username.clone()).filter(|name| !name.is_empty()), groups)
        }
    }
}

/// The users and groups of bindings, Kubernetes' own apart.
fn bound(index: &Index<'_>) -> Vec<Subject> {
    let subject = |kind: &str, name: &str, username: &str, groups: &[&str]| {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let asserted = Asserted::User(UserInfo { username: username.to_owned(), groups });
        Subject { asserted, name: name.to_owned(), heading: format!("{kind} {name}") }
    };
    let is_own = |name: &&str| !name.starts_with("system:");
    let users = index.users().filter(is_own).map(|name| subject("User", name, name, &[]));
    let groups = index.groups().filter(is_own).map(|name| subject("Group", name, "", &[name]));
    users.chain(groups).collect()
}

/// `ARN: dev:{{SessionName}} in devs with AmazonEKSViewPolicy`.
fn heading(name: &str, login: &Login) -> String {
    let Some(Identity { user, policies }) = &login.before else { return name.to_owned() };
    let list = |word: &str, names: Vec<&str>| match names.as_slice() {
        [] => String::new(),
        names => format!(" {word} {}", names.join(", ")),
    };
    let groups = user.groups.iter().map(String::as_str).filter(|group| *group != GroupName::AUTHENTICATED);
    let (groups, policies) = (groups.collect(), policies.keys().map(|policy| policy.name()).collect());
    let username = login.shown_before.as_ref().unwrap_or(&user.username);
    let username = if username.is_empty() { "(empty)" } else { username };
    format!("{name}: {username}{}{}", list("in", groups), list("with", policies))
}

/// What is asked about somebody: everything at once of an administrator.
fn requests(access: &Access<'_>) -> Vec<Attributes> {
    let everything =
        [Attributes::resource("*", "*", "*"), Attributes::NonResource { path: "*".into(), verb: "*".into() }];
    if everything.iter().all(|what| access.allowed_by(what).is_some()) {
        return everything.into();
    }
    let mut asked = Vec::new();
    let is_allowed = |what: &Attributes| access.allowed_by(what).is_some();
    let (may, may_not): (Vec<_>, Vec<_>) = dangerous(false).partition(is_allowed);
    asked.extend(may);
    asked.extend(may_not.into_iter().take(DENIED));
    add_ordinary(access, &access.cluster, None, &mut asked);
    let mut places: BTreeSet<String> = access.all().filter_map(|(place, _)| place).collect();
    // a prefix stands for namespaces that there may be
    places = places.into_iter().map(|place| place.replace('*', "any")).collect();
    for place in places.into_iter().take(NAMESPACES) {
        asked.extend(dangerous(true).take(2).map(|what| what.in_namespace(&place)));
        let here: Vec<Granted<'_>> = access.within(&place).copied().collect();
        add_ordinary(access, &here, Some(&place), &mut asked);
    }
    let mut seen = BTreeSet::new();
    asked.retain(|what| seen.insert(what.clone()));
    asked
}

/// Each resource by the gravest verb; `*` is asked for apart.
fn dangerous(in_namespace: bool) -> impl Iterator<Item = Attributes> {
    let mut seen = BTreeSet::new();
    dangerous_requests().filter_map(move |(what, is_of_namespace)| match &what {
        Attributes::Resource { verb, group, resource, subresource, .. }
            if verb != "*"
                && (is_of_namespace || !in_namespace)
                && seen.insert((group.clone(), resource.clone(), subresource.clone())) =>
        {
            Some(what)
        }
        _ => None,
    })
}

/// What is typical, and where that is too little, what the rules themselves name.
fn add_ordinary(access: &Access<'_>, here: &[Granted<'_>], place: Option<&str>, asked: &mut Vec<Attributes>) {
    let at = |what: Attributes| match place {
        Some(place) => what.in_namespace(place),
        None => what,
    };
    let is_own = |granted: &&Granted<'_>| match &granted.source {
        Source::Binding(grant) => grant.subject.name != GroupName::AUTHENTICATED,
        Source::Policy { .. } | Source::Masters => true,
    };
    let own: Vec<&Granted<'_>> = here.iter().filter(is_own).collect();
    let gives = |what: &Attributes| own.iter().any(|it| it.rules.iter().any(|rule| rule.allows(what)));
    let typical = TYPICAL.into_iter().map(of).map(at).filter(gives);
    let named = own.iter().flat_map(|it| it.rules).filter_map(|rule| plainly(rule, place.is_some())).map(at);
    let mut left = ORDINARY;
    for what in typical.chain(named) {
        if left > 0 && !asked.contains(&what) && access.allowed_by(&what).is_some() {
            asked.push(what);
            left -= 1;
        }
    }
}

fn of((verb, group, resource): (&str, &str, &str)) -> Attributes {
    let (resource, subresource) = match resource.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource)),
        None => (resource, None),
    };
    Attributes::resource(verb, group, resource).of_subresource(subresource)
}

/// The first request that a rule names without a `*`.
fn plainly(rule: &PolicyRule, is_in_namespace: bool) -> Option<Attributes> {
    let first = |list: &[String]| list.iter().find(|item| !item.contains('*')).cloned();
    let verb = first(&rule.verbs)?;
    if let (Some(path), false) = (first(&rule.non_resource_urls), is_in_namespace) {
        return Some(Attributes::NonResource { path, verb });
    }
    let (group, resource) = (first(&rule.api_groups)?, first(&rule.resources)?);
    let what = of((&verb, &group, &resource));
    let is_written_so = super::file::parts(&text_of(&group, &resource))
        == (
            resource.split('/').next().unwrap_or_default(),
            group.as_str(),
            resource.split_once('/').map(|it| it.1),
        );
    let name = rule.resource_names.first();
    is_written_so.then(|| match name {
        Some(name) => what.named(name),
        None => what,
    })
}

/// `pods/exec`, `deployments.apps/scale`.
fn text_of(group: &str, resource: &str) -> String {
    let (of, subresource) = resource.split_once('/').map_or((resource, None), |(of, sub)| (of, Some(sub)));
    let group = if group.is_empty() { String::new() } else { format!(".{group}") };
    let subresource = subresource.map(|it| format!("/{it}")).unwrap_or_default();
    format!("{of}{group}{subresource}")
}

fn request(what: &Attributes) -> Request {
    match what {
        Attributes::NonResource { path, verb } => {
            Request { verb: verb.clone(), path: Some(path.clone()), ..Request::default() }
        }
        Attributes::Resource { namespace, verb, group, resource, subresource, name } => {
            let whole = match subresource {
                Some(subresource) => format!("{resource}/{subresource}"),
                None => resource.clone(),
            };
            Request {
                verb: verb.clone(),
                resource: Some(text_of(group, &whole)),
                name: name.clone(),
                namespace: namespace.clone(),
                path: None,
            }
        }
    }
}
