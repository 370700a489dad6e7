use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::bindings::{self, Bindings};
use super::classify::{Class, classify};
use super::proposal::propose;
use super::rename::rename;
use crate::facts::{Administrators, Facts};
use crate::findings::{DecidedValue, Given, Impossible};
use crate::model::{
    AccessEntry, AccessScope, Associations, EntryType, EntryUsername, GroupName, PolicyArn, PrincipalArn,
    Token, Username, UsernameTemplate,
};
use crate::planner::{
    Blocker, Decisions, ExistingDecision, Gain, GroupDecision, Masters, Note, PolicyDecision, PolicyRefusal,
    PrincipalDecision, ProposedUsernames, UsernameDecision,
};
use crate::rbac::{Assignable, BindingRef, Index, Rbac, access_policy, nearest_policy};

/// What a line gives its principal today, placeholders as they stand.
pub(crate) struct Held<'a> {
    pub principal: &'a PrincipalArn,
    pub username: &'a str,
    pub groups: &'a [String],
    pub decision: Option<&'a PrincipalDecision>,
}

/// What translation looks at besides the line.
pub(crate) struct Context<'a> {
    pub decisions: &'a Decisions,
    pub facts: &'a Facts<'a>,
    pub rbac: Option<&'a Rbac>,
    pub index: Option<Index<'a>>,
    pub administrators: Administrators,
    /// What the lines in force say, `{{AccountID}}` written out, and what would be proposed for more than one of them.
    pub usernames: LazyCell<BTreeSet<String>, Box<dyn FnOnce() -> BTreeSet<String> + 'a>>,
    /// Principals whose targets would introduce a name that gives somebody more.
    pub refused: BTreeMap<PrincipalArn, Vec<Gain>>,
}

/// A line as an access entry, with every difference noted.
pub(crate) struct Translated {
    pub entry: AccessEntry,
    pub notes: Vec<Note>,
}

/// The entry that gives what the line gives.
///
/// Bindings that carry rights over are added only when the whole line translates.
///
/// # Errors
/// The first thing that needs a decision.
pub(crate) fn translate(
    held: &Held<'_>,
    context: &Context<'_>,
    bindings: &mut Bindings,
) -> Result<Translated, Blocker> {
    let mut notes = Vec::new();
    if let Some(decision) = held.decision {
        notes.extend(decided(decision));
    }
    let account = held.principal.account().as_str();
    let written = UsernameTemplate::new(held.username).with(Token::AccountId, account);
    let written_out = |group: &String| match Token::AccountId.is_in(group) {
        true => group.replace(Token::AccountId.as_str(), account),
        false => group.clone(),
    };
    let groups: Vec<String> = held.groups.iter().map(written_out).collect();
    if written.as_str() != held.username || groups != held.groups {
        notes.push(Note::AccountIdWrittenOut);
    }

    match classify(held.principal, &written, &groups, &context.facts.nodes, held.decision)? {
        Class::Node { entry_type, lost } => {
            if entry_type.needs_pass_role() {
                notes.push(Note::PassRole);
            }
            if !lost.is_empty() {
                notes.push(Note::GroupsLost { groups: lost });
            }
            let bound = context.index.iter().filter(|_| !written.as_str().starts_with("system:node:"));
            let bound = bound.flat_map(|index| index.bindings_of_template(&written));
            let by_name: BTreeSet<BindingRef> =
                bound.flat_map(|(_, bindings)| bindings.iter().map(|it| BindingRef::from(*it))).collect();
            if !by_name.is_empty() {
                let what = by_name.into_iter().map(|binding| Given::Binding { binding });
                notes.push(Note::TakenFromEntry { what: what.collect() });
            }
            let mut entry = AccessEntry::of_type(held.principal.clone(), entry_type);
            entry.policies = policies(held, Associations::new(), context)?;
            check(&entry, context)?;
            Ok(Translated { entry, notes })
        }
        Class::Standard => standard(held, &written, &groups, context, notes, bindings),
    }
}

fn standard(
    held: &Held<'_>,
    username: &UsernameTemplate,
    groups: &[String],
    context: &Context<'_>,
    mut notes: Vec<Note>,
    bindings: &mut Bindings,
) -> Result<Translated, Blocker> {
    let name = entry_username(held, username, context)?;
    let carried = carried_groups(held, groups, context)?;
    let mut entry = AccessEntry {
        principal: held.principal.clone(),
        entry_type: EntryType::Standard,
        username: name,
        groups: carried.kept.clone(),
        policies: Associations::new(),
        tags: BTreeMap::new(),
    };
    let by_policy = carried.masters && context.decisions.masters == Masters::AccessPolicy;
    let implied = if by_policy {
        Associations::from([(PolicyArn::cluster_admin(held.principal.partition()), AccessScope::Cluster)])
    } else {
        Associations::new()
    };
    entry.policies = policies(held, implied, context)?;
    check(&entry, context)?;

    // nothing can fail from here on
    notes.extend(carried.notes);
    for (from, to) in carried.renamed {
        let repeated = context.rbac.map_or_else(Vec::new, |rbac| bindings.carry_group(rbac, &from, &to));
        entry.groups.insert(to.clone());
        notes.push(Note::GroupRenamed { from, to: to.to_string(), bindings: repeated });
    }
    if carried.masters {
        match &context.decisions.masters {
            Masters::AccessPolicy if entry.is_cluster_admin_by_policy() => notes.push(Note::MastersByPolicy),
            Masters::AccessPolicy => {
                let bindings = bindings::of_group(context.rbac, GroupName::MASTERS);
                notes.push(Note::GroupDropped { group: GroupName::MASTERS.to_owned(), bindings });
            }
            Masters::Group(group) => {
                let binding = bindings.masters(context.rbac, group);
                entry.groups.insert(group.clone());
                notes.push(Note::MastersByGroup { group: group.to_string(), binding });
            }
        }
    }
    if let Some(to) = entry.effective_username()
        && to != username.as_str()
    {
        if username.is_empty() {
            notes.push(Note::UsernameDefaulted { to });
        } else {
            let renamed = context
                .rbac
                .map(|rbac| rename(rbac, held.principal, username, &UsernameTemplate::new(to.clone())))
                .unwrap_or_default();
            let carried =
                context.rbac.map_or_else(Vec::new, |rbac| bindings.carry_users(rbac, &renamed.carried));
            notes.push(Note::UsernameChanged {
                from: username.to_string(),
                to,
                carried,
                left: renamed.left,
                gained: renamed.gained,
                unchecked: context.rbac.is_none(),
            });
        }
    }
    Ok(Translated { entry, notes })
}

fn entry_username(
    held: &Held<'_>,
    username: &UsernameTemplate,
    context: &Context<'_>,
) -> Result<EntryUsername, Blocker> {
    match held.decision.and_then(|decision| decision.username.as_ref()) {
        Some(UsernameDecision::Default) => return Ok(EntryUsername::Default),
        Some(UsernameDecision::Custom(name)) => return Ok(as_entry_username(held.principal, name.clone())),
        None => {}
    }
    if username.is_empty() {
        return Ok(EntryUsername::Default);
    }
    let refusal = match Username::new(username.as_str()) {
        Ok(name) => return Ok(as_entry_username(held.principal, name)),
        Err(refusal) => refusal,
    };
    match (propose(held.principal, username, &refusal), context.decisions.proposed_usernames) {
        (Some(name), ProposedUsernames::Accept) => {
            is_free(held, username, &name, context)?;
            Ok(EntryUsername::Custom(name))
        }
        (proposal, _) => Err(Blocker::Username { username: username.to_string(), refusal, proposal }),
    }
}

/// Nobody has looked at a proposal that is accepted unseen, so it may give nothing by its name.
fn is_free(
    held: &Held<'_>,
    from: &UsernameTemplate,
    proposal: &Username,
    context: &Context<'_>,
) -> Result<(), Blocker> {
    let taken = |bindings| {
        let (proposal, from) = (proposal.clone(), from.to_string());
        Err(Blocker::Decision { why: Impossible::UsernameTaken { proposal, from, bindings } })
    };
    if context.usernames.contains(proposal.as_str()) {
        return taken(BTreeSet::new());
    }
    let to = UsernameTemplate::new(proposal.as_str());
    let gained = context.rbac.map(|rbac| rename(rbac, held.principal, from, &to).gained).unwrap_or_default();
    if gained.is_empty() { Ok(()) } else { taken(gained) }
}

pub(crate) fn as_entry_username(principal: &PrincipalArn, name: Username) -> EntryUsername {
    match EntryType::Standard.is_default_username(principal, name.as_str()) {
        true => EntryUsername::Default,
        false => EntryUsername::Custom(name),
    }
}

#[derive(Default)]
struct Carried {
    kept: BTreeSet<GroupName>,
    renamed: BTreeMap<String, GroupName>,
    masters: bool,
    notes: Vec<Note>,
}

fn carried_groups(held: &Held<'_>, groups: &[String], context: &Context<'_>) -> Result<Carried, Blocker> {
    let mut carried = Carried::default();
    if let Some(decided) = held.decision.and_then(|decision| decision.groups.as_ref()) {
        carried.kept.clone_from(decided);
        let lost: BTreeSet<String> = groups
            .iter()
            .filter(|group| !decided.iter().any(|kept| kept.as_str() == *group))
            .cloned()
            .collect();
        if !lost.is_empty() {
            carried.notes.push(Note::GroupsDropped { groups: lost });
        }
        return Ok(carried);
    }
    let mut implicit = BTreeSet::new();
    let mut undecided = BTreeMap::new();
    for group in groups.iter().collect::<BTreeSet<_>>() {
        match context.decisions.groups.get(group) {
            Some(GroupDecision::Drop) => carried.notes.push(Note::GroupDropped {
                group: group.clone(),
                bindings: bindings::of_group(context.rbac, group),
            }),
            Some(GroupDecision::Rename(to)) => {
                carried.renamed.insert(group.clone(), to.clone());
            }
            None if group == GroupName::MASTERS => carried.masters = true,
            // the API server adds it itself; and no binding can name an empty group
            None if group == "system:authenticated" || group.is_empty() => {
                implicit.insert(group.clone());
            }
            None => match GroupName::new(group.clone()) {
                Ok(group) => {
                    carried.kept.insert(group);
                }
                Err(crate::model::GroupRefusal::System) => {
                    undecided.insert(group.clone(), bindings::of_group(context.rbac, group));
                }
                Err(refusal) => return Err(Blocker::Group { group: group.clone(), refusal }),
            },
        }
    }
    if !undecided.is_empty() {
        return Err(Blocker::Groups { groups: undecided });
    }
    if !carried.renamed.is_empty() && context.rbac.is_none() {
        return Err(Blocker::Decision { why: Impossible::RenameUnchecked });
    }
    if !implicit.is_empty() {
        carried.notes.push(Note::ImplicitGroups { groups: implicit });
    }
    Ok(carried)
}

/// The decision's whole list, or else what the line implies; each one that the Region offers, and that a customer may
/// associate in its scope.
pub(crate) fn policies(
    held: &Held<'_>,
    implied: Associations,
    context: &Context<'_>,
) -> Result<Associations, Blocker> {
    let Some(decided) = held.decision.and_then(|decision| decision.policies.as_ref()) else {
        return match implied.keys().find(|policy| !is_offered(policy, context)) {
            Some(policy) => Err(unavailable(policy.name(), PolicyRefusal::NotOffered)),
            None => Ok(implied),
        };
    };
    decided
        .iter()
        .map(|PolicyDecision { policy, scope }| {
            let arn = PolicyArn::new(held.principal.partition(), policy)
                .map_err(|_| Blocker::Decision { why: Impossible::NotAPolicy { policy: policy.clone() } })?;
            let is_listed = context.facts.snapshot.access_policies.is_some();
            let refusal = match access_policy(policy) {
                _ if is_listed && !is_offered(&arn, context) => Some(PolicyRefusal::NotOffered),
                None if !is_listed => Some(PolicyRefusal::Unknown),
                Some(known) if known.assignable != Assignable::ByCustomers => Some(PolicyRefusal::OfServices),
                Some(known) if !known.takes(scope) => Some(PolicyRefusal::Scope),
                None | Some(_) => None,
            };
            match refusal {
                Some(why) => Err(unavailable(policy, why)),
                None => Ok((arn, scope.clone())),
            }
        })
        .collect()
}

/// Whether ListAccessPolicies of the Region names it; where that is unknown, nothing speaks against it.
fn is_offered(policy: &PolicyArn, context: &Context<'_>) -> bool {
    context.facts.snapshot.access_policies.as_ref().is_none_or(|listed| listed.contains(policy))
}

fn unavailable(policy: &str, why: PolicyRefusal) -> Blocker {
    let nearest = match why {
        PolicyRefusal::Unknown | PolicyRefusal::NotOffered => nearest_policy(policy),
        PolicyRefusal::OfServices | PolicyRefusal::Scope => None,
    };
    let nearest = nearest.filter(|near| *near != policy).map(str::to_owned);
    Blocker::PolicyUnavailable { policy: policy.to_owned(), why, nearest }
}

/// The rules EKS has for whole entries; only decisions can break them.
pub(crate) fn check(entry: &AccessEntry, context: &Context<'_>) -> Result<(), Blocker> {
    let home = context.facts.nodes.account.as_ref().unwrap_or(entry.principal.account());
    entry.check(home).map_err(|refusal| Blocker::Decision { why: Impossible::Entry { refusal } })
}

pub(crate) fn decided(decision: &PrincipalDecision) -> Option<Note> {
    let PrincipalDecision {
        principal: _,
        skip: _,
        existing,
        arn,
        username,
        groups,
        entry_type,
        policies,
        line,
    } = decision;
    let take = *existing == Some(ExistingDecision::TakeMapping);
    let parts = [
        take.then_some(DecidedValue::Mapping),
        arn.as_ref().map(|_| DecidedValue::Arn),
        username.as_ref().map(|_| DecidedValue::Username),
        groups.as_ref().map(|_| DecidedValue::Groups),
        entry_type.as_ref().map(|_| DecidedValue::Type),
        policies.as_ref().map(|_| DecidedValue::Policies),
    ];
    let what: Vec<DecidedValue> = parts.into_iter().flatten().collect();
    (!what.is_empty()).then_some(Note::Decided { what, line: *line })
}
