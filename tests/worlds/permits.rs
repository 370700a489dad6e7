//! What the team's decisions allow to change of one principal. A decision decides what it names, and nothing else.

use std::collections::BTreeSet;

use crate::apply::Stage;
use crate::cast::Who;
use crate::documents::decided_username;
use crate::oracle::{Access, By, Login, node_groups, rendered};
use crate::rights::Via;
use crate::world::{Choice, Mapping, World};

/// A set of names, or every name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    All,
    These(BTreeSet<String>),
}

impl Names {
    fn none() -> Self {
        Self::These(BTreeSet::new())
    }

    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(names) => names.contains(name),
        }
    }

    fn add(&mut self, name: &str) {
        if let Self::These(names) = self {
            names.insert(name.to_owned());
        }
    }
}

#[derive(Debug, Clone)]
pub struct Permit {
    /// May have no access at all afterwards.
    pub nothing: bool,
    /// May have access though there was none.
    pub entry: bool,
    pub groups_lost: Names,
    /// Groups that may come, and with them, where the decision names the principal, what they are worth.
    pub groups_gained: Names,
    /// Groups that may come for another one, worth what that one was worth.
    pub groups_in_place: BTreeSet<String>,
    pub policies_lost: Names,
    pub policies_gained: Names,
    /// A name of the principal's own choice.
    pub username: Option<String>,
}

/// What may become of `before` by the decisions.
pub fn permit(world: &World, login: &Login, before: Option<&Access>, stage: Stage) -> Permit {
    let mut permit = Permit {
        nothing: false,
        entry: false,
        groups_lost: Names::none(),
        groups_gained: Names::none(),
        groups_in_place: BTreeSet::new(),
        policies_lost: Names::none(),
        policies_gained: Names::none(),
        username: None,
    };
    let by = before.map(|access| &access.by);
    if by == Some(&By::Mapping) {
        team(world, before, &mut permit);
    }
    if by == Some(&By::Account) && stage == Stage::Api {
        permit.nothing = world.team.accounts.iter().any(|it| it.account == login.account && it.skip_others);
    }
    if let Some(who) = login.who {
        person(world, who, login, stage, &mut permit);
    }
    permit
}

/// Decisions about groups change mappings that are effective; an effective entry is another matter.
fn team(world: &World, before: Option<&Access>, permit: &mut Permit) {
    let had = |group: &str| before.is_some_and(|access| access.groups.contains(group));
    for (group, to) in &world.team.groups {
        if had(group) {
            permit.groups_lost.add(group);
            permit.groups_in_place.extend(to.map(str::to_owned));
        }
    }
    if had("system:masters") {
        permit.groups_lost.add("system:masters");
        match world.team.masters {
            Some(group) => drop(permit.groups_in_place.insert(group.to_owned())),
            None => permit.policies_gained.add("AmazonEKSClusterAdminPolicy"),
        }
    }
}

fn person(world: &World, who: Who, login: &Login, stage: Stage, permit: &mut Permit) {
    let Some(person) = world.person(who) else { return };
    let Some(decision) = &person.decision else { return };
    match &decision.choice {
        Choice::Skip => permit.nothing |= stage == Stage::Api,
        Choice::KeepEntry => {}
        // the last one of mapRoles wins; generous where that is not the one
        Choice::TakeMapping => {
            for mapping in &person.mappings {
                taken(world, mapping, login, permit);
            }
        }
        Choice::Values { arn: _, username, groups, kind, policies } => {
            if let Some(text) = username {
                permit.username = rendered(&decided_username(who, text), login);
            }
            if let Some(groups) = groups {
                permit.groups_lost = Names::All;
                groups.iter().for_each(|group| permit.groups_gained.add(group));
            }
            if let Some(policies) = policies {
                permit.policies_lost = Names::All;
                policies.iter().for_each(|policy| permit.policies_gained.add(policy));
            }
            if let Some(kind) = kind {
                permit.entry = true;
                permit.policies_lost = Names::All;
                permit.groups_lost = Names::All;
                permit.nothing |= *kind != "STANDARD";
                node_groups(kind).iter().for_each(|group| permit.groups_gained.add(group));
                permit.username = rendered(&crate::oracle::default_username(who, kind), login);
            }
        }
    }
}

fn taken(world: &World, mapping: &Mapping, login: &Login, permit: &mut Permit) {
    permit.groups_lost = Names::All;
    permit.policies_lost = Names::All;
    permit.nothing = true;
    permit.entry = true;
    for group in &mapping.groups {
        if group == "system:masters" {
            permit.policies_gained.add("AmazonEKSClusterAdminPolicy");
            world.team.masters.into_iter().for_each(|group| permit.groups_gained.add(group));
        }
        let renamed = world.team.groups.iter().filter(|(from, _)| from == group);
        renamed.filter_map(|(_, to)| *to).for_each(|to| permit.groups_gained.add(to));
        permit.groups_gained.extend_rendered(group, login);
    }
    permit.username = mapping.username.as_ref().and_then(|text| rendered(text, login));
}

impl Names {
    fn extend_rendered(&mut self, group: &str, login: &Login) {
        if let Some(group) = rendered(group, login) {
            self.add(&group);
        }
    }
}

impl Permit {
    /// Whether a right that came this way may go.
    pub fn may_lose(&self, via: &Via, world: &World) -> bool {
        match via {
            // a renamed group keeps its worth, a dropped one does not
            Via::Group(group) => match world.team.groups.iter().find(|(name, _)| name == group) {
                Some((_, Some(_))) => self.groups_lost == Names::All,
                _ if group == "system:masters" => {
                    self.groups_lost == Names::All || self.policies_lost == Names::All
                }
                _ => self.groups_lost.has(group),
            },
            Via::Policy(policy) => self.policies_lost.has(policy),
            Via::Username => self.username.is_some(),
        }
    }

    /// Whether a right may come this way.
    pub fn may_gain(&self, via: &Via, username: &str) -> bool {
        match via {
            Via::Group(group) => self.groups_gained.has(group),
            Via::Policy(policy) => self.policies_gained.has(policy),
            Via::Username => self.username.as_deref() == Some(username),
        }
    }
}
