//! Names and groups that decisions or EKS's defaults introduce, held against every other mapping, entry and binding: who would
//! have more by them than today.

use std::collections::{BTreeMap, BTreeSet};

use super::bindings::is_repeated;
use super::settle::Settled;
use crate::facts::{EntryFact, Facts};
use crate::findings::{Finding, Gain, Note, Reason};
use crate::model::{CanonicalArn, PrincipalArn, Token, UsernameTemplate};
use crate::planner::given::Given;
use crate::planner::{Blocker, Line, Outcome, Target};
use crate::rbac::{Binding, BindingRef, Index, could_become};

/// Who would have more by a name that a target introduces, by the principal whose target that is.
#[derive(Default)]
pub(in crate::planner) struct Gains {
    refused: BTreeMap<PrincipalArn, Vec<Gain>>,
    /// What `accept-gains` accepts.
    pub accepted: BTreeMap<PrincipalArn, Vec<Gain>>,
}

impl Gains {
    pub fn are_refused(&self) -> bool {
        !self.refused.is_empty()
    }

    /// Why the principal's target waits.
    pub(super) fn blocker(&self, principal: &PrincipalArn) -> Option<Blocker> {
        self.refused.get(principal).map(|gains| Blocker::Gains { gains: gains.clone() })
    }
}

/// Holds every name that is introduced against everybody who has it.
pub(in crate::planner) fn find_gains(given: &Given<'_>, settled: &Settled) -> Gains {
    let introduced: Vec<(&Target, Introduced)> = settled
        .targets
        .values()
        .flat_map(|target| introduced(target).into_iter().map(move |it| (target, it)))
        .collect();
    let mut gains = Gains::default();
    if introduced.is_empty() {
        return gains;
    }
    let holders = Holders::of(given, settled);
    for (target, name) in &introduced {
        let found = match name {
            Introduced::Group { from, to } => by_group(given, &holders, target, from, to),
            Introduced::Username { to } => by_username(given, &holders, target, to),
        };
        let is_accepted = |gain: &Gain| given.decisions.accept_gains.contains_key(&gain.name);
        for gain in found {
            let of = if is_accepted(&gain) { &mut gains.accepted } else { &mut gains.refused };
            of.entry(target.entry.principal.clone()).or_default().push(gain);
        }
    }
    gains
}

/// What a reviewer should see although a decision asks for it: accepted gains, and groups that decisions give.
pub(in crate::planner) fn notices(given: &Given<'_>, settled: &Settled, gains: &Gains) -> Vec<Finding> {
    let notice = |target: &Target, reason| {
        Finding::new(Some(target.from.clone()), target.entry.principal.as_str(), reason)
    };
    let mut found = Vec::new();
    for target in settled.targets.values() {
        let principal = &target.entry.principal;
        for gain in gains.accepted.get(principal).into_iter().flatten() {
            found.push(notice(target, Reason::GainAccepted { gain: gain.clone() }));
        }
        if !target.notes.iter().any(|note| matches!(note, Note::Decided { .. })) {
            continue;
        }
        let account = principal.account().as_str();
        let today = |group: &str| {
            target.groups_today.iter().any(|held| held.replace(Token::AccountId.as_str(), account) == group)
        };
        let names = introduced(target);
        let is_new = |group: &str| {
            !today(group)
                && !names.iter().any(|name| matches!(name, Introduced::Group { from: _, to } if to == group))
        };
        let added = target.entry.groups.iter().map(|group| group.as_str()).filter(|group| is_new(group));
        for group in added {
            let bindings = given.index.as_ref().map(|index| index.bindings_of_group(group));
            let bindings: Vec<BindingRef> =
                bindings.into_iter().flatten().map(|it| BindingRef::from(*it)).collect();
            if !bindings.is_empty() {
                found.push(notice(target, Reason::GroupGiven { group: group.to_owned(), bindings }));
            }
        }
    }
    found
}

/// A name that the principal does not have today.
enum Introduced {
    /// In place of another group, `system:masters` included.
    Group {
        from: String,
        to: String,
    },
    Username {
        to: String,
    },
}

fn introduced(target: &Target) -> Vec<Introduced> {
    let mut names = Vec::new();
    for note in &target.notes {
        match note {
            Note::GroupRenamed { from, to, bindings: _ } => {
                names.push(Introduced::Group { from: from.clone(), to: to.clone() });
            }
            Note::MastersByGroup { group, binding: _ } => names.push(Introduced::Group {
                from: crate::model::GroupName::MASTERS.to_owned(),
                to: group.clone(),
            }),
            Note::UsernameChanged { to, .. } | Note::UsernameDefaulted { to } => {
                names.push(Introduced::Username { to: to.clone() });
            }
            _ => {}
        }
    }
    names
}

/// Everybody with the groups and usernames that they have, or will have, without what is introduced; each as it is spelled.
struct Holders {
    groups: BTreeMap<String, BTreeMap<CanonicalArn, String>>,
    usernames: BTreeMap<String, BTreeMap<CanonicalArn, String>>,
    /// Groups that are introduced: by whom, in place of which others.
    introduced: BTreeMap<String, BTreeMap<CanonicalArn, (String, BTreeSet<String>)>>,
    /// Usernames with a placeholder, by what stands before the first.
    templates: BTreeMap<String, BTreeSet<String>>,
}

impl Holders {
    fn of(given: &Given<'_>, settled: &Settled) -> Self {
        let mut holders = Self {
            groups: BTreeMap::new(),
            usernames: BTreeMap::new(),
            introduced: BTreeMap::new(),
            templates: BTreeMap::new(),
        };
        for target in settled.targets.values() {
            holders.add_target(target);
        }
        for entry in given.facts.entries.iter().filter(|entry| !entry.liveness.is_dead()) {
            let has_target = entry.principal.as_ref().is_some_and(|it| settled.targets.contains_key(it));
            if !has_target {
                holders.add_entry(entry);
            }
        }
        for line in &settled.lines {
            holders.add_line(line, given.facts);
        }
        holders
    }

    fn add(&mut self, spelled: &str, username: Option<&str>, groups: impl Iterator<Item = String>) {
        let who = CanonicalArn::of(spelled);
        for group in groups {
            self.groups.entry(group).or_default().insert(who.clone(), spelled.to_owned());
        }
        if let Some(username) = username {
            if let Some(at) = username.find("{{") {
                self.templates.entry(username[..at].to_owned()).or_default().insert(username.to_owned());
            }
            self.usernames.entry(username.to_owned()).or_default().insert(who, spelled.to_owned());
        }
    }

    fn add_target(&mut self, target: &Target) {
        let names = introduced(target);
        let is_new = |group: &str| {
            names.iter().any(|name| matches!(name, Introduced::Group { from: _, to } if to == group))
        };
        let who = target.entry.principal.as_str();
        for name in &names {
            if let Introduced::Group { from, to } = name {
                let by = self.introduced.entry(to.clone()).or_default();
                let (_, sources) =
                    by.entry(CanonicalArn::of(who)).or_insert_with(|| (who.to_owned(), BTreeSet::new()));
                sources.insert(from.clone());
            }
        }
        let groups = target.entry.groups.iter().map(ToString::to_string).filter(|group| !is_new(group));
        self.add(who, target.entry.effective_username().as_deref(), groups);
    }

    fn add_entry(&mut self, entry: &EntryFact<'_>) {
        let observed = entry.observed;
        self.add(&observed.principal, Some(&observed.username), observed.groups.iter().cloned());
    }

    /// A mapping that stays effective: it waits for a decision, or is skipped.
    fn add_line(&mut self, line: &Line, facts: &Facts<'_>) {
        if !matches!(line.outcome, Outcome::Blocked { .. } | Outcome::Skipped { .. }) {
            return;
        }
        let who = CanonicalArn::as_mapped(&line.arn);
        if facts.entries.live(&who).is_some() {
            return;
        }
        let account = line.arn.split(':').nth(4).unwrap_or_default();
        let written = |text: &str| UsernameTemplate::new(text).with(Token::AccountId, account).to_string();
        let groups: Vec<String> = line.groups.iter().map(|group| written(group)).collect();
        self.add(&line.arn, Some(&written(&line.username)), groups.into_iter());
    }
}

/// A group in place of another: its members gain what the other's bindings give, and the principal what its own give.
fn by_group(given: &Given<'_>, holders: &Holders, target: &Target, from: &str, to: &str) -> Vec<Gain> {
    let own = CanonicalArn::of_principal(&target.entry.principal);
    let others = holders.groups.get(to).into_iter().flatten().filter(|(who, _)| **who != own);
    let index = given.index.as_ref();
    let bound = |group: &str| index.map(|index| index.bindings_of_group(group)).unwrap_or_default();
    let masters = from == crate::model::GroupName::MASTERS;
    let before: Vec<&Binding> =
        bound(from).iter().copied().filter(|it| masters || !is_repeated(it)).collect();
    let of_new: Vec<&Binding> = bound(to).iter().copied().filter(|it| !is_repeated(it)).collect();
    let beyond = |some: &[&Binding], others: &[&Binding]| -> BTreeSet<BindingRef> {
        let is_new = |it: &&&Binding| !others.iter().any(|other| gives_the_same(other, it));
        some.iter().filter(is_new).map(|it| BindingRef::from(*it)).collect()
    };
    let administers = |it: &&Binding| index.is_some_and(|index| index.grants_cluster_admin(it));
    let gain = |who: Option<&String>, bindings, everything| Gain {
        name: to.to_owned(),
        who: who.cloned(),
        bindings,
        everything,
    };
    let for_others = beyond(&before, bound(to));
    let everything = masters && !bound(to).iter().any(administers);
    // an administrator gains nothing by a group
    let for_itself = if masters { BTreeSet::new() } else { beyond(&of_new, &before) };
    let mut gains = Vec::new();
    // others who get the same new name in place of other groups
    let beside = holders.introduced.get(to).into_iter().flatten();
    for (_, (who, sources)) in beside.filter(|(who, (_, sources))| **who != own && !sources.contains(from)) {
        let theirs: Vec<&Binding> = sources.iter().flat_map(|group| bound(group).iter().copied()).collect();
        let what = beyond(&before, &theirs);
        let everything = masters && !theirs.iter().any(administers);
        if !sources.contains(crate::model::GroupName::MASTERS) && (everything || !what.is_empty()) {
            gains.push(gain(Some(who), what, everything));
        }
    }
    if !for_itself.is_empty() {
        gains.push(gain(None, for_itself, false));
    }
    let shared = !of_new.is_empty() && for_others.is_empty() && !everything;
    for (_, who) in others.filter(|_| !shared) {
        gains.push(gain(Some(who), for_others.clone(), everything));
    }
    gains
}

/// A username: the principal gains what bindings give it already, and whoever else has the name gains what is copied for it.
fn by_username(given: &Given<'_>, holders: &Holders, target: &Target, to: &str) -> Vec<Gain> {
    let own = CanonicalArn::of_principal(&target.entry.principal);
    let gain = |who, bindings| Gain { name: to.to_owned(), who, bindings, everything: false };
    let mut gains = Vec::new();
    let gained = target.notes.iter().find_map(|note| match note {
        Note::UsernameChanged { gained, .. } => Some(gained.clone()),
        _ => None,
    });
    let template = UsernameTemplate::new(to);
    let gained = gained.unwrap_or_else(|| bound_to(given.index.as_ref(), &template));
    if !gained.is_empty() {
        gains.push(gain(None, gained));
    }
    let copied = target.notes.iter().find_map(|note| match note {
        Note::UsernameChanged { carried, .. } => {
            Some(carried.iter().cloned().collect::<BTreeSet<BindingRef>>())
        }
        _ => None,
    });
    for (_, who) in same_name(holders, &template, to).into_iter().filter(|(who, _)| *who != own) {
        gains.push(gain(Some(who), copied.clone().unwrap_or_default()));
    }
    gains
}

fn bound_to(index: Option<&Index<'_>>, template: &UsernameTemplate) -> BTreeSet<BindingRef> {
    let bindings = index.into_iter().flat_map(|index| index.bindings_of_template(template));
    bindings
        .flat_map(|(_, bindings)| bindings.iter())
        .filter(|it| !is_repeated(it))
        .map(|it| BindingRef::from(*it))
        .collect()
}

/// Who can log in by a name that a login makes of the template, as each is spelled.
fn same_name(holders: &Holders, template: &UsernameTemplate, to: &str) -> BTreeMap<CanonicalArn, String> {
    // up to the first placeholder two names that can meet are the same
    let fixed = to.find("{{").map_or(to, |at| &to[..at]);
    let near = holders.usernames.range(fixed.to_owned()..).take_while(|(name, _)| name.starts_with(fixed));
    let prefixes = fixed.char_indices().map(|(at, _)| &fixed[..at]);
    let shorter = prefixes.filter_map(|prefix| holders.templates.get(prefix)).flatten();
    let shorter = shorter.filter_map(|name| holders.usernames.get_key_value(name));
    let meets = |name: &str| {
        name == to || could_become(template, name) || could_become(&UsernameTemplate::new(name), to)
    };
    let found = near.chain(shorter).filter(|(name, _)| meets(name));
    found.flat_map(|(_, who)| who.iter().map(|(who, spelled)| (who.clone(), spelled.clone()))).collect()
}

fn gives_the_same(one: &Binding, other: &Binding) -> bool {
    (&one.namespace, &one.role_ref) == (&other.namespace, &other.role_ref)
}
