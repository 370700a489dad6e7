//! Which decisions would answer a finding: the one place that says so.

use std::collections::{BTreeMap, BTreeSet};

use super::{Choice, Edit, GroupEdit, PrincipalEdit};
use crate::findings::{Blocker, Gain, GivesMore, Impossible, NodeWayOut, NotWritable, Reason, TypeNeed};
use crate::model::{EntryType, GroupName, PolicyArn, PrincipalArn, Username};
use crate::rbac::BindingRef;

/// The decisions that would answer a finding about `subject`, safest first: what keeps all access before what gives some up,
/// and that before what grants any. Empty where no decision can: something has to be done, or looked up.
pub fn choices(reason: &Reason, subject: &str) -> Vec<Choice> {
    match reason {
        Reason::Waits { by } => of_blocker(by, subject),
        Reason::EntryGivesLess { gives_more: GivesMore { half_made: true, .. } } => {
            vec![
                one(subject, PrincipalEdit::TakeMapping),
                one(subject, PrincipalEdit::KeepEntry),
                skip(subject),
            ]
        }
        Reason::EntryGivesLess { .. } | Reason::EntryUnproven { .. } => vec![
            one(subject, PrincipalEdit::KeepEntry),
            one(subject, PrincipalEdit::TakeMapping),
            skip(subject),
        ],
        Reason::NodeUncovered { needs, way_out: NodeWayOut::DecideType { arn }, .. } => {
            vec![of_type(arn, needs)]
        }
        Reason::DeleteBlocked { .. } => vec![Choice::of(Edit::PruneCovered)],
        _ => Vec::new(),
    }
}

fn of_blocker(blocker: &Blocker, arn: &str) -> Vec<Choice> {
    match blocker {
        Blocker::UnresolvedRole { .. } => vec![one(arn, PrincipalEdit::Arn { arn: None }), skip(arn)],
        Blocker::AmbiguousRole { candidates } => {
            let real = |it: &PrincipalArn| PrincipalEdit::Arn { arn: Some(it.clone()) };
            candidates.iter().map(|it| one(arn, real(it))).chain([skip(arn)]).collect()
        }
        Blocker::Username { username: _, refusal: _, proposal } => of_username(arn, proposal.as_ref()),
        Blocker::Groups { groups } => of_groups(arn, groups),
        Blocker::Group { group, refusal: _ } => vec![
            one(arn, PrincipalEdit::Groups { groups: None }),
            skip(arn),
            Choice::of(Edit::group(group, GroupEdit::Drop)),
        ],
        // as a node it would get more than the mapping gives
        Blocker::NotQuiteANode { needs: None } => {
            vec![of_type(arn, &EntryType::Standard), skip(arn), of_type(arn, &EntryType::Ec2Linux)]
        }
        Blocker::NodeAndMasters { needs: None } => {
            vec![of_type(arn, &EntryType::Ec2Linux), of_type(arn, &EntryType::Standard), skip(arn)]
        }
        Blocker::NotQuiteANode { needs: Some(needs) } | Blocker::NodeAndMasters { needs: Some(needs) } => {
            vec![of_type(arn, needs), skip(arn)]
        }
        Blocker::NodePrincipal { .. } => vec![of_type(arn, &EntryType::Standard), skip(arn)],
        Blocker::NodeRole { used_by: _, needs } => vec![of_type(arn, needs), skip(arn)],
        Blocker::PolicyUnavailable { policy, .. } if policy == PolicyArn::CLUSTER_ADMIN => {
            vec![Choice::of(Edit::Masters { group: None }), skip(arn)]
        }
        Blocker::Gains { gains } => of_gains(arn, gains),
        Blocker::Account { account, unresolved } => of_account(account, unresolved),
        Blocker::Decision { why } => of_impossible(why, arn),
        Blocker::OfAccount { principal, by } => of_blocker(by, principal.as_str()),
        Blocker::ServiceLinkedRole { .. }
        | Blocker::PolicyUnavailable { .. }
        | Blocker::Existing { why: NotWritable::EksOwned | NotWritable::OddNames { .. } }
        | Blocker::NoPrincipal { .. }
        | Blocker::Root => vec![skip(arn)],
        // whichever mapping EKS takes, a decision cannot choose it
        Blocker::Random { .. } => Vec::new(),
    }
}

fn one(principal: &str, what: PrincipalEdit) -> Choice {
    Choice::of(Edit::principal(principal, what))
}

fn skip(principal: &str) -> Choice {
    one(principal, PrincipalEdit::Skip { reason: None })
}

fn of_type(principal: &str, entry_type: &EntryType) -> Choice {
    one(principal, PrincipalEdit::Type { entry_type: entry_type.clone() })
}

fn of_username(arn: &str, proposal: Option<&Username>) -> Vec<Choice> {
    // in the file that word is EKS's own
    let proposal = proposal.filter(|name| name.as_str() != "default");
    let another = one(arn, PrincipalEdit::Username { username: None });
    let default = one(arn, PrincipalEdit::UsernameDefault);
    let proposed = proposal.map(|name| one(arn, PrincipalEdit::Username { username: Some(name.clone()) }));
    let all = proposal.map(|_| Choice::of(Edit::ProposedUsernames));
    proposed.into_iter().chain([another, default, skip(arn)]).chain(all).collect()
}

/// A new name keeps what the bindings give; where nothing names the group, it gives nothing that could be lost.
fn of_groups(arn: &str, groups: &BTreeMap<String, Option<Vec<BindingRef>>>) -> Vec<Choice> {
    let each = |becomes: &dyn Fn(&str) -> GroupEdit| Choice {
        edits: groups.keys().map(|group| Edit::group(group, becomes(group))).collect(),
    };
    let drop = each(&|_| GroupEdit::Drop);
    // without RBAC nobody knows which bindings there are to copy
    if groups.values().any(Option::is_none) {
        return vec![skip(arn), drop];
    }
    let rename = each(&|group| GroupEdit::Rename { to: proposed_group(group) });
    let another = each(&|_| GroupEdit::Rename { to: None });
    let renamed = if rename == another { vec![rename] } else { vec![rename, another] };
    match groups.values().flatten().all(Vec::is_empty) {
        true => std::iter::once(drop).chain(renamed).chain([skip(arn)]).collect(),
        false => renamed.into_iter().chain([skip(arn), drop]).collect(),
    }
}

/// `system:ci` becomes `ci`.
fn proposed_group(group: &str) -> Option<GroupName> {
    let mut name = group;
    while let Some(rest) = name.strip_prefix("system:") {
        name = rest;
    }
    GroupName::new(name).ok()
}

fn of_gains(arn: &str, gains: &[Gain]) -> Vec<Choice> {
    let names: BTreeSet<&str> = gains.iter().map(|gain| gain.name.as_str()).collect();
    let accept = |name: &&str| Edit::AcceptGains { name: (*name).to_owned(), reason: None };
    vec![skip(arn), Choice { edits: names.iter().map(accept).collect() }]
}

fn of_account(account: &str, unresolved: &[String]) -> Vec<Choice> {
    let Ok(account) = account.parse() else { return Vec::new() };
    let of = |principals| Choice::of(Edit::Account { account, principals, skip_others: None });
    let named = of(Some(Vec::new()));
    if unresolved.is_empty() { vec![named, of(None)] } else { vec![named] }
}

/// What can stand in place of a decision that cannot be.
fn of_impossible(why: &Impossible, arn: &str) -> Vec<Choice> {
    let instead = match why {
        Impossible::OtherPrincipal { .. } => vec![one(arn, PrincipalEdit::Arn { arn: None })],
        Impossible::NotOfEntry { principal } => {
            vec![one(arn, PrincipalEdit::Arn { arn: Some(principal.clone()) })]
        }
        Impossible::TwoSpellings => vec![one(arn, PrincipalEdit::KeepEntry)],
        Impossible::UsernameTaken { .. } => vec![one(arn, PrincipalEdit::Username { username: None })],
        Impossible::WrongType { decided: _, uses } => {
            types(uses).iter().map(|entry_type| of_type(arn, entry_type)).collect()
        }
        Impossible::NotInIam { .. }
        | Impossible::RenameUnchecked
        | Impossible::NotAPolicy { .. }
        | Impossible::Entry { .. } => Vec::new(),
    };
    instead.into_iter().chain([skip(arn)]).collect()
}

/// Types that serve some use, and all of them if any does: EC2_WINDOWS serves Linux too.
fn types(uses: &[TypeNeed]) -> BTreeSet<EntryType> {
    let mut types: BTreeSet<EntryType> = uses.iter().map(|it| it.needs.clone()).collect();
    if types.contains(&EntryType::Ec2Windows) {
        types.remove(&EntryType::Ec2Linux);
    }
    types
}
