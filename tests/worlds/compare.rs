//! Who everybody was against who everybody is.

use std::collections::{BTreeMap, BTreeSet};

use crate::apply::Stage;
use crate::cast::Who;
use crate::oracle::{
    Access, Answer, By, INSTANCE, Login, RawEntry, Source, State, answer, default_username, is_alive,
    live_entry, logins, mapped, node_groups,
};
use crate::permits::permit;
use crate::rights::{ALL, Via, is_admin, rights};
use crate::said::Said;
use crate::world::{Caller, Choice, Fate, Mode, Use, World};

/// One broken promise.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Which promise, and where: failures of one kind have one cause, most likely.
    pub kind: String,
    pub text: String,
}

pub struct Compared<'a> {
    pub world: &'a World,
    pub said: &'a [Said],
    pub before: &'a State,
    pub after: &'a State,
    pub stage: Stage,
}

/// Groups that give nothing that a login does not have anyway.
fn is_implicit(group: &str, after: &Access, world: &World, login: &Login) -> bool {
    let is_node = matches!(&after.by, By::Entry(kind) if !node_groups(kind).is_empty());
    match group {
        "" | "system:authenticated" => true,
        "system:bootstrappers" | "system:nodes" | "system:node-proxier" => is_node,
        // the image of a node group decides before the text of a mapping
        "eks:kube-proxy-windows" => is_node && login.who.is_some_and(|who| is_linux_alone(world, who)),
        _ => false,
    }
}

fn is_linux_alone(world: &World, who: Who) -> bool {
    world.uses.contains(&Use::Linux(who)) && !world.uses.contains(&Use::Windows(who))
}

impl Compared<'_> {
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        for login in logins(self.world) {
            self.login(&login, &mut found);
        }
        found
    }

    fn login(&self, login: &Login, found: &mut Vec<Violation>) {
        let was = answer(self.world, self.before, login);
        let is = answer(self.world, self.after, login);
        let from = match (&was, self.before.mode) {
            (Answer::Nobody, _) => "nobody".to_owned(),
            (Answer::Random, _) => "random".to_owned(),
            (Answer::Somebody(access), mode) => format!("{mode:?}-{}", by(access)),
        };
        let mut report = |what: &str, detail: String| {
            let is_caller = matches!(self.world.caller, Caller::Known(who) if Some(who) == login.who);
            let caller = if is_caller && what.starts_with("take") { "caller-" } else { "" };
            found.push(Violation {
                kind: format!("{caller}{what}/{from}"),
                text: format!(
                    "{:?}: {} as {:?}: {detail}\n  was {was:?}\n  is {is:?}",
                    self.stage, login.canonical, login.session
                ),
            });
        };
        if was == Answer::Random {
            if is != Answer::Random && !self.is_named(login) {
                report("random-settled", "either of two mappings became one".to_owned());
            }
            return;
        }
        match (was.access(), is.access()) {
            (None, None) => {}
            (None, Some(after)) => {
                let allowed = permit(self.world, login, None, self.stage);
                if !allowed.entry && !self.is_made_by_eks(login) && !self.serves_a_node(login, after) {
                    report("grant-access", "has access that it had not".to_owned());
                }
            }
            (Some(before), None) => {
                let allowed = permit(self.world, login, Some(before), self.stage);
                if allowed.nothing || self.is_no_node(login, before) {
                    return;
                }
                if self.is_made_by_eks(login) {
                    if !self.is_mentioned(login) {
                        report("unsaid-eks-override", "EKS's own entry took its place".to_owned());
                    }
                    return;
                }
                report("take-access", "has no access any more".to_owned());
            }
            (Some(before), Some(after)) => self.both(login, before, after, &mut report),
        }
    }

    fn both(&self, login: &Login, before: &Access, after: &Access, report: &mut dyn FnMut(&str, String)) {
        if before.username == after.username
            && before.groups == after.groups
            && before.policies == after.policies
        {
            return self.worth(login, before, after, report);
        }
        let made = self.is_made_by_eks(login);
        if made && is_admin(after, &self.after.bindings) {
            return;
        }
        let of_service = login.who.is_some_and(Who::is_service_linked);
        let of_nodes = matches!(&after.by, By::Entry(kind) if kind != "STANDARD") && !is_node_like(before);
        if made && (of_service || of_nodes) {
            // nobody can know of whoever has access by `mapAccounts`
            if before.by != By::Account && !self.is_mentioned(login) {
                report("unsaid-eks-override", "EKS's own entry took its place".to_owned());
            }
            return;
        }
        let allowed = permit(self.world, login, Some(before), self.stage);
        let had_all = is_admin(before, &self.before.bindings);
        let has_all = is_admin(after, &self.after.bindings);
        let is_node = matches!(&after.by, By::Entry(kind) if !node_groups(kind).is_empty());
        let mut changed = before.username != after.username;
        for group in before.groups.difference(&after.groups) {
            if is_implicit(group, after, self.world, login) || group == "system:masters" && has_all {
                continue;
            }
            changed = true;
            let reported = is_node && group != "system:masters" && self.is_mentioned(login);
            if !allowed.groups_lost.has(group) && !reported {
                report("take-group", format!("lost {group:?}"));
            }
        }
        for group in after.groups.difference(&before.groups) {
            let of_node = matches!(&after.by, By::Entry(kind) if node_groups(kind).contains(&group.as_str()));
            if of_node && is_node_like(before) {
                continue;
            }
            changed = true;
            if !allowed.groups_gained.has(group) && !allowed.groups_in_place.contains(group) {
                report("grant-group", format!("got {group:?}"));
            }
        }
        for (policy, scope) in before.policies.difference(&after.policies) {
            changed = true;
            if !allowed.policies_lost.has(policy) {
                report("take-policy", format!("lost {policy} at {scope}"));
            }
        }
        for (policy, scope) in after.policies.difference(&before.policies) {
            // EKS gave it, and nobody could have known to whom
            let is_creators = self.before.mode == Mode::ConfigMap && self.world.eks.creator == login.who;
            if is_creators && policy == "AmazonEKSClusterAdminPolicy" {
                continue;
            }
            let is_masters =
                policy == "AmazonEKSClusterAdminPolicy" && before.groups.contains("system:masters");
            if is_masters {
                continue;
            }
            changed = true;
            if !allowed.policies_gained.has(policy)
                || policy == "AmazonEKSClusterAdminPolicy" && scope != "cluster"
            {
                report("grant-policy", format!("got {policy} at {scope}"));
            }
        }
        if had_all && !has_all && !self.may_lose(login, after, &rights(before, &self.before.bindings)[ALL]) {
            report("take-admin", "was an administrator".to_owned());
        }
        self.worth(login, before, after, report);
        if changed && !self.is_mentioned(login) {
            report("unsaid", "changed, and no plan says a word of it".to_owned());
        } else if before.username != after.username
            && !login.who.is_some_and(|who| self.said.iter().any(|said| said.speaks_of_username(who)))
            && !self.is_named(login)
            && !is_node
        {
            report("unsaid-username", "has another username, and no plan says so".to_owned());
        }
    }

    /// What the names and policies are worth, with the bindings of then and of now.
    fn worth(&self, login: &Login, before: &Access, after: &Access, report: &mut dyn FnMut(&str, String)) {
        let allowed = permit(self.world, login, Some(before), self.stage);
        let had = rights(before, &self.before.bindings);
        let has = rights(after, &self.after.bindings);
        if !has.contains_key(ALL) {
            for (right, vias) in had.iter().filter(|(right, _)| !has.contains_key(*right) && *right != ALL) {
                if !self.may_lose(login, after, vias) {
                    report("take-right", format!("lost {right} by {vias:?}"));
                }
            }
        }
        let is_creator = self.before.mode == Mode::ConfigMap && self.world.eks.creator == login.who;
        if !had.contains_key(ALL) {
            let new: BTreeMap<_, _> = has.iter().filter(|(right, _)| !had.contains_key(*right)).collect();
            for (right, vias) in new {
                let by_eks =
                    is_creator && vias.contains(&Via::Policy("AmazonEKSClusterAdminPolicy".to_owned()));
                if !by_eks && !vias.iter().any(|via| allowed.may_gain(via, &after.username)) {
                    let what = if right == ALL { "grant-admin" } else { "grant-right" };
                    report(what, format!("got {right} by {vias:?}"));
                }
            }
        }
    }

    /// By a decision, or because node types and new usernames cannot carry it over, which is reported.
    fn may_lose(&self, login: &Login, after: &Access, vias: &BTreeSet<Via>) -> bool {
        let before = answer(self.world, self.before, login);
        let allowed = permit(self.world, login, before.access(), self.stage);
        let is_node = matches!(&after.by, By::Entry(kind) if !node_groups(kind).is_empty());
        let is_reported = |via: &Via| match via {
            Via::Username => true,
            Via::Group(group) => is_node && group != "system:masters",
            Via::Policy(_) => false,
        };
        vias.iter()
            .all(|via| allowed.may_lose(via, self.world) || is_reported(via) && self.is_mentioned(login))
    }

    fn is_mentioned(&self, login: &Login) -> bool {
        login.who.is_none_or(|who| self.said.iter().any(|said| said.mentions(who)))
    }

    /// By a decision that gives values or chooses between entry and mapping.
    fn is_named(&self, login: &Login) -> bool {
        login.who.is_some_and(|who| is_decided(self.world, who))
    }

    /// Made at the switch, and as EKS makes it.
    fn is_made_by_eks(&self, login: &Login) -> bool {
        let Some(who) = login.who else { return false };
        let Some(entry) = live_entry(self.world, self.after, who) else { return false };
        self.before.mode == Mode::ConfigMap && is_of_eks(self.world, who, entry)
    }

    /// Nodes in use get the entry that they need.
    fn serves_a_node(&self, login: &Login, after: &Access) -> bool {
        let By::Entry(kind) = &after.by else { return false };
        let uses = self.world.uses.iter().filter(|it| Some(it.role()) == login.who);
        uses.into_iter().any(|it| serves(kind, *it))
    }

    /// A mapping made for nodes, asked by a session that no node has.
    fn is_no_node(&self, login: &Login, before: &Access) -> bool {
        is_node_like(before) && login.session != INSTANCE
    }
}

/// By a decision that gives values, or takes the mapping.
pub fn is_decided(world: &World, who: Who) -> bool {
    let choice = world.person(who).and_then(|person| person.decision.as_ref()).map(|it| &it.choice);
    match choice {
        Some(Choice::Values { username, groups, kind, policies, arn: _ }) => {
            username.is_some() || groups.is_some() || kind.is_some() || policies.is_some()
        }
        Some(Choice::TakeMapping) => true,
        Some(Choice::Skip | Choice::KeepEntry) | None => false,
    }
}

/// As EKS makes entries: for the creator, for nodes and for its own role.
pub fn is_of_eks(world: &World, who: Who, entry: &RawEntry) -> bool {
    let all = ("AmazonEKSClusterAdminPolicy".to_owned(), "cluster".to_owned());
    let of_creator =
        world.eks.creator == Some(who) && entry.kind == "STANDARD" && entry.policies.contains(&all);
    let of_nodes = entry.kind != "STANDARD" && world.uses.iter().any(|it| it.role() == who);
    let of_service = world.eks.batch && who.is_service_linked() && entry.kind == "STANDARD";
    of_creator || of_service || of_nodes && entry.username == default_username(who, &entry.kind)
}

pub fn is_node_like(access: &Access) -> bool {
    access.username.starts_with("system:node:") && access.groups.contains("system:nodes")
}

pub fn serves(kind: &str, it: Use) -> bool {
    match it {
        Use::Linux(_) | Use::Custom(_) => ["EC2_LINUX", "EC2_WINDOWS"].contains(&kind),
        Use::Windows(_) => kind == "EC2_WINDOWS",
        Use::Fargate(_) => kind == "FARGATE_LINUX",
        Use::Auto(_) => kind == "EC2",
    }
}

fn by(access: &Access) -> &str {
    match &access.by {
        By::Mapping => "mapping",
        By::Account => "account",
        By::Entry(kind) if kind == "STANDARD" => "entry",
        By::Entry(_) => "node-entry",
    }
}

/// Entries that are effective, and those that have nothing to do with `aws-auth`, stay exactly as they are.
pub fn untouched(world: &World, before: &State, after: &State, stage: Stage) -> Vec<Violation> {
    let mut found = Vec::new();
    for entry in &before.entries {
        let Some(who) = Who::of(&entry.principal) else { continue };
        let lives = is_alive(world, entry);
        let is_mapped = logins(world)
            .iter()
            .filter(|login| login.who == Some(who))
            .any(|login| mapped(before, login) != Source::Nothing);
        if is_decided(world, who) || !lives && is_mapped || after.entries.contains(entry) {
            continue;
        }
        let kind = if lives { "touched-live-entry" } else { "touched-dead-entry" };
        let standard = if entry.kind == "STANDARD" { "standard" } else { "node" };
        let now = after.entries.iter().find(|it| it.principal == entry.principal);
        found.push(Violation {
            kind: format!("{kind}/{standard}"),
            text: format!("{stage:?}: {entry:?}\n  became {now:?}"),
        });
    }
    for entry in
        after.entries.iter().filter(|entry| !before.entries.iter().any(|it| it.principal == entry.principal))
    {
        if Who::of(&entry.principal).is_some_and(|who| world.fate(who) == Fate::Gone) {
            found.push(Violation { kind: "entry-for-nobody".to_owned(), text: format!("{entry:?}") });
        }
    }
    found
}

/// What must hold once nothing but entries counts.
pub fn locked_out(world: &World, before: &State, after: &State) -> Vec<Violation> {
    let mut found = Vec::new();
    for it in &world.uses {
        let entry = live_entry(world, after, it.role());
        if !entry.is_some_and(|entry| serves(&entry.kind, *it)) {
            let text = format!("{it:?} has {:?}", entry.map(|entry| &entry.kind));
            found.push(Violation { kind: "lock-nodes".to_owned(), text });
        }
    }
    let administrators: Vec<Who> = logins(world)
        .iter()
        .filter(|login| matches!(login.session, "" | "ann"))
        .filter(|login| answer(world, after, login).access().is_some_and(|it| is_admin(it, &after.bindings)))
        .filter_map(|login| login.who)
        .filter(|who| !who.is_service_linked() && world.caller != Caller::Known(*who))
        .collect();
    // EKS makes entries for principals that exist: one that was made on the way proves that somebody is there
    let is_new = |who: Who| !before.entries.iter().any(|entry| entry.principal == who.arn());
    if !administrators.iter().any(|who| world.is_known(*who) || is_new(*who)) {
        let kind = if administrators.is_empty() { "lock-admin" } else { "lock-admin-unknown" };
        let text = format!("administrators but the caller: {administrators:?}");
        found.push(Violation { kind: kind.to_owned(), text });
    }
    found
}

/// After a rollback everybody is who they were, but for what EKS did by itself.
pub fn restored(world: &World, before: &State, after: &State, stage: Stage) -> Vec<Violation> {
    let mut found = Vec::new();
    for login in logins(world) {
        let was = answer(world, before, &login);
        let is = answer(world, after, &login);
        let same = match (was.access(), is.access()) {
            (Some(was), Some(is)) => {
                was.username == is.username && was.groups == is.groups && was.policies == is.policies
            }
            _ => was == is,
        };
        let entry = login.who.and_then(|who| live_entry(world, after, who));
        let by_eks = before.mode == Mode::ConfigMap
            && login.who.zip(entry).is_some_and(|(who, entry)| is_of_eks(world, who, entry));
        if !same && !by_eks {
            found.push(Violation {
                kind: format!("rollback-effective/{:?}/{stage:?}", before.mode),
                text: format!("{} as {:?}\n  was {was:?}\n  is {is:?}", login.canonical, login.session),
            });
        }
    }
    let lists = before.mappings == after.mappings && before.accounts == after.accounts;
    let bindings = |state: &State| state.bindings.iter().cloned().collect::<BTreeSet<_>>();
    if !lists || bindings(before) != bindings(after) {
        found.push(Violation {
            kind: format!("rollback-leaves/{stage:?}"),
            text: format!(
                "aws-auth as before: {lists}; bindings were {:?}, are {:?}",
                before.bindings, after.bindings
            ),
        });
    }
    found
}
