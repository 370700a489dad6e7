//! Who a login is, by what AWS and the authenticator are documented to do. Shares no code with the planner.

use std::collections::BTreeSet;

use crate::cast::{EVERYBODY, HOME, OTHER, Who};
use crate::world::{BORN, Binding, Fate, Mapping, Mode, REBORN, Section, World};

/// What decides who a login is, at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub mode: Mode,
    pub mappings: Vec<Mapping>,
    pub accounts: Vec<&'static str>,
    pub entries: Vec<RawEntry>,
    pub bindings: Vec<Binding>,
}

/// All that EKS shows of an access entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEntry {
    pub principal: String,
    pub kind: String,
    pub username: String,
    pub groups: BTreeSet<String>,
    pub policies: BTreeSet<(String, String)>,
    pub created: String,
    /// Times, tags and ids.
    pub rest: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// `None`: the root user.
    pub who: Option<Who>,
    pub account: &'static str,
    pub canonical: String,
    pub session: &'static str,
}

pub const INSTANCE: &str = "i-0123456789abcdef0";
const DNS: &str = "ip-10-0-0-1.ec2.internal";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub username: String,
    pub groups: BTreeSet<String>,
    pub policies: BTreeSet<(String, String)>,
    pub by: By,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    Mapping,
    Account,
    Entry(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Somebody(Access),
    Nobody,
    /// Mappings that differ in case alone: EKS takes either.
    Random,
}

impl Answer {
    pub fn access(&self) -> Option<&Access> {
        match self {
            Self::Somebody(access) => Some(access),
            Self::Nobody | Self::Random => None,
        }
    }
}

/// Everybody who can log in, with sessions of all kinds. Who is gone from IAM cannot.
pub fn logins(world: &World) -> Vec<Login> {
    let mut logins = Vec::new();
    for who in EVERYBODY.into_iter().filter(|who| world.fate(*who) != Fate::Gone) {
        let sessions: &[&str] = if who.is_role() { &["ann", "Bob@x.org", INSTANCE] } else { &[""] };
        logins.extend(sessions.iter().map(|session| Login {
            who: Some(who),
            account: who.account(),
            canonical: who.canonical(),
            session,
        }));
    }
    for account in [HOME, OTHER] {
        let canonical = format!("arn:aws:iam::{account}:root");
        logins.push(Login { who: None, account, canonical, session: "" });
    }
    logins
}

/// An entry holds on to the principal it was made for, by its unique id.
pub fn is_alive(world: &World, entry: &RawEntry) -> bool {
    let Some(who) = Who::of(&entry.principal) else { return true };
    match world.fate(who) {
        Fate::Gone => false,
        // times of one form compare as text
        Fate::Here => BORN < entry.created.as_str(),
        Fate::Recreated => REBORN < entry.created.as_str(),
    }
}

pub fn live_entry<'s>(world: &World, state: &'s State, who: Who) -> Option<&'s RawEntry> {
    let entries = state.entries.iter().filter(|_| state.mode != Mode::ConfigMap);
    entries.filter(|entry| is_alive(world, entry)).find(|entry| entry.principal == who.arn())
}

/// What decides who a login is.
#[derive(Debug, Clone, PartialEq)]
pub enum Source<'s> {
    Entry(&'s RawEntry),
    Mapping(&'s Mapping),
    /// Mappings that differ in case alone: EKS takes either.
    Either,
    Account,
    Nothing,
}

pub fn source<'s>(world: &World, state: &'s State, login: &Login) -> Source<'s> {
    let entry = login.who.and_then(|who| live_entry(world, state, who));
    match entry {
        Some(entry) => Source::Entry(entry),
        None if state.mode == Mode::Api => Source::Nothing,
        None => mapped(state, login),
    }
}

/// What `aws-auth` says, whatever entries there are.
pub fn mapped<'s>(state: &'s State, login: &Login) -> Source<'s> {
    let matching = |section| {
        let all = state.mappings.iter().filter(move |it| it.section == section);
        all.filter(|it| it.arn.eq_ignore_ascii_case(&login.canonical)).collect::<Vec<_>>()
    };
    // roles are kept under the lower-cased ARN: the last one wins whole
    if let Some(mapping) = matching(Section::Roles).pop() {
        return Source::Mapping(mapping);
    }
    // users under the ARN as it is written: of two spellings either may win
    let users = matching(Section::Users);
    if let Some(mapping) = users.last() {
        let spellings: BTreeSet<&str> = users.iter().map(|it| it.arn.as_str()).collect();
        return if spellings.len() > 1 { Source::Either } else { Source::Mapping(mapping) };
    }
    if state.accounts.contains(&login.account) { Source::Account } else { Source::Nothing }
}

pub fn answer(world: &World, state: &State, login: &Login) -> Answer {
    match source(world, state, login) {
        Source::Entry(entry) => by_entry(entry, login).map_or(Answer::Nobody, Answer::Somebody),
        Source::Mapping(mapping) => by_mapping(mapping, login),
        Source::Either => Answer::Random,
        Source::Account => Answer::Somebody(Access {
            username: login.canonical.clone(),
            groups: BTreeSet::new(),
            policies: BTreeSet::new(),
            by: By::Account,
        }),
        Source::Nothing => Answer::Nobody,
    }
}

fn by_mapping(mapping: &Mapping, login: &Login) -> Answer {
    let username = rendered(mapping.username.as_deref().unwrap_or_default(), login);
    let groups: Option<BTreeSet<String>> =
        mapping.groups.iter().map(|group| rendered(group, login)).collect();
    match (username, groups) {
        (Some(username), Some(groups)) => {
            Answer::Somebody(Access { username, groups, policies: BTreeSet::new(), by: By::Mapping })
        }
        // a template that fails denies the login; nothing behind it is asked
        _ => Answer::Nobody,
    }
}

/// `None`: only instances have a private DNS name.
pub fn rendered(template: &str, login: &Login) -> Option<String> {
    if template.contains("{{EC2PrivateDNSName}}") && login.session != INSTANCE {
        return None;
    }
    let text = template.replace("{{EC2PrivateDNSName}}", DNS);
    let text = text.replace("{{AccountID}}", login.account);
    let text = text.replace("{{SessionName}}", &login.session.replace('@', "-"));
    let text = text.replace("{{SessionNameRaw}}", login.session);
    Some(text.replace("{{AccessKeyID}}", "ASIAEXAMPLE"))
}

pub fn by_entry(entry: &RawEntry, login: &Login) -> Option<Access> {
    let username = rendered(&entry.username, login)?;
    let mut groups = entry.groups.clone();
    groups.extend(node_groups(&entry.kind).iter().map(|group| (*group).to_owned()));
    Some(Access { username, groups, policies: entry.policies.clone(), by: By::Entry(entry.kind.clone()) })
}

/// What a node may do by the type of its entry, in the groups of `aws-auth`.
pub fn node_groups(kind: &str) -> &'static [&'static str] {
    match kind {
        "EC2_LINUX" | "EC2" | "HYBRID_LINUX" => &["system:bootstrappers", "system:nodes"],
        "EC2_WINDOWS" => &["system:bootstrappers", "system:nodes", "eks:kube-proxy-windows"],
        "FARGATE_LINUX" => &["system:bootstrappers", "system:nodes", "system:node-proxier"],
        _ => &[],
    }
}

/// The username that EKS sets where none is given.
pub fn default_username(who: Who, kind: &str) -> String {
    match kind {
        "EC2_LINUX" | "EC2_WINDOWS" => "system:node:{{EC2PrivateDNSName}}".to_owned(),
        "FARGATE_LINUX" | "HYBRID_LINUX" | "EC2" => "system:node:{{SessionName}}".to_owned(),
        _ if who.is_role() => {
            format!("arn:aws:sts::{}:assumed-role/{}/{{{{SessionName}}}}", who.account(), who.name())
        }
        _ => who.arn(),
    }
}
