use std::collections::{BTreeMap, BTreeSet};

use super::{Words, list};
use crate::facts::Service;
use crate::findings::{Blocker, Gain, Impossible, NotWritable, TypeNeed};
use crate::model::{EntryType, GroupName, GroupRefusal, InvalidArn, Token, UsernameRefusal};
use crate::rbac::BindingRef;

pub(super) fn words(blocker: &Blocker, arn: &str) -> Words {
    match blocker {
        Blocker::UnresolvedRole { account } => Words::titled(
            "the access entry needs the role's full ARN",
            "named without its path",
        )
        .today(format!(
            "aws-auth names the role without its path, and the roles of account {account} were not read"
        ))
        .then("an entry needs the full ARN")
        .help(format!("add the output of `aws iam list-roles` of account {account} to iam-roles.json")),
        Blocker::AmbiguousRole { candidates } => {
            Words::titled("several roles have this name", "several roles")
                .today(format!("it could be any of these roles: {}", list(candidates)))
                .then("an entry needs the full ARN of one")
        }
        Blocker::ServiceLinkedRole { service } => Words::titled(
            "you cannot create an access entry for a service-linked role",
            "owned by an AWS service",
        )
        .today("the AWS service has access by this mapping")
        .then("EKS rejects entries for service-linked roles: the service creates its own, and this mapping stays until that entry exists")
        .help(way_out(*service)),
        Blocker::Username { username, refusal, proposal: _ } => of_username(username, refusal),
        Blocker::Groups { groups } => of_groups(groups),
        Blocker::Group { group, refusal } => of_group(group, refusal),
        Blocker::Random { with } => Words::titled(
            "two mappings name this user, in different case",
            format!("also {}", list(with)),
        )
        .today(format!(
            "the same ARN is mapped in another case at {}; each login gets one of them at random",
            list(with)
        ))
        .then("a principal has only one access entry, and which mapping it should follow is undecided")
        .help("delete all but one of these mappings from aws-auth"),
        Blocker::NotQuiteANode { .. }
        | Blocker::NodePrincipal { .. }
        | Blocker::NodeAndMasters { .. }
        | Blocker::NodeRole { .. } => of_nodes(blocker),
        Blocker::PolicyUnavailable { policy, why, nearest } => {
            let words = Words::plain(format!("the access policy {policy} cannot be associated: {why}"));
            match nearest {
                Some(near) => words.help(format!("did you mean {near}? Correct `policies` in eksodus.yaml")),
                None => words
                    .help("choose another access policy: `aws eks list-access-policies` lists those of the Region"),
            }
        }
        Blocker::Gains { gains } => of_gains(gains, arn),
        Blocker::Existing { why } => Words::plain(match why {
            NotWritable::EksOwned => {
                "its access entry cannot be changed to what the mapping says: it is managed by EKS".to_owned()
            }
            NotWritable::OddNames { username } => format!(
                "its access entry cannot be changed to what the mapping says: its username {username:?} or one of its groups could not be restored later"
            ),
        }),
        Blocker::Account { account, unresolved } => of_whole_account(account, unresolved),
        Blocker::NoPrincipal { why: InvalidArn::OtherPartition(partition) } => {
            Words::titled("of another partition", format!("of {partition}, which the cluster is not of"))
                .today(format!("it is of the partition {partition}, and the cluster is not: nobody can log in by it"))
                .then("no entry can be created for it")
                .help("delete the mapping, or skip it")
        }
        Blocker::NoPrincipal { why } => Words::titled("neither a role nor a user", why.to_string())
            .today(format!("it has access today: {why}"))
            .then("access entries are for roles and users only")
            .help("have it assume a role that has a mapping of its own"),
        Blocker::Root => Words::titled("root is a single user, not the whole account", "the root user alone")
            .today("only the account's root user has access by this mapping")
            .then("access entries do not cover the root user: it has access until api-mode")
            .help("give the roles or users that need the access mappings of their own"),
        Blocker::Decision { why } => Words::plain(impossible(why, arn)).help("change the decision in eksodus.yaml"),
        Blocker::OfAccount { principal, by } => {
            let Words { title, help, .. } = in_one_line(words(by, principal.as_str()));
            Words { help, ..Words::plain(format!("for {principal} of the account: {title}")) }
        }
    }
}

fn in_one_line(words: Words) -> Words {
    Words { title: words.message(), ..words }
}

fn of_username(username: &str, refusal: &UsernameRefusal) -> Words {
    const CHANGES: &str =
        "so the username changes; update whatever refers to it: bindings, audit rules, admission policies";
    match refusal {
        UsernameRefusal::ReservedPrefix(prefix) => Words::titled(
            format!("an access entry's username cannot begin with {prefix}"),
            format!("reserved: {prefix}"),
        )
        .today(format!("its username is {username:?}"))
        .then(format!("in an access entry {refusal}, {CHANGES}")),
        UsernameRefusal::NoColonBeforeSessionName => {
            Words::titled("the session name needs a colon before it", "no colon here")
                .today(format!(
                    "EKS puts the session name into {username:?}; the caller chooses it, and so that part of the username"
                ))
                .then(format!("in an access entry {refusal}, {CHANGES}"))
        }
        UsernameRefusal::UnsupportedToken(token) => Words::titled(
            format!("access entries do not support {token}"),
            format!("{token} in a username"),
        )
        .today(match *token == Token::Ec2PrivateDnsName.as_str() {
            true => format!("EKS puts the instance's DNS name into {username:?}, and denies sessions that are not an instance's"),
            false => format!("EKS substitutes the value in {username:?} at login"),
        })
        .then(format!("access entries have no equivalent, {CHANGES}")),
        UsernameRefusal::Empty => Words::plain("an access entry's username cannot be empty"),
    }
}

fn of_groups(groups: &BTreeMap<String, Option<Vec<BindingRef>>>) -> Words {
    let each = groups.iter().map(|(group, bindings)| match bindings.as_deref() {
        None => format!("{group} (RBAC was not read)"),
        Some([]) => format!("{group} (no binding names it)"),
        Some(bindings) => {
            let bindings: Vec<String> = bindings.iter().map(ToString::to_string).collect();
            format!("{group} (by {})", bindings.join("; "))
        }
    });
    let words = Words::titled(
        match groups.len() {
            1 => format!("an access entry cannot have the group {}", list(groups.keys())),
            _ => "an access entry cannot have groups that begin with system:".to_owned(),
        },
        "begins with system:",
    );
    words
        .today(format!("it has {}", list(each)))
        .then("EKS rejects groups that begin with system: in access entries; give their permissions to a group of another name, or drop them")
}

fn of_group(group: &str, refusal: &GroupRefusal) -> Words {
    match refusal {
        GroupRefusal::Token(token) => Words::titled(
            format!("a group with {token} may not work in an access entry"),
            "differs by session",
        )
        .today(format!("EKS substitutes the value in {group:?} at login, so the group differs by session"))
        .then("behaviour in access entries is undocumented, so none is created"),
        GroupRefusal::Empty | GroupRefusal::System => {
            Words::plain(format!("an access entry cannot have the group {group:?}: {refusal}"))
        }
    }
}

fn of_nodes(blocker: &Blocker) -> Words {
    match blocker {
        Blocker::NodePrincipal { entry_type, home } => Words::titled(
            "this principal cannot have a node entry",
            match home {
                None => format!("type {entry_type} is for roles; this is a user"),
                Some(home) => format!("type {entry_type} needs a role in the cluster's account {home}"),
            },
        )
        .today("it has a node's username and groups")
        .then(match home {
            None => format!("{entry_type} entries are for roles, and a STANDARD entry cannot have this username"),
            Some(home) => format!(
                "{entry_type} entries are for roles in the cluster's account {home}, and a STANDARD entry cannot have this username"
            ),
        }),
        Blocker::NodeAndMasters { .. } => Words::titled(
            "every node with this role is cluster administrator",
            "on a node mapping",
        )
        .today("nodes have system:masters, and so does anybody who compromises one")
        .then("an access entry is either for nodes or for an administrator"),
        Blocker::NodeRole { used_by, needs } => Words::titled(
            "a node role has a mapping of another kind",
            format!("used by {}", list(used_by)),
        )
        .today(format!("{} use this role, and need an access entry of type {needs}", list(used_by)))
        .then("such an entry gives nothing of what the mapping gives; if EKS creates it, it overrides the mapping")
        .help("give the nodes, or the people of this mapping, their own role"),
        _ => Words::titled(
            "a node username without the group system:nodes",
            format!("no group {}", GroupName::NODES),
        )
        .today("its nodes get the username without a node's permissions, and cannot join properly")
        .then("a node entry would grant more than the mapping, and a STANDARD entry cannot have this username"),
    }
}

fn of_gains(gains: &[Gain], arn: &str) -> Words {
    let each: Vec<String> = gains.iter().map(|gain| gained(gain, arn)).collect();
    let names: BTreeSet<&str> = gains.iter().map(|gain| gain.name.as_str()).collect();
    Words::plain(format!("a new name would give new permissions: {}", each.join("; ")))
        .help(format!("choose another name than {}", list(names.iter().map(|name| format!("{name:?}")))))
}

pub(super) fn gained(gain: &Gain, own: &str) -> String {
    let Gain { name, who, bindings, everything } = gain;
    let who = who.as_deref().unwrap_or(own);
    let by_name = everything.then(|| format!("everything, because {name} replaces {}", GroupName::MASTERS));
    let what: Vec<String> = bindings.iter().map(ToString::to_string).chain(by_name).collect();
    match what.as_slice() {
        [] => format!("{who} already has the name {name:?}"),
        what => format!("{who} would gain by {name:?}: {}", what.join(", ")),
    }
}

fn of_whole_account(account: &str, unresolved: &[String]) -> Words {
    let words = Words::titled(
        format!("access entries cannot cover a whole account ({account})"),
        "a whole account",
    )
    .today(format!(
        "every principal of account {account} can authenticate, with its ARN as username and no groups"
    ));
    match unresolved {
        [] => words
            .then("list the principals that need entries before api-mode; who uses this access is unknown"),
        some => words.then(format!(
            "bindings or the audit log name these principals, but the account's IAM was not read: {}",
            list(some)
        )),
    }
}

fn impossible(why: &Impossible, mapped: &str) -> String {
    match why {
        Impossible::OtherPrincipal { arn } => {
            format!("the decision's ARN {arn} is not the principal {mapped}")
        }
        Impossible::NotInIam { arn } => format!("the decision's ARN {arn} does not exist in IAM"),
        Impossible::NotOfEntry { principal } => {
            format!("the decision's ARN is not the access entry's, {principal}")
        }
        Impossible::TwoSpellings => {
            format!("{mapped} is mapped in two spellings: delete one from aws-auth first")
        }
        Impossible::UsernameTaken { proposal, from, bindings } => {
            let by = match bindings.is_empty() {
                true => "another mapping has it".to_owned(),
                false => format!("it already has permissions by {}", list(bindings)),
            };
            format!(
                "the username {:?} would be proposed for {from:?}, but {by}: set `username` explicitly",
                proposal.as_str()
            )
        }
        Impossible::RenameUnchecked => {
            "a group is to be renamed, but RBAC was not read, so its bindings cannot be copied".to_owned()
        }
        Impossible::NotAPolicy { policy } => format!("{policy:?} is not the name of an access policy"),
        Impossible::Entry { refusal } => refusal.to_string(),
        Impossible::WrongType { decided, uses } => wrong_type(decided, uses),
    }
}

fn wrong_type(decided: &EntryType, uses: &[TypeNeed]) -> String {
    let each = uses.iter().map(|it| format!("{} needs {}", it.by, it.needs));
    format!(
        "an entry of type {decided} does not cover every use of the role, and its type is immutable: {}",
        list(each)
    )
}

/// How a service comes to its own entry (AWS Batch guide, "eks-access-entries"; Managed Prometheus guide).
fn way_out(service: Service) -> &'static str {
    match service {
        Service::Batch => {
            "set eksConfiguration.accessEntry.desiredState=ENABLED on every AWS Batch compute environment of this cluster, associate AWSBatchNamespacePolicy with the entry that Batch creates, for each of its namespaces, and plan again"
        }
        Service::Prometheus => {
            "recreate the Managed Prometheus scraper once the cluster is in dual mode, which creates its entry, and plan again"
        }
        Service::Emr | Service::Other => {
            "keep the mapping and stay in dual mode until the service has created its entry, and plan again"
        }
    }
}
