//! What a team may have decided, sensible or not.

use std::collections::BTreeMap;

use eksodus::model::{AccessScope, EntryType, GroupName, Username};
use eksodus::planner::{
    AccountDecision, Decisions, ExistingDecision, GroupDecision, Masters, PolicyDecision, PrincipalDecision,
    ProposedUsernames, Prune, UsernameDecision,
};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::world::{DEV, HOME, OTHER};
use crate::kit::cluster::arn;

fn principal_decision() -> impl Strategy<Value = PrincipalDecision> {
    let principal = select(vec![
        "*role/Ops",
        "arn:aws:iam::111122223333:role/Dev",
        "arn:aws:iam::111122223333:role/team/*",
        "*alice",
        "*Partner",
        "*Node",
        "*role/dev",
        "*",
    ]);
    let groups = subsequence(vec!["devs", "new"], 0..=2);
    let username = prop_oneof![
        Just(UsernameDecision::Default),
        select(vec!["dev", "chosen", "c:{{SessionName}}"])
            .prop_map(|name| UsernameDecision::Custom(Username::new(name).unwrap())),
    ];
    let policies = subsequence(vec!["AmazonEKSViewPolicy", "AmazonEKSEditPolicy"], 0..=2);
    (
        principal,
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.3),
        prop::option::weighted(0.3, username),
        prop::option::weighted(0.2, groups),
        prop::option::weighted(
            0.15,
            select(vec![EntryType::Standard, EntryType::Ec2Linux, EntryType::HybridLinux]),
        ),
        prop::option::weighted(0.2, policies),
        prop::option::weighted(0.2, select(vec![ExistingDecision::KeepEntry, ExistingDecision::TakeMapping])),
    )
        .prop_map(|(principal, skip, real, username, groups, entry_type, policies, existing)| {
            PrincipalDecision {
                skip: skip.then(|| "not any more".to_owned()),
                arn: match principal {
                    "arn:aws:iam::111122223333:role/Dev" if real => Some(arn(DEV)),
                    "*Partner" if real => Some(arn("arn:aws:iam::444455556666:role/Partner")),
                    _ => None,
                },
                principal: principal.to_owned(),
                existing: existing.filter(|_| !skip),
                username,
                groups: groups
                    .map(|groups| groups.into_iter().map(|group| GroupName::new(group).unwrap()).collect()),
                entry_type,
                policies: policies.map(|policies| {
                    let cluster = |policy: &str| PolicyDecision {
                        policy: policy.to_owned(),
                        scope: AccessScope::Cluster,
                    };
                    policies.into_iter().map(cluster).collect()
                }),
                line: 3,
                ..Default::default()
            }
        })
}

pub fn decisions() -> impl Strategy<Value = Decisions> {
    let rename = |to: &str| GroupDecision::Rename(GroupName::new(to).unwrap());
    let groups = subsequence(
        vec![
            ("system:ci", rename("ci")),
            ("a/b", rename("x/y")),
            ("a-b", rename("x-y")),
            ("ops", GroupDecision::Drop),
        ],
        0..=3,
    );
    let account = prop::option::weighted(0.5, any::<bool>());
    (
        any::<bool>(),
        prop::bool::weighted(0.7),
        groups,
        any::<bool>(),
        prop::collection::vec(principal_decision(), 0..3),
        account,
        prop::bool::weighted(0.15),
    )
        .prop_map(|(masters, accept, groups, ci, principals, account, delete)| {
            let mut groups: BTreeMap<String, GroupDecision> =
                groups.into_iter().map(|(name, decision)| (name.to_owned(), decision)).collect();
            if ci {
                groups.entry("system:ci".to_owned()).or_insert(GroupDecision::Drop);
            }
            let accounts = account.map(|all| AccountDecision {
                principals: vec![arn(&format!("arn:aws:iam::{OTHER}:role/Partner"))],
                skip_others: all.then(|| "nobody else".to_owned()),
                line: 9,
                ..Default::default()
            });
            let home =
                AccountDecision { skip_others: Some("nobody".to_owned()), ..AccountDecision::default() };
            Decisions {
                masters: if masters {
                    Masters::AccessPolicy
                } else {
                    Masters::Group(GroupName::new("bosses").unwrap())
                },
                proposed_usernames: if accept { ProposedUsernames::Accept } else { ProposedUsernames::Ask },
                prune: if delete { Prune::Delete } else { Prune::Covered },
                groups,
                principals,
                accounts: accounts
                    .into_iter()
                    .flat_map(|decision| {
                        [(OTHER.parse().unwrap(), decision), (HOME.parse().unwrap(), home.clone())]
                    })
                    .collect(),
                // names that tests share are meant to be shared
                accept_differences: BTreeMap::new(),
                accept_gains: ["ci", "x/y", "x-y", "bosses", "chosen", "dev", "c:{{SessionName}}"]
                    .map(|name| (name.to_owned(), "the same people".to_owned()))
                    .into(),
                ..Decisions::default()
            }
        })
}
