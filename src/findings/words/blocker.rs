use std::collections::{BTreeMap, BTreeSet};

use super::{Words, decide, list, skip};
use crate::facts::Service;
use crate::findings::{Blocker, Gain, Impossible, NotWritable, TypeNeed};
use crate::model::{EntryType, GroupName, GroupRefusal, Token, Username, UsernameRefusal};
use crate::rbac::BindingRef;

pub(super) fn words(blocker: &Blocker, arn: &str) -> Words {
    match blocker {
        Blocker::UnresolvedRole { account } => Words::titled(
            "the access entry needs this role's path",
            "named without its path",
        )
        .today(format!(
            "aws-auth names the role without its path, and the roles of account {account} were not looked at"
        ))
        .then("an entry needs the whole ARN")
        .help(format!("add the output of `aws iam list-roles` of account {account} to iam-roles.json"))
        .help(decide(arn, "`arn: <the role's real ARN>`"))
        .help(skip(arn)),
        Blocker::AmbiguousRole { candidates } => {
            Words::titled("IAM has several roles that it could be", "several roles")
                .today(format!("IAM has several roles that it could be: {}", list(candidates)))
                .then("an entry needs the whole ARN of one")
                .help(decide(arn, "`arn: <the real one>`"))
                .help(skip(arn))
        }
        Blocker::ServiceLinkedRole { service } => Words::titled(
            "a service-linked role can have no access entry of yours",
            "owned by an AWS service",
        )
        .today("the service has access by this mapping")
        .then("EKS refuses entries for services' own roles; the service makes its own, and this mapping stays until that is seen")
        .help(way_out(*service))
        .help(skip(arn)),
        Blocker::Username { username, refusal, proposal } => {
            of_username(username, refusal).helps(of_proposal(arn, proposal.as_ref()))
        }
        Blocker::Groups { groups } => of_groups(groups).help(skip(arn)),
        Blocker::Group { group, refusal } => of_group(group, refusal)
            .help(decide(arn, "`groups: [<written out>]`"))
            .help(skip(arn)),
        Blocker::Random { with } => Words::titled(
            "two mappings name this user in different case",
            format!("also {}", list(with)),
        )
        .today(format!(
            "the same ARN in another case stands at {}, and each login gets one of them at random",
            list(with)
        ))
        .then("a principal has one access entry, and nobody can say which mapping it should be")
        .help("delete all but one of these mappings from aws-auth"),
        Blocker::NotQuiteANode
        | Blocker::NodePrincipal { .. }
        | Blocker::NodeAndMasters
        | Blocker::NodeRole { .. } => of_nodes(blocker, arn),
        Blocker::PolicyUnavailable { policy, why, nearest } => {
            let words = Words::plain(format!("the access policy {policy} cannot be associated: {why}"));
            match nearest {
                Some(near) => words.help(format!("did you mean {near}? Correct `policies` in eksodus.yaml")),
                None => words
                    .help("choose another access policy: `aws eks list-access-policies` names those of the Region")
                    .help(skip(arn)),
            }
        }
        Blocker::Gains { gains } => of_gains(gains, arn),
        Blocker::Existing { why } => Words::plain(match why {
            NotWritable::EksOwned => {
                "its access entry cannot become what the mapping says: EKS made the entry and keeps it".to_owned()
            }
            NotWritable::OddNames { username } => format!(
                "its access entry cannot become what the mapping says: its username {username:?} or a group of it could not be written back"
            ),
        })
        .help(decide(arn, "`skip: <why>` leaves the entry as it is")),
        Blocker::Account { account, unresolved } => of_whole_account(account, unresolved),
        Blocker::NoPrincipal { why } => Words::titled("this is neither a role nor a user", why.to_string())
            .today(format!("EKS gives it access: {why}"))
            .then("an access entry is for a role or a user, so it can have none")
            .help(decide(arn, "`skip: <why>`, once it assumes a role that has a mapping of its own")),
        Blocker::Root => Words::titled("root is one user, not the account", "the root user alone")
            .today("the account's root user has access by this mapping, and nobody else")
            .then("no access entry stands for it, so the root user has access for as long as aws-auth is read")
            .help(decide(arn, "`skip: <why>`, once the roles or users that need the access have mappings of their own")),
        Blocker::Decision { why } => Words::plain(impossible(why, arn)).help("change the decision"),
        Blocker::OfAccount { principal, by } => {
            let Words { title, help, .. } = in_one_line(words(by, principal.as_str()));
            Words { help, ..Words::plain(format!("{principal} of the account: {title}")) }
        }
    }
}

fn in_one_line(words: Words) -> Words {
    Words { title: words.message(), ..words }
}

fn of_username(username: &str, refusal: &UsernameRefusal) -> Words {
    const CHANGES: &str =
        "so the name changes, and with it whatever names it: bindings, audit rules, admission policies";
    match refusal {
        UsernameRefusal::ReservedPrefix(prefix) => Words::titled(
            format!("no access entry may have a username that begins with {prefix}"),
            format!("reserved: {prefix}"),
        )
        .today(format!("EKS gives the username {username:?} as it is"))
        .then(format!("in an access entry {refusal}, {CHANGES}")),
        UsernameRefusal::NoColonBeforeSessionName => {
            Words::titled("a colon must stand before the session name", "none here")
                .today(format!(
                    "EKS puts the session name into {username:?}, and whoever chooses that chooses part of the username"
                ))
                .then(format!("in an access entry {refusal}, {CHANGES}"))
        }
        UsernameRefusal::UnsupportedToken(token) => Words::titled(
            format!("access entries do not know {token}"),
            format!("{token} in a username"),
        )
        .today(match *token == Token::Ec2PrivateDnsName.as_str() {
            true => format!("EKS puts the instance's DNS name into {username:?}; a session that is no instance's is refused"),
            false => format!("EKS puts the value into {username:?} at each login"),
        })
        .then(format!("an access entry has nothing equal, {CHANGES}")),
        UsernameRefusal::Empty => Words::plain("no access entry may have an empty username"),
    }
}

fn of_proposal(arn: &str, proposal: Option<&Username>) -> Vec<String> {
    match proposal {
        Some(name) => vec![
            decide(arn, format_args!("`username: {:?}`", name.as_str())),
            "`proposed-usernames: accept` takes every proposal of this kind".to_owned(),
            decide(arn, "`username: default`, EKS's own"),
            skip(arn),
        ],
        None => vec![decide(arn, "`username: <another>` or `username: default`"), skip(arn)],
    }
}

fn of_groups(groups: &BTreeMap<String, Option<Vec<BindingRef>>>) -> Words {
    let each = groups.iter().map(|(group, bindings)| match bindings.as_deref() {
        None => format!("{group} (RBAC was not looked at)"),
        Some([]) => format!("{group} (no binding names it)"),
        Some(bindings) => {
            let bindings: Vec<String> = bindings.iter().map(ToString::to_string).collect();
            format!("{group} (by {})", bindings.join("; "))
        }
    });
    let words = Words::titled(
        match groups.len() {
            1 => format!("no access entry may have the group {}", list(groups.keys())),
            _ => "no access entry may have groups that begin with system:".to_owned(),
        },
        "begins with system:",
    );
    let words = words
        .today(format!("EKS gives it {} as it is", list(each)))
        .then("in an access entry EKS refuses groups that begin with system:, so their rights need groups of other names, or are given up");
    words.helps(groups.keys().flat_map(|group| {
        [
            format!("in eksodus.yaml, `groups: {{{group:?}: {{rename: <new name>}}}}` copies its bindings"),
            format!("in eksodus.yaml, `groups: {{{group:?}: drop}}` gives up what its bindings give"),
        ]
    }))
}

fn of_group(group: &str, refusal: &GroupRefusal) -> Words {
    match refusal {
        GroupRefusal::Token(token) => Words::titled(
            format!("an access entry's group cannot have {token}"),
            "a group that differs by session",
        )
        .today(format!("EKS puts the value into {group:?}, so each session has a group of its own"))
        .then("nobody knows what an access entry makes of it, so none is made"),
        GroupRefusal::Empty | GroupRefusal::System => {
            Words::plain(format!("an entry cannot carry the group {group:?}: {refusal}"))
        }
    }
}

fn of_nodes(blocker: &Blocker, arn: &str) -> Words {
    let standard = || decide(arn, "`type: STANDARD` with a `username` and `groups` if it is not");
    let node = || decide(arn, "`type: EC2_LINUX` (or another node type) if it is for nodes");
    match blocker {
        Blocker::NodePrincipal { entry_type, home } => Words::titled(
            "this principal can have no entry for nodes",
            match home {
                None => format!("type {entry_type} is for roles, and this is a user"),
                Some(home) => format!("type {entry_type} needs a role of the cluster's account {home}"),
            },
        )
        .today("EKS gives it a node's username and groups")
        .then(match home {
            None => format!("an entry of type {entry_type} is for roles, and a STANDARD one cannot have the username"),
            Some(home) => format!(
                "an entry of type {entry_type} is for roles of the cluster's account {home}, and a STANDARD one cannot have the username"
            ),
        })
        .help(decide(arn, "`type: STANDARD` with a `username` and `groups`"))
        .help(skip(arn)),
        Blocker::NodeAndMasters => Words::titled(
            "every node of this role is cluster administrator",
            "on a node's mapping",
        )
        .today("EKS gives nodes system:masters, and so anybody who gets hold of one")
        .then("an access entry is a node's or an administrator's, never both")
        .help(node())
        .help(standard())
        .help(skip(arn)),
        Blocker::NodeRole { used_by, needs } => Words::titled(
            "a role of nodes has a mapping of another kind",
            format!("used by {}", list(used_by)),
        )
        .today(format!("{} run under this role, and need an access entry of type {needs}", list(used_by)))
        .then("such an entry gives nothing of what the mapping says; where EKS makes it by itself, it overrides the mapping")
        .help(decide(arn, format_args!("`type: {needs}` gives up what the mapping gives")))
        .help("give the people of this mapping, or the nodes, a role of their own")
        .help(skip(arn)),
        _ => Words::titled(
            "a node's username without the group system:nodes",
            format!("it has a node's username but not the group {}", GroupName::NODES),
        )
        .today("its nodes get the name but not a node's rights, and cannot join as they should")
        .then("a node's entry would grant more than the mapping gives, a STANDARD one cannot have the username")
        .help(node())
        .help(standard())
        .help(skip(arn)),
    }
}

fn of_gains(gains: &[Gain], arn: &str) -> Words {
    let each: Vec<String> = gains.iter().map(|gain| gained(gain, arn)).collect();
    let names: BTreeSet<&str> = gains.iter().map(|gain| gain.name.as_str()).collect();
    Words::plain(format!("a name that it would get gives somebody more than today: {}", each.join("; ")))
        .helps(names.iter().map(|name| format!("choose another name than {name:?}")))
        .helps(
            names
                .iter()
                .map(|name| format!("in eksodus.yaml, `accept-gains: {{{name:?}: <why>}}` if that is meant")),
        )
        .help(skip(arn))
}

pub(super) fn gained(gain: &Gain, own: &str) -> String {
    let Gain { name, who, bindings, everything } = gain;
    let who = who.as_deref().unwrap_or(own);
    let by_name =
        everything.then(|| format!("everything, as {name} takes the place of {}", GroupName::MASTERS));
    let what: Vec<String> = bindings.iter().map(ToString::to_string).chain(by_name).collect();
    match what.as_slice() {
        [] => format!("{who} has the name {name:?} too"),
        what => format!("{who} would gain by {name:?}: {}", what.join(", ")),
    }
}

fn of_whole_account(account: &str, unresolved: &[String]) -> Words {
    let words = Words::titled(format!("no access entry stands for account {account}"), "a whole account")
        .today(format!(
            "every principal of account {account} without a mapping of its own has access, with its ARN as username and no groups"
        ));
    let words = match unresolved {
        [] => words.then("only principals that are named get entries, and who else uses it is not known"),
        some => words.then(format!(
            "bindings name these principals of it or the audit log shows them, and its IAM was not looked at: {}",
            list(some)
        )),
    };
    words.help(format!(
        "in eksodus.yaml, `accounts: {{{account:?}: {{principals: [<ARNs>], skip-others: <why>}}}}`"
    ))
}

fn impossible(why: &Impossible, mapped: &str) -> String {
    match why {
        Impossible::OtherPrincipal { arn } => {
            format!("the decision's ARN {arn} is another principal than {mapped}")
        }
        Impossible::NotInIam { arn } => format!("the decision's ARN {arn} is not one that IAM has"),
        Impossible::NotOfEntry { principal } => {
            format!("the decision's ARN is not that of the access entry, {principal}")
        }
        Impossible::TwoSpellings => {
            format!("{mapped} is there in two spellings: delete one from aws-auth first")
        }
        Impossible::UsernameTaken { proposal, from, bindings } => {
            let by = match bindings.is_empty() {
                true => "another mapping has it".to_owned(),
                false => format!("it has rights already by {}", list(bindings)),
            };
            format!(
                "the username {:?} would be proposed for {from:?}, but {by}: `username` must say which",
                proposal.as_str()
            )
        }
        Impossible::RenameUnchecked => {
            "a group is to be renamed, but RBAC was not looked at, so its bindings cannot be copied"
                .to_owned()
        }
        Impossible::NotAPolicy { policy } => format!("{policy:?} is not the name of an access policy"),
        Impossible::Entry { refusal } => refusal.to_string(),
        Impossible::WrongType { decided, uses } => wrong_type(decided, uses),
    }
}

fn wrong_type(decided: &EntryType, uses: &[TypeNeed]) -> String {
    let each = uses.iter().map(|it| format!("{} needs {}", it.by, it.needs));
    format!(
        "an entry of type {decided} would serve none or not all uses of the role, and its type could never change: {}",
        list(each)
    )
}

/// How a service comes to its own entry (AWS Batch guide, "eks-access-entries"; Managed Prometheus guide).
fn way_out(service: Service) -> &'static str {
    match service {
        Service::Batch => {
            "set eksConfiguration.accessEntry.desiredState=ENABLED on every AWS Batch compute environment of this cluster, associate AWSBatchNamespacePolicy with the entry that Batch makes, for each of its namespaces, and plan again"
        }
        Service::Prometheus => {
            "recreate the Managed Prometheus scraper once the cluster is in dual mode: it makes its entry then; plan again"
        }
        Service::Emr | Service::Other => {
            "keep the mapping and stay in dual mode until the service has made its entry; plan again then"
        }
    }
}
